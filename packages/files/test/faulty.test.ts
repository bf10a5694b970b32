import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CREATE, withFile } from '@postino/files';
import { faultyFiles } from '@postino/files/faulty';
import { folder } from './folder.ts';

const write = (files: ReturnType<typeof faultyFiles>['files'], path: string): Promise<void> =>
  withFile(files, [path, CREATE], async (file) => {
    await file.write(Buffer.from('12345678'));
    await file.sync();
  });

test('without a fault all is as it is, and is recorded', async (t) => {
  const path = join(folder(t), 'file');
  const { files, calls } = faultyFiles();
  await write(files, path);
  assert.deepEqual(
    calls,
    ['open', 'write', 'sync', 'close'].map((name) => ({ name, path })),
  );
  assert.equal(readFileSync(path, 'utf8'), '12345678');
});

test('a fault is one call that fails, with half a write done, and the next goes well', async (t) => {
  const path = join(folder(t), 'file');
  const { files, calls, arm } = faultyFiles();
  arm({ at: 2, how: 'ENOSPC' });
  await assert.rejects(write(files, path), { code: 'ENOSPC' });
  assert.deepEqual(
    calls.map(({ name }) => name),
    ['open', 'write', 'close'],
  );
  assert.equal(readFileSync(path, 'utf8'), '1234');
  await files.unlink(path);
  assert.ok(!existsSync(path));
});

test('after a crash nothing is done any more, until it is armed anew', async (t) => {
  const path = join(folder(t), 'file');
  const { files, arm } = faultyFiles();
  arm({ at: 2, how: 'crash' });
  await assert.rejects(write(files, path), { code: 'crash' });
  await assert.rejects(files.unlink(path), { code: 'crash' });
  assert.equal(readFileSync(path, 'utf8'), '1234');
  arm();
  await files.unlink(path);
});
