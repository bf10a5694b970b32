import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReadQueue } from '../src/read-queue.ts';

const A = Buffer.from('a');
const BROKEN = new Error('broken');

test('what arrived before a failure or the end is still read', async () => {
  for (const finish of ['fail', 'end'] as const) {
    const queue = new ReadQueue();
    queue.push(A);
    queue[finish](BROKEN);
    assert.equal(await queue.read(0), A);
    if (finish === 'end') assert.equal(await queue.read(0), null);
    else await assert.rejects(queue.read(0), BROKEN);
  }
});

test('a connection that broke after its end has ended', async () => {
  const queue = new ReadQueue();
  queue.end();
  queue.fail(BROKEN);
  assert.equal(await queue.read(0), null);
});

test('the first failure is the one that is told', async () => {
  const queue = new ReadQueue();
  const read = queue.read(0);
  queue.fail(BROKEN);
  queue.fail(new Error('closed'));
  await assert.rejects(read, BROKEN);
  await assert.rejects(queue.read(0), BROKEN);
});

test('octets that wait win over a cancel that has fired', async () => {
  const queue = new ReadQueue();
  queue.push(A);
  const signal = AbortSignal.abort();
  assert.equal(await queue.read(0, signal), A);
  assert.equal(await queue.read(0, signal), 'cancelled');
});
