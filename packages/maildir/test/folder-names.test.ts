import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { faultyFiles } from '@postino/files/faulty';
import { formatFolderName, Maildir, parseFolderName } from '@postino/maildir';
import { codeOf, folder, mailbox, octets } from './mailbox.ts';

const names: readonly (readonly [string[], string])[] = [
  [['Sent'], '.Sent'],
  [['Lists', 'postino'], '.Lists.postino'],
  [['Entwürfe'], '.Entw&APw-rfe'],
  [['R&D'], '.R&-D'],
  [['~peter', 'mail', '台北', '日本語'], '.~peter.mail.&U,BTFw-.&ZeVnLIqe-'],
  [['a\nb'], '.a&AAo-b'],
  [['😀'], '.&2D3eAA-'],
];
for (const [path, name] of names)
  test(`the folder ${JSON.stringify(path)} is ${name}`, () => {
    assert.equal(formatFolderName(path), name);
    assert.deepEqual(parseFolderName(name), path);
  });

test('hostile 52: what leads out of the mailbox, or into its own folders, names no folder', () => {
  const paths = [
    [],
    [''],
    ['..'],
    ['a', ''],
    ['a.b'],
    ['a/b'],
    ['../x'],
    ['a\0'],
    ['\uD800'],
    ['x'.repeat(255)],
  ];
  for (const path of paths) assert.equal(formatFolderName(path), null, JSON.stringify(path));
  const written = [
    '',
    '.',
    '..',
    '...',
    '.a.',
    '..a',
    'cur',
    'Sent',
    '.a/b',
    '.&AC8-',
    '.&AC4ALg-',
    '.&AGE-',
    '.&',
    '.&&-',
    '.a&b',
    '.ü',
    '.&2D0-',
    '.&APw',
    '.&APx-',
    '.&A-',
  ];
  for (const name of written) assert.equal(parseFolderName(name), null, name);
});

test('every name that is no null comes back', () => {
  const part = fc.string({ unit: 'binary', maxLength: 12 });
  fc.assert(
    fc.property(fc.array(part, { maxLength: 3 }), (path) => {
      const name = formatFolderName(path);
      if (name === null) return;
      assert.deepEqual(parseFolderName(name), path);
      assert.match(name, /^(\.[\x20-\x2D\x30-\x7E]+)+$/);
    }),
  );
});

test('folders are made with their mark, listed, opened, and are mailboxes themselves', async (t) => {
  const { path, maildir } = await mailbox(t, { mode: 0o660 });
  const made = await maildir.createFolder(['Lists', 'Über']);
  await made.deliver(octets('x\r\n'));
  await maildir.createFolder(['Lists', 'Über']);
  await maildir.createFolder(['Archive']);
  mkdirSync(join(path, '.&&'));
  assert.deepEqual(await maildir.folders(), [['Archive'], ['Lists', 'Über']]);
  const mark = join(path, '.Lists.&ANw-ber', 'maildirfolder');
  assert.equal(readFileSync(mark, 'latin1'), '');
  assert.equal(statSync(mark).mode & 0o777, 0o660);
  assert.equal((await (await maildir.folder(['Lists', 'Über'])).list()).length, 1);
  assert.deepEqual(await maildir.list(), []);
  assert.equal(await codeOf(maildir.folder(['None'])), 'ENOENT');
  await assert.rejects(maildir.folder(['..', 'x']), TypeError);
  await assert.rejects(maildir.createFolder(['a/b']), TypeError);
});

test('hostile 62: a link in place of a folder is no folder', async (t) => {
  const { path, maildir } = await mailbox(t);
  symlinkSync(folder(t), join(path, '.Out'));
  assert.deepEqual(await maildir.folders(), []);
  assert.equal(await codeOf(maildir.folder(['Out'])), 'ENOTDIR');
  assert.equal(await codeOf(maildir.createFolder(['Out'])), 'ENOTDIR');
});

test('a folder whose making was cut off at any call is made whole', async (t) => {
  for (let at = 1; ; at++) {
    const { path } = await mailbox(t);
    const faulty = faultyFiles();
    const dying = await Maildir.open(path, { files: faulty.files });
    faulty.arm({ at, how: 'crash' });
    const made = await codeOf(dying.createFolder(['A']));
    const maildir = await Maildir.open(path);
    await (await maildir.createFolder(['A'])).deliver(octets('x\r\n'));
    assert.equal(statSync(join(path, '.A/maildirfolder')).size, 0);
    if (made === 'resolved') break;
  }
});
