import assert from 'node:assert/strict';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Maildir, QuotaError, type Entry } from '@postino/maildir';
import { faultyFiles } from '@postino/files/faulty';
import { formatQuota, sumOf } from '../src/quota-file.ts';
import { codeOf, filesOf, mailbox, octets, put } from './mailbox.ts';

const QUOTA = { octets: 100, messages: 5 };
/** 10 octets on disk. */
const TEN = octets('123456789\r\n');
const MINUTE = 60_000;

const sums: readonly (readonly [string, unknown])[] = [
  ['100S,5C\n0 0\n', { octets: 0, messages: 0, lines: 1 }],
  ['100S,5C\n  30  3 \n-10 -1\n', { octets: 20, messages: 2, lines: 2 }],
  ['100S,5C\n10 1\n10', null],
  ['100S,5C\n10 1\n10 1', null],
  ['100S,5C\n', null],
  ['100S,5C', null],
  ['100S\n10 1\n', null],
  ['99S,5C\n10 1\n', null],
  ['100S,5C\n10 1\n-20 -1\n', null],
  ['100S,5C\n10\n', null],
  ['100S,5C\nten 1\n', null],
  ['100S,5C\n\0\0\0\n', null],
  ['', null],
];
for (const [text, sum] of sums)
  test(`maildirsize ${JSON.stringify(text)}`, () => {
    assert.deepEqual(sumOf(text, QUOTA), sum);
  });

test('the limits as maildirsize has them', () => {
  assert.equal(formatQuota(QUOTA), '100S,5C');
  assert.equal(formatQuota({ octets: 7 }), '7S');
  assert.equal(formatQuota({ messages: 7 }), '7C');
});

const sizeFile = (path: string): string => readFileSync(join(path, 'maildirsize'), 'latin1');

test('what comes and goes is noted, and over quota nothing comes', async (t) => {
  const { path, maildir } = await mailbox(t, { quota: QUOTA });
  for (let n = 0; n < 5; n++) await maildir.deliver(TEN);
  assert.equal(sizeFile(path), `100S,5C\n0 0\n${'10 1\n'.repeat(5)}`);
  await assert.rejects(maildir.deliver(TEN), { code: 'OVERQUOTA', tooLarge: false });
  assert.equal(sizeFile(path), '100S,5C\n50 5\n', 'counted anew before it is refused');
  assert.equal(filesOf(path).length, 5);
  const [first] = (await maildir.list()) as [Entry];
  await maildir.remove(first);
  assert.equal(sizeFile(path), '100S,5C\n50 5\n-10 -1\n');
  await maildir.deliver(TEN);
  await assert.rejects(maildir.deliver(octets(`${'x'.repeat(100)}\r\n`)), {
    code: 'OVERQUOTA',
    tooLarge: true,
  });
});

test('octets are those on disk, and a delivery may fill them to the last', async (t) => {
  const { maildir } = await mailbox(t, { quota: { octets: 20 } });
  await maildir.deliver(TEN);
  await maildir.deliver(TEN);
  await assert.rejects(maildir.deliver(octets('\r\n')), QuotaError);
});

test('folders count, but Trash; sizes come from names, else from the disk', async (t) => {
  const { path, maildir } = await mailbox(t, { quota: QUOTA });
  put(path, 'new/1.a.host', 'twelve octet');
  put(path, 'cur/2.b.host,S=20:2,T', 'x');
  put(path, 'cur/.hidden', 'x'.repeat(90));
  await (await maildir.createFolder(['A', 'B'])).deliver(TEN);
  await (await Maildir.create(join(path, '.Trash'))).deliver(octets(`${'x'.repeat(90)}\r\n`));
  rmSync(join(path, 'maildirsize'));
  const folder = await maildir.folder(['A', 'B']);
  const entry = await folder.deliver(TEN);
  assert.match(sizeFile(path), /^100S,5C\n42 3\n10 1\n$/);
  await folder.remove(entry);
  assert.match(sizeFile(path), /\n-10 -1\n$/);
});

test('a file that says full is believed while it is fresh and of one line, and no longer', async (t) => {
  let now = Date.now();
  const { path, maildir } = await mailbox(t, { quota: QUOTA, now: () => now });
  writeFileSync(join(path, 'maildirsize'), '100S,5C\n100 5\n');
  await assert.rejects(maildir.deliver(TEN), QuotaError);
  now += 16 * MINUTE;
  await maildir.deliver(TEN);
  writeFileSync(join(path, 'maildirsize'), '100S,5C\n90 4\n10 1\n');
  now = statSync(join(path, 'maildirsize')).ctimeMs;
  await maildir.deliver(TEN);
  assert.match(sizeFile(path), /^100S,5C\n10 1\n10 1\n$/);
});

for (const spoiled of ['', '999S\n0 0\n', '100S,5C\n0 0\n10', `100S,5C\n${'0 0\n'.repeat(1400)}`])
  test(`a spoiled or long maildirsize is made anew: ${JSON.stringify(spoiled.slice(0, 20))}`, async (t) => {
    const { path, maildir } = await mailbox(t, { quota: QUOTA });
    await maildir.deliver(TEN);
    writeFileSync(join(path, 'maildirsize'), spoiled);
    await maildir.deliver(TEN);
    assert.equal(sizeFile(path), '100S,5C\n10 1\n10 1\n');
  });

test('with a fault at any call a delivery is there or not, and the sum is true again in the end', async (t) => {
  for (let at = 1; ; at++) {
    const faulty = faultyFiles();
    const { path, maildir } = await mailbox(t, { quota: QUOTA, files: faulty.files });
    await maildir.deliver(TEN);
    faulty.arm({ at, how: 'ENOSPC' });
    const code = await codeOf(maildir.deliver(TEN));
    const through = faulty.calls.length < at;
    faulty.arm();
    const there = code === 'resolved' ? 2 : 1;
    assert.equal((await maildir.list()).length, there);
    for (let n = there; n < 5; n++) await maildir.deliver(TEN);
    await assert.rejects(maildir.deliver(TEN), QuotaError);
    assert.equal(sizeFile(path), '100S,5C\n50 5\n');
    if (through) break;
  }
});

test('a quota of nonsense is our own fault', async (t) => {
  const { path } = await mailbox(t);
  for (const quota of [{ octets: -1 }, { messages: 1.5 }, { octets: NaN }])
    await assert.rejects(Maildir.open(path, { quota }), TypeError);
});
