import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatMailbox, parseMailbox } from '@postino/address';
import { domain, localPart } from './arbitrary.ts';

const A64 = 'a'.repeat(64);
const TOO_LONG = null;

/** Text, local part, domain; null where it is no mailbox. */
const ASCII: readonly [string, readonly [string, string] | null][] = [
  ['user@example.org', ['user', 'example.org']],
  ['User@Example.ORG', ['User', 'Example.ORG']],
  ["!#$%&'*+-/=?^_`{|}~@b.org", ["!#$%&'*+-/=?^_`{|}~", 'b.org']],
  ['a.b.c@d.org', ['a.b.c', 'd.org']],
  ['a@b.c', ['a', 'b.c']],
  ['a@b.123', ['a', 'b.123']],
  ['a@xn--bcher-kva.de', ['a', 'xn--bcher-kva.de']],
  // Quoted strings.
  ['"a b"@c.org', ['a b', 'c.org']],
  ['"a"@c.org', ['a', 'c.org']],
  [String.raw`"a\"b\\c\d"@c.org`, [String.raw`a"b\cd`, 'c.org']],
  ['""@c.org', ['', 'c.org']],
  ['"a@b>"@c.org', ['a@b>', 'c.org']],
  ['"a\tb"@c.org', null],
  ['"a\0b"@c.org', null],
  ['"\x1f"@c.org', null],
  ['"\x7f"@c.org', null],
  ['"\\\x7f"@c.org', null],
  ['"a\\\rb"@c.org', null],
  ['"a"b@c.org', null],
  ['"a".b@c.org', null],
  ['"a@c.org', null],
  [String.raw`"a\"@c.org`, null],
  // Dot-strings.
  ['@c.org', null],
  ['.a@c.org', null],
  ['a.@c.org', null],
  ['a..b@c.org', null],
  ['a b@c.org', null],
  ['a(c)@c.org', null],
  ['a\x7f@c.org', null],
  // Domains.
  ['a', null],
  ['a@', null],
  ['a@b@c.org', null],
  ['a@.org', null],
  ['a@b.', null],
  ['a@b..org', null],
  ['a@-b.org', null],
  ['a@b-.org', null],
  ['a@b_c.org', null],
  ['a@b.org ', null],
  ['a@b.org\n', null],
  // Address literals.
  ['a@[192.0.2.1]', ['a', '[192.0.2.1]']],
  ['a@[IPv6:2001:db8::1]', ['a', '[IPv6:2001:db8::1]']],
  ['a@[192.0.2.256]', null],
  ['a@[2001:db8::1]', null],
  ['a@[x400:c=it]', null],
  // Paths are not mailboxes.
  ['<a@b.org>', null],
  ['@c.org:a@b.org', null],
  ['Postmaster', null],
  ['', null],
  // Lengths. RFC 5321 §4.5.3.1.
  [`${A64}@b.org`, [A64, 'b.org']],
  [`a${A64}@b.org`, TOO_LONG],
  [`"${'a'.repeat(62)}"@b.org`, ['a'.repeat(62), 'b.org']],
  [`"${'a'.repeat(63)}"@b.org`, TOO_LONG],
  [`a@${'b'.repeat(63)}.org`, ['a', `${'b'.repeat(63)}.org`]],
  [`a@${'b'.repeat(64)}.org`, TOO_LONG],
  [`a@${'bb.'.repeat(83)}org`, ['a', `${'bb.'.repeat(83)}org`]],
  [`aaa@${'bb.'.repeat(83)}org`, TOO_LONG],
];

test('mailboxes in ASCII', () => {
  for (const [text, parts] of ASCII) {
    const expected = parts && { localPart: parts[0], domain: parts[1] };
    assert.deepEqual(parseMailbox(text), expected, text);
    assert.deepEqual(parseMailbox(text, { smtputf8: true }), expected, text);
  }
});

test('a single label is taken by option', () => {
  for (const text of ['root@localhost', '"a b"@mailserver1', 'a@ai']) {
    assert.equal(parseMailbox(text), null);
    assert.ok(parseMailbox(text, { singleLabel: true }), text);
  }
  assert.equal(parseMailbox('a@', { singleLabel: true }), null);
  assert.equal(parseMailbox('a@b.', { singleLabel: true }), null);
});

test('UTF-8 is taken with SMTPUTF8 alone', () => {
  for (const text of [
    'é@b.org',
    'e\u0301@b.org',
    '😀@b.org',
    '"é ü"@b.org',
    'a@bücher.de',
    'a@BÜCHER.de',
  ]) {
    assert.equal(parseMailbox(text), null, text);
    assert.ok(parseMailbox(text, { smtputf8: true }), text);
  }
});

test('what is no U-label and no UTF-8 is refused with SMTPUTF8 too', () => {
  const broken = [
    'a@☃.net', // a symbol
    'a@bu\u0308cher.de', // not composed
    'a@b\u00adc.de', // a soft hyphen
    'a@b\u200bc.de', // a blank of no width
    'a@ｂ.de', // full width
    'a@bücher。de', // the ideographic full stop is for keyboards
    'a@-ü.de',
    'a@\u0301b.de', // begins with a mark
    `a@${'ü'.repeat(60)}.de`, // too long as an A-label
    '\ud800@b.org', // half a surrogate pair
    'a@\udc00.org',
    `${'é'.repeat(33)}@b.org`, // 66 octets
  ];
  for (const text of broken) assert.equal(parseMailbox(text, { smtputf8: true }), null, text);
});

test('lengths count octets, not characters', () => {
  assert.ok(parseMailbox(`${'é'.repeat(32)}@b.org`, { smtputf8: true }));
  assert.ok(parseMailbox(`${'😀'.repeat(16)}@b.org`, { smtputf8: true }));
  assert.equal(parseMailbox(`${'😀'.repeat(17)}@b.org`, { smtputf8: true }), null);
  assert.equal(parseMailbox(`é@${'bb.'.repeat(83)}org`, { smtputf8: true }), null);
});

test('format quotes no more than it must', () => {
  const rows: readonly [string, string][] = [
    ['a.b', 'a.b@c.org'],
    ['', '""@c.org'],
    ['a b', '"a b"@c.org'],
    ['.a', '".a"@c.org'],
    ['a..b', '"a..b"@c.org'],
    ['"a"', String.raw`"\"a\""@c.org`],
    [String.raw`a\b`, String.raw`"a\\b"@c.org`],
    ['é', 'é@c.org'],
    ['a@b', '"a@b"@c.org'],
  ];
  for (const [localPart, text] of rows) {
    assert.equal(formatMailbox({ localPart, domain: 'c.org' }), text);
  }
});

test('parse after format gives the same mailbox', () => {
  fc.assert(
    fc.property(localPart, domain, (localPart, domain) => {
      const text = formatMailbox({ localPart, domain });
      const options = { smtputf8: true, singleLabel: true };
      assert.deepEqual(parseMailbox(text, options), { localPart, domain });
    }),
  );
});

test('format throws for what could break a command line', () => {
  const broken = [
    { localPart: 'a\r\nQUIT', domain: 'b.org' },
    { localPart: 'a\0', domain: 'b.org' },
    { localPart: '\ud800', domain: 'b.org' },
    { localPart: 'a', domain: 'b.org>\r\nQUIT' },
    { localPart: 'a', domain: 'b.org> SIZE=1' },
    { localPart: 'a', domain: '[192.0.2.1]>' },
    { localPart: 'a', domain: '' },
  ];
  for (const mailbox of broken) {
    assert.throws(() => formatMailbox(mailbox), TypeError, JSON.stringify(mailbox));
  }
});

test('hostile 51: odd mailboxes are parsed or refused', () => {
  const options = { singleLabel: true };
  assert.deepEqual(parseMailbox('""@x', options), { localPart: '', domain: 'x' });
  assert.deepEqual(parseMailbox('"a b"@x', options), { localPart: 'a b', domain: 'x' });
  assert.deepEqual(parseMailbox(String.raw`"a\"b"@x`, options), { localPart: 'a"b', domain: 'x' });
  assert.ok(parseMailbox('a@[1.2.3.4]', options));
  assert.ok(parseMailbox('a@[IPv6:::1]', options));
  assert.equal(parseMailbox('a@b.', options), null);
  assert.equal(parseMailbox('a..b@c', options), null);
});

test('hostile 52: a local part with slashes or NUL is only text, or refused', () => {
  // What looks like a file is a lawful name: no path may ever be built from it.
  for (const name of ['../../etc/passwd', 'a/b', '-rf', '|sh', '/var/x']) {
    const quoted = formatMailbox({ localPart: name, domain: 'b.org' });
    assert.deepEqual(parseMailbox(quoted), { localPart: name, domain: 'b.org' });
  }
  for (const text of ['.@b.org', '..@b.org', '../../etc/passwd@b.org', 'a\0b@b.org', 'C:@b.org']) {
    assert.equal(parseMailbox(text), null, text);
  }
  assert.equal(parseMailbox('"a\0b"@b.org'), null);
});
