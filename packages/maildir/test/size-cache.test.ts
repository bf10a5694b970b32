import assert from 'node:assert/strict';
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { faultyFiles } from '@postino/files/faulty';
import { Maildir } from '@postino/maildir';
import { formatSizes, parseSizes } from '../src/size-cache.ts';
import { filesOf, mailbox, put } from './mailbox.ts';

/** Messages as Exim writes them, without sizes in their names. */
function fill(path: string, count: number): void {
  for (let n = 0; n < count; n++) put(path, `new/17000000${n}.M1P2.host`, 'x\n'.repeat(n % 7));
}

test('sizes and their file are inverse, but for names with a line end', () => {
  const name = fc.string({ minLength: 1 }).filter((text) => !text.includes('\n'));
  fc.assert(
    fc.property(fc.array(fc.tuple(name, fc.nat())), (pairs) => {
      const sizes = new Map(pairs);
      assert.deepEqual(parseSizes(formatSizes(sizes)), sizes);
    }),
  );
  assert.deepEqual(
    parseSizes(
      formatSizes(
        new Map([
          ['a\nb', 1],
          ['c', 2],
        ]),
      ),
    ),
    new Map([['c', 2]]),
  );
});

test('a file that is cut off anywhere, or has one octet changed, counts as none', () => {
  const text = formatSizes(
    new Map([
      ['1.a', 10],
      ['2.b', 20],
    ]),
  );
  for (let at = 0; at < text.length; at++) {
    assert.equal(parseSizes(text.slice(0, at)).size, 0);
    const changed = text[at] === '7' ? '8' : '7';
    assert.equal(parseSizes(text.slice(0, at) + changed + text.slice(at + 1)).size, 0);
  }
});

/** `.ci/long` asks for 100,000. */
const MANY = Number(process.env['POSTINO_MESSAGES'] ?? 500);

test(`the second process opens none of ${MANY} messages, and looks at no file but the cache`, async (t) => {
  const { path, maildir } = await mailbox(t);
  fill(path, MANY);
  const first = await maildir.list();
  const { files, calls, arm } = faultyFiles();
  const later = await Maildir.open(path, { files });
  arm();
  const began = performance.now();
  const listed = await later.list();
  t.diagnostic(`${MANY} messages listed in ${Math.round(performance.now() - began)} ms`);
  assert.deepEqual(listed, first);
  const touched = calls.filter(({ path: at }) => /\/(new|cur)\/./.test(at));
  assert.deepEqual(touched, []);
  // The cache is read in pieces.
  const others = calls.filter(
    ({ name, path: at }) => name !== 'read' || !at.endsWith('/postino-sizes'),
  );
  assert.ok(others.length < 12, `${others.length} calls`);
});

test('only what is new is read, and what left is forgotten', async (t) => {
  const { path, maildir } = await mailbox(t);
  fill(path, 3);
  await maildir.list();
  rmSync(join(path, 'new/170000000.M1P2.host'));
  put(path, 'new/1800000000.M1P2.host', 'hello\n');
  const { files, calls, arm } = faultyFiles();
  const later = await Maildir.open(path, { files });
  arm();
  assert.deepEqual(
    (await later.list()).map(({ size }) => size),
    [3, 6, 7],
  );
  const opened = calls.filter(({ name, path: at }) => name === 'open' && at.includes('/new/'));
  assert.equal(opened.length, 1);
  const kept = readFileSync(join(path, 'postino-sizes'), 'latin1').split('\n').slice(1);
  assert.deepEqual(kept, [
    '3 170000001.M1P2.host',
    '6 170000002.M1P2.host',
    '7 1800000000.M1P2.host',
    '',
  ]);
});

for (const spoiled of ['', 'postino-sizes 1 00000000\n99 170000001.M1P2.host\n', '\0\0\0\0'])
  test(`a spoiled cache is made anew: ${JSON.stringify(spoiled)}`, async (t) => {
    const { path, maildir } = await mailbox(t);
    fill(path, 3);
    const first = await maildir.list();
    const cache = readFileSync(join(path, 'postino-sizes'));
    writeFileSync(join(path, 'postino-sizes'), spoiled);
    assert.deepEqual(await (await Maildir.open(path)).list(), first);
    assert.deepEqual(readFileSync(join(path, 'postino-sizes')), cache);
  });

test('a cache behind a link is not read, and the link is replaced', async (t) => {
  const { path, maildir } = await mailbox(t);
  fill(path, 2);
  symlinkSync('/etc/passwd', join(path, 'postino-sizes'));
  assert.equal((await maildir.list()).length, 2);
  assert.match(readFileSync(join(path, 'postino-sizes'), 'latin1'), /^postino-sizes 1 /);
});

for (const how of ['ENOSPC', 'crash'])
  test(`${how} at any call about the cache: the list is whole, or the next process has it`, async (t) => {
    for (let at = 1; ; at++) {
      const { path } = await mailbox(t);
      fill(path, 2);
      const { files, calls, arm } = faultyFiles();
      const maildir = await Maildir.open(path, { files });
      arm({ at, how });
      await maildir.list().catch(() => {});
      const sizes = (await (await Maildir.open(path)).list()).map(({ size }) => size);
      assert.deepEqual(sizes, [0, 3]);
      await maildir.clean(Date.now() + 37 * 3_600_000).catch(() => {});
      if (how !== 'crash') assert.equal(filesOf(path).length, 2);
      if (calls.length < at) break;
    }
  });
