import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { holdLock, Maildir } from '@postino/maildir';
import { filesOf, folder, mailbox } from './mailbox.ts';

test('a mailbox has one session at a time', async (t) => {
  const { path, maildir } = await mailbox(t, { mode: 0o660 });
  const other = await Maildir.open(path);
  const lock = await maildir.lock();
  assert.ok(lock);
  assert.equal(await other.lock(), null);
  assert.equal(await maildir.lock(), null);
  lock.release();
  lock.release();
  const next = await other.lock();
  assert.ok(next);
  next.release();
  assert.deepEqual(filesOf(path), []);
  assert.equal(statSync(join(path, 'postino-pop3.lock')).mode & 0o777, 0o660);
});

test('of many who ask at once, one gets the lock', async (t) => {
  const path = join(folder(t), 'lock');
  const locks = await Promise.all([1, 2, 3, 4, 5].map(() => holdLock(path)));
  assert.equal(locks.filter(Boolean).length, 1);
  locks.forEach((lock) => lock?.release());
});

test('hostile 66: the lock of a process that was killed is free', async (t) => {
  const { path, maildir } = await mailbox(t);
  const holder = spawn(process.execPath, [
    '--conditions=@postino/source',
    join(import.meta.dirname, 'lock-holder.ts'),
    path,
  ]);
  t.after(() => holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  assert.equal(await maildir.lock(), null);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  const lock = await maildir.lock();
  assert.ok(lock);
  lock.release();
});

test('a link in place of the lock is refused', async (t) => {
  const path = join(folder(t), 'lock');
  symlinkSync('/etc/passwd', path);
  await assert.rejects(holdLock(path), { code: 'EEXIST' });
});
