import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatReply, HOST_REPLIES, parseReply, REPLIES } from '@postino/smtp-wire';
import type { Reply } from '@postino/wire';
import fc from 'fast-check';

const FORMATTED: readonly [Reply, string][] = [
  [{ code: 250, text: 'OK' }, '250 OK\r\n'],
  [{ code: 250, text: '' }, '250 \r\n'],
  [{ code: 550, status: '5.1.1', text: 'no' }, '550 5.1.1 no\r\n'],
  [{ code: 214, status: '2.0.0', text: ['a', 'b'] }, '214-2.0.0 a\r\n214 2.0.0 b\r\n'],
  [{ code: 554, text: 'a\r\n250 forged\0é' }, '554 a??250 forged??\r\n'],
];

for (const [reply, text] of FORMATTED) {
  test(`formatReply ${JSON.stringify(reply)}`, () => assert.equal(formatReply(reply), text));
}

test('formatReply makes several lines of one that is too long', () => {
  const said = formatReply({
    code: 550,
    status: '5.7.1',
    text: `${'word '.repeat(200)}${'x'.repeat(1200)}`,
  });
  const lines = said.split('\r\n').slice(0, -1);
  assert.ok(lines.length > 4);
  assert.ok(lines.every((line) => line.length + 2 <= 512 && /^550[- ]5\.7\.1 /.test(line)));
  assert.ok(lines.every((line, i) => line[3] === (i < lines.length - 1 ? '-' : ' ')));
});

const PARSED: readonly [string, Reply | null][] = [
  ['250 OK\r\n', { code: 250, text: 'OK' }],
  ['250\r\n', { code: 250, text: '' }],
  ['250 2.1.5 fine\n', { code: 250, status: '2.1.5', text: 'fine' }],
  ['250 2.1.5\r\n', { code: 250, status: '2.1.5', text: '' }],
  ['250 5.1.5 odd\r\n', { code: 250, text: '5.1.5 odd' }],
  ['250 2address.org\r\n', { code: 250, text: '2address.org' }],
  ['250 2.0.0.1\r\n', { code: 250, text: '2.0.0.1' }],
  ['250-a\r\n250-\r\n250 b\r\n', { code: 250, text: ['a', '', 'b'] }],
  ['550-5.7.1 a\r\n550 5.7.1 b\r\n', { code: 550, status: '5.7.1', text: ['a', 'b'] }],
  ['250 OK', null],
  ['250-OK\r\n', null],
  ['250-a\r\n251 b\r\n', null],
  ['250 a\r\n250 b\r\n', null],
  ['150 a\r\n', null],
  ['690 a\r\n', null],
  ['25 a\r\n', null],
  ['250OK\r\n', null],
  ['', null],
];

for (const [text, reply] of PARSED) {
  test(`parseReply ${JSON.stringify(text)}`, () => assert.deepEqual(parseReply(text), reply));
}

test('parseReply undoes formatReply', () => {
  const line = fc.stringMatching(/^[abcXYZ09 .-]{0,40}$/);
  const text = fc.oneof(line, fc.array(line, { minLength: 2, maxLength: 4 }));
  const status = fc.tuple(fc.nat(7), fc.nat(99)).map(([a, b]) => `5.${a}.${b}` as const);
  fc.assert(
    fc.property(fc.integer({ min: 500, max: 559 }), status, text, (code, status, text) => {
      assert.deepEqual(parseReply(formatReply({ code, status, text })), { code, status, text });
    }),
  );
});

test('every reply of the table is whole, agrees with its status, and fits one line', () => {
  const all = [
    ...Object.values(REPLIES),
    ...Object.values(HOST_REPLIES).map((reply) => reply('mx.example')),
  ];
  for (const reply of all as Reply[]) {
    assert.deepEqual(parseReply(formatReply(reply)), reply);
    if (reply.status) assert.equal(reply.status[0], String(reply.code)[0]);
  }
});
