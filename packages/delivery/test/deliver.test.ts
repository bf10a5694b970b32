import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliver, Delivery, MAX_TRIES } from '../src/index.ts';
import { envelopeOf, messageOf, optionsFor, TEXT, World } from './world.ts';

test('a message goes to the best host of the domain, dots and octets untouched', async () => {
  const world = new World({ '192.0.2.1': {}, '192.0.2.2': {} });
  const results = await deliver(messageOf(), envelopeOf('x@D.example'), optionsFor(world));
  assert.deepEqual(world.received, [
    {
      address: '192.0.2.1',
      from: '<a@sender.example>',
      to: ['<x@D.example>'],
      content: TEXT,
      tls: false,
    },
  ]);
  assert.deepEqual(world.addresses, ['192.0.2.1']);
  const [result] = results;
  assert.equal(result?.status, 'delivered');
  assert.equal(result?.reply.code, 250);
  assert.equal(result?.phase, 'content');
  assert.equal(result?.host, 'mx1.d.example');
  assert.equal(result?.address, '192.0.2.1');
  assert.equal(result?.tls, null);
  assert.equal(world.open, 0, 'the connection was closed');
});

test('recipients of a domain, however it is written, go in one transaction', async () => {
  const world = new World({ '192.0.2.1': {}, '192.0.2.9': {} });
  const names = {
    'd.example': { A: ['192.0.2.1'] },
    'e.example': { A: ['192.0.2.9'] },
  };
  const results = await deliver(
    messageOf(),
    envelopeOf('x@d.example', 'z@e.example', 'y@D.EXAMPLE'),
    optionsFor(world, { names }),
  );
  const to = new Map(world.received.map((received) => [received.address, received.to]));
  assert.deepEqual(to.get('192.0.2.1'), ['<x@d.example>', '<y@D.EXAMPLE>']);
  assert.deepEqual(to.get('192.0.2.9'), ['<z@e.example>']);
  assert.equal(world.received.length, 2);
  assert.deepEqual(
    results.map(({ recipient, status }) => [recipient, status]),
    [
      [0, 'delivered'],
      [1, 'delivered'],
      [2, 'delivered'],
    ],
  );
});

test('domains with the same host share a connection', async () => {
  const world = new World({ '192.0.2.1': {} });
  const names = {
    'd.example': { MX: [[1, 'mx.example']] as const },
    'e.example': { MX: [[1, 'mx.example']] as const },
    'mx.example': { A: ['192.0.2.1'] },
  };
  await deliver(
    messageOf(),
    envelopeOf('x@d.example', 'y@e.example'),
    optionsFor(world, { names }),
  );
  assert.deepEqual(world.addresses, ['192.0.2.1']);
  assert.equal(world.received.length, 2);
});

test('all addresses of a host come before the next host, IPv6 too, and no more than the limit', async () => {
  const names = {
    'd.example': {
      MX: [
        [10, 'mx1.example'],
        [20, 'mx2.example'],
      ] as const,
    },
    'mx1.example': { A: ['192.0.2.1', '192.0.2.2'], AAAA: ['2001:db8::1'] },
    'mx2.example': { A: ['192.0.2.3', '192.0.2.4', '192.0.2.5'] },
  };
  const world = new World({});
  const [result] = await deliver(
    messageOf(),
    envelopeOf('x@d.example'),
    optionsFor(world, { names }),
  );
  const order = ['2001:db8::1', '192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4', '192.0.2.5'];
  assert.deepEqual(world.addresses, order.slice(0, MAX_TRIES));
  assert.equal(result?.status, 'deferred');
  assert.equal(result?.reply.status, '4.4.1');
  assert.equal(result?.phase, 'connect');
  assert.equal(result?.local, true);
  assert.match(String(result?.cause), /ECONNREFUSED/);

  const two = new World({});
  const limits = { tries: 2 };
  await deliver(messageOf(), envelopeOf('x@d.example'), optionsFor(two, { names, limits }));
  assert.deepEqual(two.addresses, order.slice(0, 2));
});

test('hosts of one preference are shuffled by the randomness that is handed in', async () => {
  const MX = [
    [10, 'mx1.example'],
    [10, 'mx2.example'],
  ] as const;
  const names = {
    'd.example': { MX },
    'mx1.example': { A: ['192.0.2.1'] },
    'mx2.example': { A: ['192.0.2.2'] },
  };
  const world = new World({});
  const draws = [0.9, 0.1];
  const random = (): number => draws.shift() ?? 0;
  await deliver(messageOf(), envelopeOf('x@d.example'), optionsFor(world, { names, random }));
  assert.deepEqual(world.addresses, ['192.0.2.2', '192.0.2.1']);
});

test('connections come from our address of the same family', async () => {
  const names = { 'd.example': { A: ['192.0.2.1'], AAAA: ['2001:db8::1'] } };
  const both = new World({});
  const own = ['198.51.100.1', '2001:db8:f::1'];
  await deliver(
    messageOf(),
    envelopeOf('x@d.example'),
    optionsFor(both, { names, interface: own }),
  );
  assert.deepEqual(
    both.dialled.map(({ localAddress }) => localAddress),
    ['2001:db8:f::1', '198.51.100.1'],
  );
  const one = new World({});
  const options = optionsFor(one, { names, interface: '198.51.100.1', port: 2525 });
  await deliver(messageOf(), envelopeOf('x@d.example'), options);
  assert.deepEqual(
    one.dialled.map(({ localAddress, port }) => [localAddress, port]),
    [
      [undefined, 2525],
      ['198.51.100.1', 2525],
    ],
  );
});

test('an address literal is dialled without the DNS, and no name is asked of its certificate', async () => {
  const names: (string | undefined)[] = [];
  const world = new World({
    '192.0.2.7': {
      server: { startTls: true },
      handshake: ({ serverName }) => {
        names.push(serverName);
        return 'unknown';
      },
    },
  });
  const [result] = await deliver(messageOf(), envelopeOf('x@[192.0.2.7]'), optionsFor(world));
  assert.equal(result?.status, 'delivered');
  assert.deepEqual(names, [undefined]);
});

test('what the signer gives stands before the message, once made, counted in SIZE', async () => {
  const sizes: unknown[] = [];
  const host = {
    app: () => ({ mail: (_: unknown, { size }: { size?: number }) => void sizes.push(size) }),
  };
  const world = new World({ '192.0.2.1': host, '192.0.2.9': host });
  const names = { 'd.example': { A: ['192.0.2.1'] }, 'e.example': { A: ['192.0.2.9'] } };
  let signed = 0;
  const signer = async (content: AsyncIterable<Uint8Array>): Promise<string> => {
    signed++;
    let octets = 0;
    for await (const bytes of content) octets += bytes.length;
    return `DKIM-Signature: ${octets}\r\n`;
  };
  const envelope = envelopeOf('x@d.example', 'y@e.example');
  await deliver(messageOf(), envelope, { ...optionsFor(world, { names }), signer });
  const whole = `DKIM-Signature: ${TEXT.length}\r\n${TEXT}`;
  assert.deepEqual(
    world.received.map(({ content }) => content),
    [whole, whole],
  );
  assert.deepEqual(sizes, [whole.length, whole.length]);
  assert.equal(signed, 1);
});

test('nothing leaves unsigned: what the signer rejects with comes out, and nobody is dialled', async () => {
  const world = new World({ '192.0.2.1': {} });
  const options = {
    ...optionsFor(world),
    signer: (): Promise<string> => Promise.reject(new Error('no key')),
  };
  await assert.rejects(deliver(messageOf(), envelopeOf('x@d.example'), options), /no key/);
  assert.deepEqual(world.dialled, []);
});

test('options that cannot be are told at once', () => {
  const world = new World({});
  const cases = [
    { hostname: 'a b' },
    { port: 0 },
    { limits: { tries: 51 } },
    { limits: { recipients: 0 } },
    { timeouts: { mail: -1 } },
    { ignoreTargetHosts: ['localhost'] },
    { smarthost: { host: 'relay.example', port: 70000 } },
  ];
  for (const wrong of cases)
    assert.throws(() => new Delivery({ ...optionsFor(world), ...wrong }), TypeError);
});
