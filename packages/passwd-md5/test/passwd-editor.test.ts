import assert from 'node:assert/strict';
import { chmod, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { hashPassword, PasswdEditor, PasswdFile } from '@postino/passwd-md5';
import { passwdFile } from './temporary.ts';

const TEXT =
  '\u00EF\u00BB\u00BFale:1::\r\n# f\u00FCr bob\nBob:2:8:8:B\u00F6b:/home\n\nbob:old::\neve\ntom:3';

test('users are added, changed and removed; the rest stays, octet for octet', async (t) => {
  const path = await passwdFile(t, '');
  await writeFile(path, Buffer.from(TEXT, 'latin1'));
  await chmod(path, 0o640);
  const editor = new PasswdEditor(path);
  assert.equal(await editor.add('BOB', 'x'), false);
  assert.equal(await editor.add('Ann', '{CRYPT}$2y$x'), true);
  assert.equal(await editor.change('bob', 'new'), true);
  assert.equal(await editor.change('eve', 'hers'), true);
  assert.equal(await editor.change('ale', 'x', { from: 'other' }), false);
  assert.equal(await editor.change('ale', 'one', { from: '1' }), true);
  assert.equal(await editor.change('nobody', 'x'), false);
  const text = (await readFile(path)).toString('latin1');
  const changed = TEXT.replace('ale:1', 'ale:one')
    .replace('Bob:2', 'Bob:new')
    .replace('eve', 'eve:hers');
  assert.equal(text, `${changed}\nann:{CRYPT}$2y$x::\n`);
  assert.equal((await stat(path)).mode & 0o777, 0o640);
  assert.equal(await editor.remove('bob'), true);
  assert.equal(await editor.remove('bob'), false);
  assert.deepEqual(
    (await editor.list()).map(({ user }) => user),
    ['ale', 'eve', 'tom', 'ann'],
  );
  assert.deepEqual((await readdir(dirname(path))).toSorted(), ['passwd', 'passwd.lock']);
});

test('what cannot stand in the file is refused', async (t) => {
  const editor = new PasswdEditor(await passwdFile(t, ''));
  for (const user of ['', '.a', 'a:b', 'a\nb', '../a'])
    assert.throws(() => editor.add(user, 'x'), TypeError);
  for (const hash of ['', 'a:b', 'a\nroot:', 'a b'])
    assert.throws(() => editor.add('a', hash), TypeError);
});

test('many edits at the same time are all done', async (t) => {
  const path = await passwdFile(t, '# users\n');
  const names = Array.from({ length: 20 }, (_, at) => `user${at}`);
  const done = await Promise.all(names.map((name) => new PasswdEditor(path).add(name, 'x')));
  assert.deepEqual(new Set(done), new Set([true]));
  const users = (await new PasswdEditor(path).list()).map(({ user }) => user);
  assert.deepEqual(users.toSorted(), names.toSorted());
});

test('a link to the file stays a link', async (t) => {
  const path = await passwdFile(t, 'a:1\n');
  const link = join(dirname(path), 'link');
  await symlink(path, link);
  assert.equal(await new PasswdEditor(link).remove('a'), true);
  assert.equal(await readFile(path, 'utf8'), '');
});

test('a hash that is guessed fast is replaced when its password was right', async (t) => {
  const path = await passwdFile(
    t,
    `# comment\nbob:${(await hashPassword('x', 'PLAIN-MD5')).slice(11)}:8:8::\n`,
  );
  const told = Promise.withResolvers<[string, unknown]>();
  const file = await PasswdFile.open(path, {
    rehash: 'SHA512-CRYPT',
    onRehash: (user, error) => told.resolve([user, error]),
  });
  assert.equal(await file.verify('bob', 'y'), false);
  assert.equal(await file.verify('bob', 'x'), true);
  assert.deepEqual(await told.promise, ['bob', null]);
  assert.match(
    await readFile(path, 'utf8'),
    /^# comment\nbob:\{SHA512-CRYPT\}\$6\$[^:\n]+:8:8::\n$/,
  );
  assert.equal(await file.verify('bob', 'x'), true);
  assert.deepEqual(await file.problems(), []);
});
