import assert from 'node:assert/strict';
import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isMissing, makePath, syncFolder } from '@postino/files';
import { faultyFiles } from '@postino/files/faulty';
import { folder } from './folder.ts';

const rights = (path: string): number => statSync(path).mode & 0o7777;

test('folders get the rights that were asked for, whatever the umask, and each name is synced', async (t) => {
  const old = process.umask(0o077);
  t.after(() => process.umask(old));
  const root = folder(t);
  const { files, calls } = faultyFiles();
  await makePath(files, join(root, 'a/b'), 0o770);
  assert.deepEqual([rights(join(root, 'a')), rights(join(root, 'a/b'))], [0o770, 0o770]);
  const synced = calls.filter(({ name }) => name === 'sync').map(({ path }) => path);
  assert.deepEqual(synced, [root, join(root, 'a')]);
});

test('what stands there is left as it is', async (t) => {
  const root = folder(t);
  chmodSync(root, 0o755);
  const { files } = faultyFiles();
  await makePath(files, root, 0o700);
  assert.equal(rights(root), 0o755);
  writeFileSync(join(root, 'file'), '');
  await assert.rejects(makePath(files, join(root, 'file/deeper'), 0o700), { code: 'ENOTDIR' });
});

test('a set-group-ID bit that a folder inherits stays', async (t) => {
  const root = folder(t);
  chmodSync(root, 0o2755);
  const { files } = faultyFiles();
  await makePath(files, join(root, 'a'), 0o770);
  assert.equal(rights(join(root, 'a')), 0o2770);
});

test('a folder that is not there cannot be synced', async (t) => {
  const { files } = faultyFiles();
  await assert.rejects(syncFolder(files, join(folder(t), 'none')), isMissing);
});
