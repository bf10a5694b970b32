import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { pino } from 'pino';
import { FileQueue, type Due, type QueueEntry } from '@postino/queue';
import { QueueRunner } from '../src/queue-runner.ts';
import { until } from './internet.ts';
import { makeFolder } from './site.ts';
import { TestClock } from './test-clock.ts';

const ID = '0'.repeat(29);
const ENTRY: QueueEntry = {
  id: ID,
  accepted: 0,
  envelope: {
    from: { localPart: '', domain: '' },
    to: [{ address: { localPart: 'bob', domain: 'one.example' } }],
  },
  size: 0,
  held: false,
  recipients: [{ status: 'pending', attempts: 0, next: 0 }],
  pending: [0],
};
const DUE: Due = { type: 'attempt', id: ID, at: 0, destination: 'one.example', recipients: [0] };

test('what comes due while the queue is looked at is not forgotten', async () => {
  const clock = new TestClock();
  let looks = 0;
  let worked = 0;
  const slow = Promise.withResolvers<number>();
  const runner = new QueueRunner({
    queue: {
      due: () => Promise.resolve(++looks === 3 ? [DUE] : []),
      entry: () => Promise.resolve(ENTRY),
      nextDue: () => (looks === 2 ? slow.promise : Promise.resolve(null)),
    },
    worker: {
      isLocal: () => false,
      work: () => Promise.resolve({ next: ++worked === 1 ? clock.now() : null, answered: true }),
    },
    clock,
    limits: { total: 1, perLane: 1 },
    log: pino({ level: 'silent' }),
  });
  // It looks twice, and the second look takes long.
  const started = runner.start();
  await until('the second look', () => looks === 2);
  runner.soon(ENTRY, DUE);
  await until('the first work', () => worked === 1);
  // The alarm that this has set rings during the look.
  await new Promise((resolve) => setTimeout(resolve, 10));
  slow.resolve(clock.now());
  await started;
  await until('the second work', () => worked === 2);
  await runner.close();
});

test('with a smarthost all domains are one destination', async () => {
  const begun: string[] = [];
  const first = Promise.withResolvers<{ next: null; answered: boolean }>();
  const runner = new QueueRunner({
    queue: {
      due: () => Promise.resolve([]),
      entry: () => Promise.resolve(ENTRY),
      nextDue: () => Promise.resolve(null),
    },
    worker: {
      isLocal: () => false,
      work: (_entry, { type, ...due }) => {
        begun.push('destination' in due ? due.destination : type);
        return begun.length === 1 ? first.promise : Promise.resolve({ next: null, answered: true });
      },
    },
    clock: new TestClock(),
    limits: { total: 10, perLane: 1 },
    smarthost: 'mx.example:25',
    log: pino({ level: 'silent' }),
  });
  runner.soon(ENTRY, DUE);
  runner.soon(ENTRY, { ...DUE, destination: 'two.example' });
  await until('one has its turn', () => begun.length > 0);
  assert.deepEqual(begun, ['one.example']);
  first.resolve({ next: null, answered: true });
  await until('the other has its turn', () => begun.length === 2);
  await runner.close();
});

test('what is held or removed while it waits for its place is not begun; what is released is', async (context) => {
  const queue = await FileQueue.open(join(makeFolder(context), 'queue'));
  const commit = (): Promise<string> => queue.commit(ENTRY.envelope, Buffer.from('x'));
  const [first, held, removed] = [await commit(), await commit(), await commit()];
  const begun: string[] = [];
  const slow = Promise.withResolvers<void>();
  const runner = new QueueRunner({
    queue,
    worker: {
      isLocal: () => false,
      async work({ id }) {
        begun.push(id);
        if (id === first) await slow.promise;
        await queue.done(id, 0);
        return { next: null, answered: true };
      },
    },
    clock: new TestClock(),
    limits: { total: 1, perLane: 1 },
    log: pino({ level: 'silent' }),
  });
  await runner.start();
  await until('the first has its place', () => begun.length === 1);
  await queue.hold(held);
  await queue.remove(removed);
  slow.resolve();
  await until('the others had their turns', async () => (await queue.entries()).length === 1);
  runner.wake();
  assert.deepEqual(begun, [first]);
  await queue.release(held);
  runner.wake();
  await until('it is released', async () => (await queue.entries()).length === 0);
  assert.deepEqual(begun, [first, held]);
  await runner.close();
});
