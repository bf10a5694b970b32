import assert from 'node:assert/strict';
import test from 'node:test';

import { unlessCancelled } from '@postino/dns';

test('without cancel, and before it fires, the answer is the answer', async () => {
  assert.equal(await unlessCancelled(async () => 7, undefined), 7);
  const { signal } = new AbortController();
  assert.equal(await unlessCancelled(async () => 7, signal), 7);
  const trouble = new Error('trouble');
  await assert.rejects(
    unlessCancelled(() => Promise.reject(trouble), signal),
    trouble,
  );
});

test('after cancel nothing is asked', async () => {
  let asked = 0;
  const question = async (): Promise<number> => ++asked;
  await assert.rejects(unlessCancelled(question, AbortSignal.abort()), /cancelled/);
  assert.equal(asked, 0);
});

test('cancel gives up, for the reason given, and what comes later is not heard', async () => {
  const controller = new AbortController();
  const question = Promise.withResolvers<number>();
  const reason = new Error('enough');
  const answer = unlessCancelled(
    () => question.promise,
    controller.signal,
    () => reason,
  );
  controller.abort();
  await assert.rejects(answer, reason);
  question.reject(new Error('late'));
  await assert.rejects(question.promise);
});
