/** LIMITS, RFC 9422: what a server says that it takes is never exceeded, and everybody is served all the same. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { SmtpApp } from '@postino/smtp-wire';
import { deliver, Delivery } from '../src/index.ts';
import { envelopeOf, messageOf, optionsFor, World, type Host } from './world.ts';

interface Limits {
  readonly MAILMAX?: number | undefined;
  readonly RCPTMAX?: number | undefined;
  readonly RCPTDOMAINMAX?: number | undefined;
}

const NAMES = Object.fromEntries(
  ['d', 'e', 'f'].map((name) => [`${name}.example`, { MX: [[10, 'mx.example']] }] as const),
);
const ZONE = { ...NAMES, 'mx.example': { A: ['192.0.2.1'] } } as const;

/** A server that ends the session of a client that does not keep to what it said. */
function strict({ MAILMAX, RCPTMAX, RCPTDOMAINMAX }: Limits): Host {
  const said = Object.entries({ MAILMAX, RCPTMAX, RCPTDOMAINMAX }).flatMap(([name, limit]) =>
    limit === undefined ? [] : [`${name}=${limit}`],
  );
  const app = (): Partial<SmtpApp> => {
    const domains = new Set<string>();
    return {
      rcpt: ({ domain }) => {
        const known = domains.add(domain.toLowerCase()).size <= (RCPTDOMAINMAX ?? Infinity);
        return known ? undefined : { code: 554, text: 'too many domains' };
      },
    };
  };
  return {
    app,
    server: {
      extensions: [{ ehlo: ['LIMITS', ...said].join(' ') }],
      limits: {
        ...(MAILMAX === undefined ? {} : { messages: MAILMAX }),
        ...(RCPTMAX === undefined ? {} : { recipients: RCPTMAX }),
      },
    },
  };
}

const many = (domain: string, count: number): string[] =>
  Array.from({ length: count }, (_, n) => `r${n}@${domain}.example`);

test('RCPTMAX and MAILMAX: so many in a transaction, so many transactions in a connection', async () => {
  const world = new World({ '192.0.2.1': strict({ RCPTMAX: 2, MAILMAX: 2 }) });
  const envelope = envelopeOf(...many('d', 7));
  const results = await deliver(messageOf(), envelope, optionsFor(world, { names: ZONE }));
  assert.ok(results.every(({ status }) => status === 'delivered'));
  assert.deepEqual(
    world.received.map(({ to }) => to.length),
    [2, 2, 2, 1],
  );
  assert.deepEqual(world.addresses, ['192.0.2.1', '192.0.2.1']);
  assert.equal(world.open, 0);
});

test('RCPTDOMAINMAX: domains with the same host, each over a connection of its own', async () => {
  const world = new World({ '192.0.2.1': strict({ RCPTDOMAINMAX: 1 }) });
  const envelope = envelopeOf('x@d.example', 'y@e.example', 'z@D.example');
  const results = await deliver(messageOf(), envelope, optionsFor(world, { names: ZONE }));
  assert.ok(results.every(({ status }) => status === 'delivered'));
  assert.deepEqual(
    world.received.map(({ to }) => to),
    [['<x@d.example>', '<z@D.example>'], ['<y@e.example>']],
  );
  assert.equal(world.dialled.length, 2);
});

test('RCPTDOMAINMAX with a smarthost: recipients of many domains are sorted by them', async () => {
  const world = new World({ '192.0.2.1': strict({ RCPTDOMAINMAX: 2 }) });
  const envelope = envelopeOf('a@d.example', 'b@e.example', 'c@f.example', 'd@e.example');
  const smarthost = { host: 'mx.example', port: 25 };
  const options = optionsFor(world, { names: ZONE, smarthost });
  const results = await deliver(messageOf(), envelope, options);
  assert.ok(results.every(({ status }) => status === 'delivered'));
  assert.deepEqual(
    world.received.map(({ to }) => to),
    [['<a@d.example>', '<b@e.example>', '<d@e.example>'], ['<c@f.example>']],
  );
});

test('a connection that is used up is closed, and not kept for the next message', async () => {
  const world = new World({ '192.0.2.1': strict({ MAILMAX: 2 }) });
  const delivery = new Delivery(optionsFor(world, { names: ZONE }));
  for (const open of [1, 0, 1]) {
    const [result] = await delivery.deliver(messageOf(), envelopeOf('x@d.example'));
    assert.equal(result?.status, 'delivered');
    assert.equal(world.open, open);
  }
  assert.equal(world.dialled.length, 2);
  await delivery.close();
});

test('who was refused is not asked again over the next connection', async () => {
  const refusing = strict({ MAILMAX: 1, RCPTMAX: 2 });
  const asked: string[] = [];
  const world = new World({
    '192.0.2.1': {
      ...refusing,
      app: () => ({
        rcpt: ({ localPart }) => {
          asked.push(localPart);
          return localPart === 'r0' ? { code: 450, text: 'later' } : undefined;
        },
      }),
    },
  });
  const envelope = envelopeOf(...many('d', 3));
  const results = await deliver(messageOf(), envelope, optionsFor(world, { names: ZONE }));
  assert.deepEqual(
    results.map(({ status }) => status),
    ['deferred', 'delivered', 'delivered'],
  );
  assert.deepEqual(asked, ['r0', 'r1', 'r2']);
});

test('any limits, any recipients: nobody is left out, asked twice, or one too many', async () => {
  const limit = fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined });
  const recipient = fc.tuple(fc.nat(9), fc.constantFrom('d', 'e', 'f'));
  await fc.assert(
    fc.asyncProperty(
      fc.record({ MAILMAX: limit, RCPTMAX: limit, RCPTDOMAINMAX: limit }),
      fc.uniqueArray(recipient, { minLength: 1, maxLength: 12, selector: String }),
      fc.boolean(),
      async (limits, recipients, throughSmarthost) => {
        const world = new World({ '192.0.2.1': strict(limits) });
        const to = recipients.map(([n, domain]) => `r${n}@${domain}.example`);
        const smarthost = throughSmarthost ? { smarthost: { host: 'mx.example', port: 25 } } : {};
        const options = optionsFor(world, { names: ZONE, ...smarthost });
        const results = await deliver(messageOf(), envelopeOf(...to), options);
        assert.ok(results.every(({ status }) => status === 'delivered'));
        const received = world.received.flatMap((message) => message.to);
        assert.deepEqual(received.toSorted(), to.map((one) => `<${one}>`).toSorted());
        assert.equal(world.open, 0);
      },
    ),
  );
});
