import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientMechanism, SmtpApp } from '@postino/smtp-wire';
import { asciiBytes, latin1 } from '@postino/wire';
import { deliver, type Smarthost } from '../src/index.ts';
import { envelopeOf, messageOf, optionsFor, World, type Host } from './world.ts';

const NAMES = {
  'relay.example': { A: ['192.0.2.50'], MX: [[1, 'mx.relay.example']] as const },
  'mx.relay.example': { A: ['192.0.2.51'] },
  'd.example': { A: ['192.0.2.1'] },
};
const PLAIN: ClientMechanism = {
  mechanism: 'PLAIN',
  start: () => asciiBytes('\0me\0secret'),
  step: () => null,
};

/** A host that relays for who has logged in; what it heard of passwords is in `heard`. */
function relay(heard: string[], more: Host = {}): Host {
  return {
    ...more,
    server: { mechanisms: ['PLAIN'], startTls: true, ...more.server },
    app: (): Partial<SmtpApp> => ({
      auth: (_, initial) => {
        heard.push(latin1(initial!));
        return heard.at(-1) === '\0me\0secret'
          ? { user: 'me' }
          : { code: 535, status: '5.7.8', text: 'no' };
      },
      mail: (_path, _params, { user }) => (user ? undefined : { code: 530, text: 'log in' }),
    }),
  };
}

async function through(far: Host, smarthost: Partial<Smarthost>) {
  const world = new World({ '192.0.2.50': far });
  const options = optionsFor(world, {
    names: NAMES,
    smarthost: { host: 'relay.example', port: 587, ...smarthost },
  });
  const results = await deliver(messageOf(), envelopeOf('x@d.example', 'y@e.example'), options);
  return { world, results, statuses: results.map(({ status }) => status) };
}

test('all recipients go to the smarthost in one transaction, logged in under TLS', async () => {
  const heard: string[] = [];
  const far = relay(heard, { handshake: () => 'trusted' });
  const { world, statuses } = await through(far, { login: () => [PLAIN] });
  assert.deepEqual(statuses, ['delivered', 'delivered']);
  assert.deepEqual(
    world.received.map(({ to, tls }) => [to.length, tls]),
    [[2, true]],
  );
  assert.deepEqual(
    world.dialled.map(({ address, port }) => [address, port]),
    [['192.0.2.50', 587]],
  );
});

test('a password is not said to who cannot show that he is the one', async () => {
  for (const handshake of ['unknown', 'broken'] as const) {
    for (const implicitTls of [false, true]) {
      const heard: string[] = [];
      const far = relay(heard, { handshake: () => handshake });
      const { statuses } = await through(far, { login: () => [PLAIN], implicitTls });
      assert.deepEqual(heard, []);
      assert.deepEqual(statuses, ['deferred', 'deferred']);
    }
  }
});

test('a login that is refused is for the operator to mend', async () => {
  const far = relay([], { handshake: () => 'trusted' });
  const wrong = { ...PLAIN, start: () => asciiBytes('\0me\0wrong') };
  const { statuses, results } = await through(far, { login: () => [wrong] });
  assert.deepEqual(statuses, ['deferred', 'deferred']);
  assert.equal(results[0]?.reply.code, 535);
  assert.equal(results[0]?.phase, 'auth');
});

test('TLS from the first octet on', async () => {
  const heard: string[] = [];
  const far: Host = relay(heard, {
    handshake: () => 'trusted',
    server: { startTls: false, tls: { protocol: 'TLSv1.3', cipher: 'x', authorized: false } },
  });
  const { statuses, results } = await through(far, {
    implicitTls: true,
    port: 465,
    login: () => [PLAIN],
  });
  assert.deepEqual(statuses, ['delivered', 'delivered']);
  assert.equal(results[0]?.tls?.authorized, true);
});

test('where TLS is from the first octet on, a handshake that fails is not followed by the clear', async () => {
  const far: Host = {
    handshake: () => 'broken',
    server: { tls: { protocol: 'TLSv1.3', cipher: 'x', authorized: false } },
  };
  const { statuses, world } = await through(far, { implicitTls: true, rule: { tls: 'may' } });
  assert.deepEqual(statuses, ['deferred', 'deferred']);
  assert.equal(world.dialled.length, 1);
});

test('a rule of no TLS lets a login go in the clear', async () => {
  const heard: string[] = [];
  const far = relay(heard, { server: { allowPlaintextAuth: true, startTls: false } });
  const { statuses } = await through(far, { login: () => [PLAIN], rule: { tls: 'none' } });
  assert.deepEqual(statuses, ['delivered', 'delivered']);
});

test('a smarthost may be an address, and on the loopback too, since the operator says so', async () => {
  for (const [host, address] of [
    ['127.0.0.1', '127.0.0.1'],
    ['::1', '::1'],
    ['localhost', '127.0.0.1'],
  ] as const) {
    const world = new World({ [address]: {} });
    const options = optionsFor(world, {
      names: { localhost: { A: ['127.0.0.1'] } },
      smarthost: { host, port: 1025 },
    });
    const [result] = await deliver(messageOf(), envelopeOf('x@d.example'), options);
    assert.equal(result?.status, 'delivered', host);
  }
});

test('a smarthost without an address puts all off', async () => {
  const world = new World({});
  const options = optionsFor(world, { names: {}, smarthost: { host: 'relay.example', port: 25 } });
  const [result] = await deliver(messageOf(), envelopeOf('x@d.example'), options);
  assert.equal(result?.status, 'deferred');
  assert.equal(result?.reply.status, '4.3.5');
  assert.deepEqual(world.dialled, []);
});
