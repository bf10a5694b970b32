import assert from 'node:assert/strict';
import { rename, stat, writeFile } from 'node:fs/promises';
import { test, type TestContext } from 'node:test';
import { WatchedFile } from '@postino/passwd-md5';
import { passwdFile } from './temporary.ts';

const lines = (text: string): readonly string[] => text.split('\n');

/** Writes in place, and stops the clock at that moment: however slow the machine is, the file was just written. */
async function writeNow(t: TestContext, path: string, text: string): Promise<void> {
  await writeFile(path, text);
  const { ctimeMs } = await stat(path);
  t.mock.timers.setTime(Math.floor(ctimeMs));
}

test('hostile 40: what is not in a file that is half written is not believed to be missing', async (t) => {
  t.mock.timers.enable({ apis: ['Date'] });
  const path = await passwdFile(t, 'ann\nbob\n');
  let pauses = 0;
  const file = await WatchedFile.open(path, {
    parse: lines,
    // The writer goes on while somebody waits.
    pause: () => writeNow(t, path, ++pauses < 3 ? 'ann\n' : 'ann\nbob\neve\n'),
  });
  await writeNow(t, path, 'ann\n');
  assert.equal(await file.find((names) => names.find((name) => name === 'bob')), 'bob');
  assert.equal(pauses, 3);
});

test('hostile 40: a file that is written again and again is not waited for without end', async (t) => {
  t.mock.timers.enable({ apis: ['Date'] });
  const path = await passwdFile(t, 'ann\n');
  let pauses = 0;
  const file = await WatchedFile.open(path, {
    parse: lines,
    pause: () => writeNow(t, path, `ann\n${++pauses}\n`),
  });
  await writeNow(t, path, 'ann\n');
  assert.equal(await file.find((names) => names.find((name) => name === 'bob')), undefined);
  assert.equal(pauses, 20);
});

test('hostile 40: who asks while the file is read hears what it held when they asked, or later', async (t) => {
  const path = await passwdFile(t, 'old\n');
  const file = await WatchedFile.open(path, { parse: lines });
  for (let round = 0; round < 50; round++) {
    await writeFile(`${path}.new`, `${round}\n`);
    const before = file.current();
    await rename(`${path}.new`, path);
    const asked = file.current();
    assert.equal((await asked)[0], `${round}`);
    await before;
  }
});

test('hostile 40: of those who ask while the file is half written, none believes that half', async (t) => {
  t.mock.timers.enable({ apis: ['Date'] });
  const path = await passwdFile(t, 'ann\nbob\n');
  let whole: Promise<void> | null = null;
  const pause = (): Promise<void> => (whole ??= writeNow(t, path, 'ann\nbob\n')); // the one writer goes on
  const file = await WatchedFile.open(path, { parse: lines, pause });
  const bob = (): Promise<string | undefined> =>
    file.find((names) => names.find((name) => name === 'bob'));
  for (let round = 0; round < 20; round++) {
    await writeNow(t, path, 'ann\n');
    whole = null;
    assert.deepEqual(await Promise.all([bob(), bob(), bob()]), ['bob', 'bob', 'bob']);
  }
});
