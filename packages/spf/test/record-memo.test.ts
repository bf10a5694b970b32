import assert from 'node:assert/strict';
import { it } from 'node:test';
import { recall } from '../src/record-memo.ts';
import { parseRecord } from '../src/record.ts';

it('a record that was parsed is not parsed again', () => {
  const text = 'v=spf1 ip4:192.0.2.0/24 -all';
  assert.deepEqual(recall(text), parseRecord(text));
  assert.equal(recall(text), recall(text));
});

it('hostile 74: long records are not kept, and of others no more than a thousand', () => {
  const long = `v=spf1 ${'a '.repeat(1000)}`;
  assert.notEqual(recall(long), recall(long));
  const first = recall('v=spf1 ?all x=first');
  for (let index = 0; index < 1000; index++) recall(`v=spf1 ?all x=${index}`);
  assert.notEqual(recall('v=spf1 ?all x=first'), first);
});
