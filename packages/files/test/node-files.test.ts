import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  APPEND,
  CREATE,
  FOLDER,
  nodeFiles,
  pieces,
  READ,
  withFile,
  type OpenFile,
} from '@postino/files';
import { folder } from './folder.ts';

const octets = (text: string): Uint8Array => Buffer.from(text);

test('a file is made once, for its owner alone, and written behind what it holds', async (t) => {
  const path = join(folder(t), 'file');
  await withFile(nodeFiles, [path, CREATE], async (file) => {
    await file.write(octets('one '));
    await file.write(octets('two '));
  });
  await assert.rejects(nodeFiles.open(path, CREATE), { code: 'EEXIST' });
  await withFile(nodeFiles, [path, APPEND], (file) => file.write(octets('three')));
  assert.equal(readFileSync(path, 'utf8'), 'one two three');
  await withFile(nodeFiles, [path, APPEND], (file) => file.truncate(3));
  assert.equal(readFileSync(path, 'utf8'), 'one');
  assert.equal((await nodeFiles.lstat(path)).size, 3);
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('pieces are the octets between two places, or up to the end', async (t) => {
  const path = join(folder(t), 'file');
  const content = Buffer.alloc(200_000, 'abcdefg');
  writeFileSync(path, content);
  for (const [from, to] of [
    [0, undefined],
    [3, undefined],
    [70_000, 140_000],
    [5, 5],
    [199_999, 500_000],
    [300_000, undefined],
  ] as const) {
    const read = await withFile(nodeFiles, [path, READ], (file) => whole(file, from, to));
    assert.ok(read.equals(content.subarray(from, to)), `${from} to ${to}`);
  }
});

test('no link is followed, whatever it is opened for', async (t) => {
  const path = folder(t);
  writeFileSync(join(path, 'file'), 'x');
  mkdirSync(join(path, 'folder'));
  symlinkSync('file', join(path, 'to-file'));
  symlinkSync('folder', join(path, 'to-folder'));
  for (const flags of [CREATE, APPEND, READ])
    await assert.rejects(nodeFiles.open(join(path, 'to-file'), flags), { code: /ELOOP|EEXIST/ });
  await assert.rejects(nodeFiles.open(join(path, 'to-folder'), FOLDER), { code: /ELOOP|ENOTDIR/ });
  assert.equal((await nodeFiles.lstat(join(path, 'to-folder'))).isFolder, false);
  assert.deepEqual(await nodeFiles.list(path), ['file']);
});

test('a file is closed when what is done with it fails', async (t) => {
  const path = join(folder(t), 'file');
  let closed = 0;
  const files = {
    ...nodeFiles,
    open: async (path: string, flags: number) => {
      const file = await nodeFiles.open(path, flags);
      const close = (): Promise<void> => file.close().finally(() => closed++);
      return { ...nothing, close };
    },
  };
  await assert.rejects(
    withFile(files, [path, CREATE], () => Promise.reject(new Error('our own'))),
    /our own/,
  );
  assert.equal(closed, 1);
});

async function whole(file: OpenFile, from: number, to?: number): Promise<Buffer> {
  const read: Uint8Array[] = [];
  for await (const piece of pieces(file, from, to)) read.push(piece);
  return Buffer.concat(read);
}

const nothing = {
  write: () => Promise.resolve(),
  read: () => Promise.resolve(0),
  truncate: () => Promise.resolve(),
  chmod: () => Promise.resolve(),
  sync: () => Promise.resolve(),
};
