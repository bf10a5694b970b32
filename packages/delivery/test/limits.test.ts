/** What the other side can take, and what we ask of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SmtpApp } from '@postino/smtp-wire';
import type { Reply } from '@postino/wire';
import { deliver } from '../src/index.ts';
import { envelopeOf, messageOf, optionsFor, World } from './world.ts';

const ONE = { 'd.example': { A: ['192.0.2.1'] } };
const many = (count: number): string[] =>
  Array.from({ length: count }, (_, n) => `r${n}@d.example`);

/** Takes so many recipients in a transaction, and refuses the others in its way. */
function roomFor(count: number, full: Reply): () => Partial<SmtpApp> {
  return () => {
    let taken = 0;
    return {
      mail: () => void (taken = 0),
      rcpt: () => (taken++ < count ? undefined : full),
    };
  };
}

test('recipients go in transactions of no more than the limit, over one connection', async () => {
  const world = new World({ '192.0.2.1': {} });
  const results = await deliver(
    messageOf(),
    envelopeOf(...many(250)),
    optionsFor(world, { names: ONE }),
  );
  assert.deepEqual(
    world.received.map(({ to }) => to.length),
    [100, 100, 50],
  );
  assert.deepEqual(world.addresses, ['192.0.2.1']);
  assert.ok(
    results.every(({ status, recipient }, index) => status === 'delivered' && recipient === index),
  );
});

for (const full of [
  { code: 452, status: '4.5.3', text: 'too many recipients' },
  { code: 552, text: 'too many recipients' },
] as const) {
  test(`those for whom there was no room (${full.code}) go in the next transaction`, async () => {
    const world = new World({ '192.0.2.1': { app: roomFor(3, full) } });
    const envelope = envelopeOf(...many(8));
    const results = await deliver(messageOf(), envelope, optionsFor(world, { names: ONE }));
    assert.deepEqual(
      world.received.map(({ to }) => to.length),
      [3, 3, 2],
    );
    assert.deepEqual(
      world.received.flatMap(({ to }) => to),
      many(8).map((text) => `<${text}>`),
    );
    assert.ok(results.every(({ status }) => status === 'delivered'));
  });
}

test('a server without room for anybody is asked once, and then it is later', async () => {
  let asked = 0;
  const full: Reply = { code: 452, status: '4.3.1', text: 'no room' };
  const world = new World({ '192.0.2.1': { app: () => ({ rcpt: () => (asked++, full) }) } });
  const results = await deliver(
    messageOf(),
    envelopeOf(...many(3)),
    optionsFor(world, { names: ONE }),
  );
  assert.equal(asked, 3);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['deferred', 'deferred', 'deferred'],
  );
});

test('a full mailbox is no lack of room', async () => {
  const full: Reply = { code: 552, status: '5.2.2', text: 'mailbox full' };
  const app = (): Partial<SmtpApp> => ({
    rcpt: ({ localPart }) => (localPart === 'r1' ? full : undefined),
  });
  const world = new World({ '192.0.2.1': { app } });
  const results = await deliver(
    messageOf(),
    envelopeOf(...many(2)),
    optionsFor(world, { names: ONE }),
  );
  assert.deepEqual(
    results.map(({ status }) => status),
    ['delivered', 'failed'],
  );
  assert.equal(world.received.length, 1);
});

test('a message too big for a host is not sent to it, but to another that takes it', async () => {
  const small = { server: { maxMessageSize: 10 } };
  const mixed = new World({ '192.0.2.1': small, '192.0.2.2': {} });
  const message = messageOf();
  const [result] = await deliver(message, envelopeOf('x@d.example'), optionsFor(mixed));
  assert.equal(result?.status, 'delivered');
  assert.equal(result?.address, '192.0.2.2');
  assert.equal(message.reads, 1);

  const both = new World({ '192.0.2.1': small, '192.0.2.2': small });
  const [big] = await deliver(message, envelopeOf('x@d.example'), optionsFor(both));
  assert.equal(big?.status, 'failed');
  assert.equal(big?.reply.code, 552);
  assert.equal(big?.local, true);
  assert.equal(message.reads, 1);
});

test('the content is read anew for each host that wants it', async () => {
  const later: Reply = { code: 451, text: 'later' };
  const world = new World({
    '192.0.2.1': { app: () => ({ message: () => later }) },
    '192.0.2.2': {},
  });
  const message = messageOf();
  await deliver(message, envelopeOf('x@d.example'), optionsFor(world));
  assert.equal(message.reads, 2);
  assert.equal(world.received.length, 1);
});

test('destinations are served side by side, no more than the limit', async () => {
  const domains = Array.from({ length: 6 }, (_, n) => n);
  const names = Object.fromEntries(domains.map((n) => [`d${n}.example`, { A: [`192.0.2.${n}`] }]));
  let now = 0;
  let most = 0;
  const app = (): Partial<SmtpApp> => ({
    data: async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setImmediate(resolve));
      now--;
    },
  });
  const world = new World(Object.fromEntries(domains.map((n) => [`192.0.2.${n}`, { app }])));
  const envelope = envelopeOf(...domains.map((n) => `x@d${n}.example`));
  await deliver(messageOf(), envelope, optionsFor(world, { names, limits: { concurrency: 3 } }));
  assert.equal(most, 3);
  assert.equal(world.received.length, 6);
});
