/** What every fault at every phase comes to, on a host that has another behind it and on one that has not. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SmtpApp } from '@postino/smtp-wire';
import type { MemoryWire, Reply } from '@postino/wire';
import { deliver, type RecipientResult } from '../src/index.ts';
import { envelopeOf, messageOf, optionsFor, World, type Host } from './world.ts';

const PHASES = ['connect', 'hello', 'mail', 'rcpt', 'data', 'content', 'message'] as const;
type At = (typeof PHASES)[number];
type How = 'no' | 'later' | '421' | 'reset' | 'end' | 'silence';

const REPLIES: Partial<Record<How, Reply>> = {
  no: { code: 554, status: '5.7.1', text: 'no' },
  later: { code: 451, status: '4.7.1', text: 'later' },
};

/** A host that does something wrong at one phase. */
function faulty(at: At, how: How): Host {
  return {
    app: ({ near, far }) => {
      const fault = async (): Promise<Reply> => {
        await happen(how, near, far);
        return REPLIES[how]!;
      };
      const app: Partial<SmtpApp> = { [at]: fault };
      return app;
    },
  };
}

async function happen(how: How, near: MemoryWire, far: MemoryWire): Promise<void> {
  if (how in REPLIES) return;
  // The client has come to its read by then.
  await new Promise((resolve) => setImmediate(resolve));
  if (how === '421') {
    await far.write(Buffer.from('421 4.3.2 going down\r\n'));
    await far.close();
  } else if (how === 'reset') far.destroy();
  else if (how === 'end') await far.close();
  else near.expire();
  await new Promise(() => {});
}

/** What one host alone brings, and whether the next is asked. */
interface Row {
  readonly at: At;
  readonly how: How;
  readonly alone: RecipientResult['status'];
  readonly code: number;
  readonly next: boolean;
  readonly unknown?: true;
}

const LOST = [
  ['421', 421],
  ['reset', 451],
  ['end', 451],
  ['silence', 451],
] as const;

const ROWS: Row[] = PHASES.flatMap((at): Row[] => {
  const ofHost = at === 'connect' || at === 'hello';
  return [
    { at, how: 'no', alone: 'failed', code: 554, next: ofHost },
    { at, how: 'later', alone: 'deferred', code: 451, next: true },
    ...LOST.map(([how, code]): Row => {
      const unknown = (at === 'message' || at === 'content') && how !== '421';
      return { at, how, alone: 'deferred', code, next: !unknown, ...(unknown && { unknown }) };
    }),
  ];
});

describe('a fault at each phase', () => {
  for (const { at, how, alone, code, next, unknown } of ROWS) {
    test(`${at}: ${how}`, async () => {
      const one = new World({ '192.0.2.1': faulty(at, how) });
      const [first] = await deliver(
        messageOf(),
        envelopeOf('x@d.example'),
        optionsFor(one, { names: { 'd.example': { A: ['192.0.2.1'] } } }),
      );
      assert.equal(first?.status, alone);
      assert.equal(first?.reply.code, code);
      assert.equal(first?.unknown, unknown);
      assert.equal(first?.address, '192.0.2.1');
      assert.equal(first?.phase, at === 'message' ? 'content' : at);

      const two = new World({ '192.0.2.1': faulty(at, how), '192.0.2.2': {} });
      const results = await deliver(messageOf(), envelopeOf('x@d.example'), optionsFor(two));
      assert.equal(results.length, 1);
      assert.equal(results[0]?.status, next ? 'delivered' : alone);
      assert.equal(two.addresses.includes('192.0.2.2'), next);
      assert.equal(two.received.length, next ? 1 : 0);
    });
  }
});

test('what may yet be mended outweighs what may not, in either order', async () => {
  const greeting = faulty('connect', 'no');
  for (const hosts of [{ '192.0.2.1': greeting }, { '192.0.2.2': greeting }]) {
    const world = new World(hosts);
    const [result] = await deliver(messageOf(), envelopeOf('x@d.example'), optionsFor(world));
    assert.equal(world.addresses.length, 2);
    assert.equal(result?.status, 'deferred');
  }
  const both = new World({ '192.0.2.1': greeting, '192.0.2.2': greeting });
  const [result] = await deliver(messageOf(), envelopeOf('x@d.example'), optionsFor(both));
  assert.equal(result?.status, 'failed');
  assert.equal(result?.phase, 'connect');
});

test('each recipient has its own result: only whom the first host put off is taken to the second', async () => {
  const answers: Record<string, Reply> = {
    no: { code: 550, status: '5.1.1', text: 'no such user' },
    later: { code: 450, status: '4.2.0', text: 'greylisted' },
  };
  const world = new World({
    '192.0.2.1': { app: () => ({ rcpt: ({ localPart }) => answers[localPart] }) },
    '192.0.2.2': {},
  });
  const envelope = envelopeOf('yes@d.example', 'no@d.example', 'later@d.example');
  const results = await deliver(messageOf(), envelope, optionsFor(world));
  assert.deepEqual(
    results.map(({ status, phase, address, reply }) => [status, phase, address, reply.code]),
    [
      ['delivered', 'content', '192.0.2.1', 250],
      ['failed', 'rcpt', '192.0.2.1', 550],
      ['delivered', 'content', '192.0.2.2', 250],
    ],
  );
  assert.deepEqual(
    world.received.map(({ to }) => to),
    [['<yes@d.example>'], ['<later@d.example>']],
  );
});

test('a later host may refuse for good what an earlier one put off', async () => {
  const world = new World({
    '192.0.2.1': faulty('rcpt', 'later'),
    '192.0.2.2': faulty('rcpt', 'no'),
  });
  const [result] = await deliver(messageOf(), envelopeOf('x@d.example'), optionsFor(world));
  assert.equal(result?.status, 'failed');
  assert.equal(result?.address, '192.0.2.2');
});

test('content that cannot be read defers who has no result yet, and says why', async () => {
  const world = new World({ '192.0.2.1': {}, '192.0.2.2': {}, '192.0.2.9': {} });
  const names = {
    'd.example': { A: ['192.0.2.1', '192.0.2.2'] },
    'gone.example': { MX: [[0, '.']] as const },
  };
  const message = {
    size: 10,
    async *read(): AsyncIterable<Uint8Array> {
      yield Buffer.from('a\r\n');
      throw new Error('EIO');
    },
  };
  const envelope = envelopeOf('x@d.example', 'y@gone.example');
  const [result, other] = await deliver(message, envelope, optionsFor(world, { names }));
  assert.equal(result?.status, 'deferred');
  assert.equal(result?.phase, 'own');
  assert.match(String(result?.cause), /EIO/);
  assert.equal(other?.status, 'failed');
  assert.deepEqual(world.addresses, ['192.0.2.1'], 'no other host is to blame');
  assert.deepEqual(world.received, []);
});
