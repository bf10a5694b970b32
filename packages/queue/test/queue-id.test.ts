import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { newQueueId, room, timeOfQueueId } from '@postino/queue';

test('ids are letters and digits, tell their time, and sort by it', () => {
  const time = fc.nat({ max: Number.MAX_SAFE_INTEGER }).map((n) => n % 36 ** 9);
  fc.assert(
    fc.property(time, time, (a, b) => {
      const [left, right] = [newQueueId(a), newQueueId(b)];
      assert.match(left, /^[0-9a-z]{29}$/);
      assert.equal(timeOfQueueId(left), a);
      if (a !== b) assert.equal(left < right, a < b);
    }),
  );
});

test('ids of one moment differ', () => {
  assert.equal(new Set(Array.from({ length: 1000 }, () => newQueueId(5))).size, 1000);
});

test('there is room on a disk, and none on what is not there', async () => {
  const free = await room(import.meta.dirname);
  assert.ok(Number.isSafeInteger(free) && free > 0);
  await assert.rejects(room('/no/such/folder'), { code: 'ENOENT' });
});
