import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { AliasFault } from '@postino/router';
import { AliasFile } from '../src/alias-file.ts';

/** A file that can be replaced, with another time in the past for each version: all have been left alone for long. */
function aliasFile(context: TestContext): { path: string; put: (text: string) => void } {
  const folder = mkdtempSync(join(tmpdir(), 'postino-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'aliases');
  let time = 1_000_000_000;
  return {
    path,
    put(text) {
      writeFileSync(`${path}.new`, text);
      utimesSync(`${path}.new`, ++time, time);
      renameSync(`${path}.new`, path);
    },
  };
}

const naming = (localPart: string) => ({
  type: 'expand',
  targets: [{ type: 'name', localPart }],
});

test('who asks while the file is read hears what it held when they asked, or later', async (t) => {
  const { path, put } = aliasFile(t);
  put('info: old');
  const file = await AliasFile.open(path, { onReload: () => {} });
  for (let round = 0; round < 50; round++) {
    put('info: between');
    const before = file.get('info');
    put(`info: u${round}`);
    assert.deepEqual(await file.get('info'), naming(`u${round}`));
    await before;
  }
});

test('a file that has gone rejects until it is there again', async (t) => {
  const { path, put } = aliasFile(t);
  put('info: bob');
  const reloads: (readonly AliasFault[])[] = [];
  const file = await AliasFile.open(path, { onReload: (faults) => reloads.push(faults) });
  unlinkSync(path);
  await assert.rejects(file.get('info'), { code: 'ENOENT' });
  const asked = [file.get('info'), file.get('info')];
  put('info: |sh');
  // Whether these saw it depends on who was first; later ones do.
  await Promise.allSettled(asked);
  assert.equal((await file.get('info'))?.type, 'defer');
  assert.equal(reloads.length, 1);
  assert.match(reloads[0]?.[0]?.reason ?? '', /no command is ever run/);
});
