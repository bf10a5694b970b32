import assert from 'node:assert/strict';
import { statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { holdLock } from '@postino/files';
import { folder } from './folder.ts';

test('a lock has one holder, and is free again once it is given back', async (t) => {
  const path = join(folder(t), 'lock');
  const lock = await holdLock(path, 0o640);
  assert.ok(lock);
  assert.equal(await holdLock(path), null);
  lock.release();
  lock.release();
  const next = await holdLock(path);
  assert.ok(next);
  next.release();
  assert.equal(statSync(path).mode & 0o777, 0o640);
});

test('of many who ask at once, one gets the lock', async (t) => {
  const path = join(folder(t), 'lock');
  const locks = await Promise.all([1, 2, 3, 4, 5].map(() => holdLock(path)));
  assert.equal(locks.filter(Boolean).length, 1);
  locks.forEach((lock) => lock?.release());
});

test('a link in place of the lock is refused', async (t) => {
  const path = join(folder(t), 'lock');
  symlinkSync('/etc/passwd', path);
  await assert.rejects(holdLock(path), { code: 'EEXIST' });
});
