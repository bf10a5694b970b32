import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { TestContext } from 'node:test';
import { hashPassword, PasswdFile } from '@postino/passwd-md5';
import type { Check } from '@postino/passwd-md5';

const hex = (password: string): string => createHash('md5').update(password).digest('hex');
const base64 = (password: string): string => createHash('md5').update(password).digest('base64');

/** A scheme that keeps passwords as they are. */
const rot0 =
  (hash: string): Check =>
  async (password) =>
    Buffer.from(password).toString() === hash;

/** The path of a file of its own for a test, with this text when one is given. */
async function temporary(t: TestContext, text?: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'passwd-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'passwd');
  if (text !== undefined) await writeFile(path, text);
  return path;
}

test('the file of the course', async (t) => {
  const path = await temporary(t, `ale:${hex('secret')}::\nbob:${base64('geheim')}::\nbare\n`);
  const file = await PasswdFile.open(path);
  assert.deepEqual(await file.users(), ['ale', 'bob', 'bare']);
  assert.equal(await file.verify('ale', 'secret'), true);
  assert.equal(await file.verify('ALE', 'secret'), true);
  assert.equal(await file.verify('ale', 'Secret'), false);
  assert.equal(await file.verify('bob', Buffer.from('geheim')), true);
  assert.equal(await file.verify('bob', 'secret'), false);
  assert.equal(await file.has('Bob'), true);
  assert.equal(await file.has('bare'), true);
  assert.equal(await file.has('eve'), false);
  assert.equal(file.trouble, null);
});

test('hostile 33: an empty, starred or malformed hash, an empty user or password match nothing', async (t) => {
  const hash = hex('x');
  const fields = [
    '',
    '*',
    '!',
    'x',
    hash.slice(1),
    `${hash}0`,
    ` ${hash}`,
    `${hash} `,
    '{PLAIN}x',
    '{}x',
  ];
  fields.push(
    `{CRYPT}${hash}`,
    `{MD5${hash}`,
    `${hash.slice(1)}g`,
    base64('x').slice(0, 22),
    '='.repeat(24),
  );
  const lines = fields.map((field, at) => `u${at}:${field}::`);
  const path = await temporary(t, [...lines, `empty:${hex('')}`, `good:${hash}`].join('\n'));
  const file = await PasswdFile.open(path);
  for (const at of fields.keys())
    for (const password of ['x', '', fields[at] ?? ''])
      assert.equal(await file.verify(`u${at}`, password), false, fields[at]);
  assert.equal(await file.verify('empty', ''), false);
  assert.equal(await file.verify('', 'x'), false);
  assert.equal(await file.verify('', ''), false);
  assert.equal(await file.verify('good', 'x'), true);
});

test('hostile 34: hexadecimal in any case, base64 exact, a trailing CR is part of the password', async (t) => {
  const digest = base64('x');
  const swapped = digest.replace(/[a-z]/i, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );
  // The same sixteen octets, spelled with bits that should be zero.
  const spelled = `${digest.slice(0, 21)}${String.fromCharCode(digest.charCodeAt(21) + 1)}==`;
  assert.deepEqual(Buffer.from(spelled, 'base64'), Buffer.from(digest, 'base64'));
  const path = await temporary(
    t,
    `upper:${hex('x').toUpperCase()}\nlower:${hex('x')}\nb:${digest}\nc:${swapped}\nd:${spelled}\ncr:${hex('x\r')}`,
  );
  const file = await PasswdFile.open(path);
  assert.equal(await file.verify('upper', 'x'), true);
  assert.equal(await file.verify('lower', 'x'), true);
  assert.equal(await file.verify('b', 'x'), true);
  assert.equal(await file.verify('c', 'x'), false);
  assert.equal(await file.verify('d', 'x'), false);
  assert.equal(await file.verify('cr', 'x\r'), true);
  assert.equal(await file.verify('cr', 'x'), false);
  assert.equal(await file.verify('lower', 'x\r'), false);
});

test('passwords are their octets', async (t) => {
  const latin1 = Buffer.from('süß', 'latin1');
  const digest = createHash('md5').update(latin1).digest('hex');
  const path = await temporary(t, `utf8:${hex('süß')}\nlatin1:${digest}\n`);
  const file = await PasswdFile.open(path);
  assert.equal(await file.verify('utf8', 'süß'), true);
  assert.equal(await file.verify('utf8', Buffer.from('süß')), true);
  assert.equal(await file.verify('utf8', latin1), false);
  assert.equal(await file.verify('latin1', latin1), true);
});

test('schemes are named in any case, and a caller can add one', async (t) => {
  const path = await temporary(
    t,
    `a:{md5}${hex('x')}\nb:{Plain-MD5}${hex('x')}\nc:{LDAP-MD5}${base64('x')}\nd:{rot0}x\n`,
  );
  const file = await PasswdFile.open(path, { schemes: { Rot0: rot0 } });
  for (const user of ['a', 'b', 'c', 'd']) {
    assert.equal(await file.verify(user, 'x'), true, user);
    assert.equal(await file.verify(user, 'y'), false, user);
  }
  const plain = await PasswdFile.open(path);
  assert.equal(await plain.verify('d', 'x'), false);
  await assert.rejects(PasswdFile.open(path, { schemes: { '{X}': rot0 } }), TypeError);
});

test('hostile 39: a user that is no name cannot match another line', async (t) => {
  const path = await temporary(t, `bob:${hex('x')}:bob\n`);
  const file = await PasswdFile.open(path);
  for (const user of [
    'bob:x',
    `bob:${hex('x')}`,
    '../bob',
    'bob#',
    'bob\n',
    '\nbob',
    'bob\0',
    ' bob',
    './bob',
  ]) {
    assert.equal(await file.verify(user, 'x'), false, JSON.stringify(user));
    assert.equal(await file.has(user), false, JSON.stringify(user));
  }
});

test('hostile 40: the file is read again when it changes, however quickly', async (t) => {
  const path = await temporary(t, `bob:${hex('0')}\n`);
  const file = await PasswdFile.open(path);
  for (let round = 1; round < 5; round++) {
    await writeFile(path, `bob:${hex(String(round))}\n`);
    assert.equal(await file.verify('bob', String(round)), true);
    assert.equal(await file.verify('bob', String(round - 1)), false);
  }
});

test('hostile 40: a file put in its place with the same size and time is seen', async (t) => {
  const path = await temporary(t, `bob:${hex('old')}\n`);
  await utimes(path, 1e9, 1e9);
  await setTimeout(150); // so that the file is old enough for its times to be trusted
  const file = await PasswdFile.open(path);
  await writeFile(`${path}.new`, `bob:${hex('new')}\n`);
  await utimes(`${path}.new`, 1e9, 1e9);
  await rename(`${path}.new`, path);
  assert.equal(await file.verify('bob', 'new'), true);
  assert.equal(await file.verify('bob', 'old'), false);
});

test('hostile 40: what cannot be read leaves the last good one, and is tried again', async (t) => {
  const path = await temporary(t, `bob:${hex('x')}\n`);
  const file = await PasswdFile.open(path);
  await rm(path);
  assert.equal(await file.verify('bob', 'x'), true);
  assert.match(String(file.trouble), /ENOENT/);
  await writeFile(path, '');
  assert.equal(await file.verify('bob', 'x'), true);
  assert.ok(file.trouble?.message.includes(path));
  await writeFile(path, `eve:${hex('x')}\n`);
  assert.equal(await file.verify('bob', 'x'), false);
  assert.equal(await file.verify('eve', 'x'), true);
  assert.equal(file.trouble, null);
});

test('hostile 40: read while it is being written, nobody is locked out at the end', async (t) => {
  const lines = Array.from({ length: 2000 }, (_, at) => `user${at}:${hex(String(at))}::\n`).join(
    '',
  );
  const path = await temporary(t, lines);
  const file = await PasswdFile.open(path);
  for (let round = 0; round < 5; round++) {
    const written = writeFile(path, lines);
    await Promise.all(Array.from({ length: 20 }, () => file.verify('user1', '1')));
    await written;
    assert.equal(await file.verify('user1999', '1999'), true);
  }
});

test('a file that is missing, or no file, is named', async (t) => {
  const path = await temporary(t);
  await assert.rejects(PasswdFile.open(path), (error: Error) => {
    assert.ok(error.message.startsWith(`cannot read ${path}: ENOENT`));
    return true;
  });
  await assert.rejects(PasswdFile.open(tmpdir()), /not a regular file/);
});

test('iterations of SCRAM are told where every hash is for it', async (t) => {
  const scram = await hashPassword('x', 'SCRAM-SHA-256');
  const cases: [string, number | null][] = [
    [`ann:${scram}::\nbob:${scram}::\n`, 15_000],
    [`ann:${scram}::\nbob:9dd4e461268c8034f5c8564e155c67a6::\n`, null],
    ['', null],
  ];
  for (const [text, expected] of cases) {
    const file = await PasswdFile.open(await temporary(t, text));
    assert.equal(await file.scramIterations(), expected);
  }
});

test('an empty file has no users', async (t) => {
  const file = await PasswdFile.open(await temporary(t, ''));
  assert.deepEqual(await file.users(), []);
  assert.equal(await file.verify('bob', 'x'), false);
});

test('hostile 41: who is unknown or has no usable hash costs the work of one who has', async (t) => {
  let checks = 0;
  const counted = (hash: string): Check | null =>
    hash === '' ? null : async () => ++checks > 0 && hash === 'right';
  const path = await temporary(t, 'blank:\nbob:{COUNT}right\neve:{COUNT}\n');
  const file = await PasswdFile.open(path, { schemes: { COUNT: counted } });
  assert.equal(await file.verify('bob', 'x'), true);
  assert.equal(checks, 1);
  await file.verify('nobody', 'x'); // waits until the file is old enough to be believed
  for (const user of ['nobody', 'blank', 'eve', '../bob', '']) {
    checks = 0;
    assert.equal(await file.verify(user, 'x'), false);
    assert.equal(checks, 1, user);
  }
});

test('hostile 41: hashes of another length are no error', async (t) => {
  const file = await PasswdFile.open(await temporary(t, `a:00\nb:${hex('x')}${hex('x')}\n`));
  assert.equal(await file.verify('a', 'x'), false);
  assert.equal(await file.verify('b', 'x'), false);
});
