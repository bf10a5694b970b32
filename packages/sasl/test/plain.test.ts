import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MAX_FIELD_OCTETS, formatPlain, parsePlain } from '@postino/sasl';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const plain = (authzid: string, user: string, password: string) => ({
  authzid,
  user,
  password: bytes(password),
});
const longest = 'x'.repeat(MAX_FIELD_OCTETS);

const MESSAGES: [string, ReturnType<typeof plain> | null][] = [
  ['\0tim\0tanstaaftanstaaf', plain('', 'tim', 'tanstaaftanstaaf')], // RFC 4616 §4
  ['Ursel\0Kurt\0xipj3plmq', plain('Ursel', 'Kurt', 'xipj3plmq')], // RFC 4616 §4
  ['u\0u\0p', plain('u', 'u', 'p')],
  ['\0bob\0 spaces and\ttabs\r\n', plain('', 'bob', ' spaces and\ttabs\r\n')],
  ['\0ñaca@ñeque\0clavaré', plain('', 'ñaca@ñeque', 'clavaré')],
  [`${longest}\0${longest}\0${longest}`, plain(longest, longest, longest)],
  [`${longest}x\0u\0p`, null],
  [`\0${longest}x\0p`, null],
  [`\0u\0${longest}x`, null],
  ['\0a\nb\0p', null],
  ['a\rb\0u\0p', null],
  ['\0u\u0085\0p', null],
];

test('PLAIN messages', () => {
  for (const [text, value] of MESSAGES) assert.deepEqual(parsePlain(bytes(text)), value, text);
});

test('hostile 32: PLAIN without exactly two NULs matches nothing', () => {
  for (const text of [
    '',
    'bob',
    'bob\0pass',
    '\0bob',
    '\0bob\0p\0',
    '\0bob\0p\0x',
    '\0\0\0\0',
    '\0',
  ])
    assert.equal(parsePlain(bytes(text)), null, JSON.stringify(text));
});

test('hostile 33: an empty user or password is no PLAIN message', () => {
  for (const text of ['\0\0', '\0\0pass', '\0bob\0', 'bob\0\0pass', 'bob\0bob\0'])
    assert.equal(parsePlain(bytes(text)), null, JSON.stringify(text));
});

test('what is not UTF-8 is no PLAIN message', () => {
  const bad = [
    [0, 0xff, 0, 0x70],
    [0, 0x75, 0, 0x70, 0xff],
    [0xc0, 0x80, 0, 0x75, 0, 0x70],
    [0, 0x75, 0, 0xed, 0xa0, 0x80],
  ];
  for (const message of bad) assert.equal(parsePlain(Uint8Array.from(message)), null);
});

test('the limit of a field is an option', () => {
  assert.equal(parsePlain(bytes('\0bob\0pass'), { maxOctets: 3 }), null);
  assert.ok(parsePlain(bytes(`\0bob\0${longest}x`), { maxOctets: 256 }));
});

test('the password is a copy', () => {
  const message = bytes('\0bob\0pass');
  const password = parsePlain(message)?.password;
  message.fill(0);
  assert.deepEqual(password, bytes('pass'));
});

test('parse and format are inverse', () => {
  const identity = fc
    .string({ minLength: 1, maxLength: 60, unit: 'grapheme' })
    .filter((text) => !/\p{Cc}/u.test(text) && bytes(text).length <= MAX_FIELD_OCTETS);
  const password = fc
    .string({ minLength: 1, maxLength: 60, unit: 'grapheme' })
    .filter((text) => !text.includes('\0') && bytes(text).length <= MAX_FIELD_OCTETS);
  const authzid = fc.oneof(fc.constant(''), identity);
  fc.assert(
    fc.property(authzid, identity, password, (authzid, user, password) => {
      assert.deepEqual(
        parsePlain(formatPlain({ authzid, user, password })),
        plain(authzid, user, password),
      );
    }),
  );
});

test('any octets give a message or null, and a message never holds a NUL', () => {
  const octet = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(fc.array(octet, { maxLength: 12 }), (octets) => {
      const message = parsePlain(Uint8Array.from(octets));
      if (!message) return;
      assert.equal(octets.filter((one) => one === 0).length, 2);
      assert.ok(message.user !== '' && message.password.length > 0);
    }),
  );
});
