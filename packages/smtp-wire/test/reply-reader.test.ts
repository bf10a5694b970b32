import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeReply, ReplyReader, type ReplyFault } from '@postino/smtp-wire';
import { encodeUtf8, latin1Bytes, type Reply } from '@postino/wire';
import fc from 'fast-check';

function read(chunks: readonly Uint8Array[], lineLimit = 64, maxLines = 4): (Reply | ReplyFault)[] {
  const reader = new ReplyReader(lineLimit, maxLines);
  const got: (Reply | ReplyFault)[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (let reply; (reply = reader.next());) {
      got.push(reply);
      if (typeof reply === 'string') return got;
    }
  }
  return got;
}

const TABLE: [string, (Reply | ReplyFault)[]][] = [
  ['250 ok\r\n', [{ code: 250, text: 'ok' }]],
  ['250\r\n', [{ code: 250, text: '' }]],
  [
    '250 2.1.0 ok\r\n550 no\r\n',
    [
      { code: 250, status: '2.1.0', text: 'ok' },
      { code: 550, text: 'no' },
    ],
  ],
  ['250-a\r\n250-\r\n250 c\r\n', [{ code: 250, text: ['a', '', 'c'] }]],
  ['250 h\xe9\r\n', [{ code: 250, text: 'h\xe9' }]],
  ['599 odd\r\n', [{ code: 599, text: 'odd' }]],
  ['250 ok', []],
  ['250-ok\r\n', []],
  ['250-a\r\n550 b\r\n', ['malformed']],
  ['250-a\r\nhello\r\n', ['malformed']],
  ['250ok\r\n', ['malformed']],
  ['25 ok\r\n', ['malformed']],
  ['150 ok\r\n', ['malformed']],
  ['\r\n', ['malformed']],
  ['250 ok\n', ['malformed']],
  ['250 o\rk\r\n', ['malformed']],
  ['250 o\0k\r\n', ['malformed']],
  [`250 ${'x'.repeat(58)}\r\n`, [{ code: 250, text: 'x'.repeat(58) }]],
  [`250 ${'x'.repeat(59)}\r\n`, ['lineTooLong']],
  ['250-a\r\n250-b\r\n250-c\r\n250 d\r\n', [{ code: 250, text: ['a', 'b', 'c', 'd'] }]],
  ['250-a\r\n250-b\r\n250-c\r\n250-d\r\n250 e\r\n', ['tooManyLines']],
];

for (const [text, expected] of TABLE) {
  test(`replies ${JSON.stringify(text)}, whole and cut at every place`, () => {
    const octets = latin1Bytes(text);
    for (let at = 0; at <= octets.length; at++)
      assert.deepEqual(read([octets.subarray(0, at), octets.subarray(at)]), expected, `at ${at}`);
  });
}

test('UTF-8 is read as such', () => {
  assert.deepEqual(read([encodeUtf8('250 hé\r\n')]), [{ code: 250, text: 'hé' }]);
});

test('buffered: anything that is no whole reply', () => {
  const reader = new ReplyReader(64, 4);
  for (const [chunk, buffered] of [
    ['250 ok\r\n', false],
    ['2', true],
    ['50-a\r\n', true],
    ['250 b\r\n', false],
    ['250 b\r\n250', true],
  ] as const) {
    reader.push(latin1Bytes(chunk));
    while (reader.next());
    assert.equal(reader.buffered, buffered, chunk);
  }
});

test('what is formatted is read, however it is cut', () => {
  const line = fc.stringMatching(/^[a-z .-]{0,40}$/);
  const text = fc.oneof(line, fc.array(line, { minLength: 2, maxLength: 4 }));
  const code = fc.integer({ min: 200, max: 599 });
  const reply = fc.tuple(code, text).map(([code, text]) => ({ code, text }));
  fc.assert(
    fc.property(fc.array(reply), fc.integer({ min: 1, max: 50 }), (replies, length) => {
      const octets = Buffer.concat(replies.map(encodeReply));
      const chunks = [];
      for (let at = 0; at < octets.length; at += length)
        chunks.push(octets.subarray(at, at + length));
      assert.deepEqual(read(chunks), replies);
    }),
  );
});
