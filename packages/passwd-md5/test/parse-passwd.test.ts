import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalUser, parsePasswd } from '@postino/passwd-md5';

const hashes = (text: string): [string, string][] =>
  [...parsePasswd(text)].map(([user, { hash }]) => [user, hash]);

const FILES: [string, [string, string][]][] = [
  ['', []],
  ['bob:hash::\n', [['bob', 'hash']]],
  ['bob:hash:1000:1000:Bob:/home/bob:/bin/sh:key=value\n', [['bob', 'hash']]],
  ['bob\n', [['bob', '']]],
  ['bob::\n', [['bob', '']]],
  ['Bob:hash\n', [['bob', 'hash']]],
  [
    'b:1\na:2\n',
    [
      ['b', '1'],
      ['a', '2'],
    ],
  ],
  ['# bob:hash\n\n   \n:hash\nbob:1\n', [['bob', '1']]],
  [' bob:1\nbob :2\n\tbob:3\n', []],
  ['b/b:1\n..:2\n.bob:3\nb\u00f6b:4\nb b:5\n', []],
  [
    'bob@example.org:1\nb_o-b.2:2\n',
    [
      ['bob@example.org', '1'],
      ['b_o-b.2', '2'],
    ],
  ],
];

test('passwd files', () => {
  for (const [text, users] of FILES) assert.deepEqual(hashes(text), users, text);
});

const extra = (line: string): readonly string[] | undefined => parsePasswd(line).get('bob')?.extra;

test('extra fields stand behind the shell', () => {
  assert.deepEqual(
    extra('bob:hash:1000:1000:Bob:/home/bob:/bin/sh:nologin  allow_nets=::1,127.0.0.1\n'),
    ['nologin', 'allow_nets=::1,127.0.0.1'],
  );
  for (const line of [
    'bob:hash',
    'bob:hash::',
    'bob:hash:1:2:nologin:nologin:nologin',
    'bob:hash::::::',
  ])
    assert.deepEqual(extra(line), [], line);
});

test('hostile 39: the first of two lines wins', () => {
  assert.deepEqual(hashes('bob:1\nBOB:2\nbob:3\n'), [['bob', '1']]);
});

test('hostile 40: CRLF, BOM, blank lines, comments, no final LF', () => {
  const text = '\uFEFFbob:1\r\n\r\n# comment\r\nale:2\r\neve\r\ntom:3';
  assert.deepEqual(hashes(text), [
    ['bob', '1'],
    ['ale', '2'],
    ['eve', ''],
    ['tom', '3'],
  ]);
});

test('hostile 40: a million lines', () => {
  const users = parsePasswd('user:0123456789abcdef0123456789abcdef::\n'.repeat(999_999) + 'last:1');
  assert.deepEqual([...users.keys()], ['user', 'last']);
});

test('names of users', () => {
  for (const name of ['bob', 'b.o.b', '-rf', 'a_b@c', '007'])
    assert.equal(canonicalUser(name), name);
  assert.equal(canonicalUser('Bob'), 'bob');
  const none = [
    '',
    '.',
    '..',
    '.bob',
    'a/b',
    '../x',
    'bob:x',
    'bob#',
    'bob\n',
    'a\0b',
    'a b',
    '\u212Aim',
    'ñ',
  ];
  for (const name of none) assert.equal(canonicalUser(name), null, JSON.stringify(name));
});

test('any text gives only users that may become folders', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'B', ':', '.', '/', '\n', '\r', ' ', '#', '@'),
  });
  fc.assert(
    fc.property(text, (text) => {
      for (const user of parsePasswd(text).keys()) assert.match(user, /^[a-z@][a-z.@]*$/);
    }),
  );
});
