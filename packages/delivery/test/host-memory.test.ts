import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HostMemory } from '../src/host-memory.ts';

test('the oldest failures are forgotten where there are too many, and a failure anew is young', () => {
  const memory = new HostMemory({ penalty: 100, size: 2 });
  memory.failed('one', 0);
  memory.failed('two', 1);
  memory.failed('one', 2);
  memory.failed('three', 3);
  const failed = ['one', 'two', 'three'].filter((address) => memory.hasFailed(address, 4));
  assert.deepEqual(failed, ['one', 'three']);
});

test('a failure counts for a while, or until the host works', () => {
  const memory = new HostMemory({ penalty: 100, size: 2 });
  memory.failed('one', 0);
  assert.equal(memory.hasFailed('one', 99), true);
  assert.equal(memory.hasFailed('one', 100), false);
  memory.failed('one', 100);
  memory.worked('one');
  assert.equal(memory.hasFailed('one', 101), false);
});
