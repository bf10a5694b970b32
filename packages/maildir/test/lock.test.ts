import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Maildir } from '@postino/maildir';
import { filesOf, mailbox } from './mailbox.ts';

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
