import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { asciiBytes, decodeUtf8, encodeUtf8, latin1, latin1Bytes } from '@postino/wire';

test('text: latin1 and latin1Bytes are inverse for every octet, however many', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 10_000 }), (bytes) => {
      assert.deepEqual(latin1Bytes(latin1(bytes)), bytes);
    }),
  );
});

test('text: 0x80 is U+0080 and not the euro sign', () => {
  assert.equal(latin1(Uint8Array.of(0x80)), '\u0080');
});

test('text: decodeUtf8 gives null for what is not UTF-8, and keeps a byte order mark', () => {
  for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82]]) {
    assert.equal(decodeUtf8(Uint8Array.from(bytes)), null);
  }
  assert.equal(decodeUtf8(encodeUtf8('\ufeffgrüß')), '\ufeffgrüß');
});

test('text: a character that is no octet is our own fault', () => {
  assert.throws(() => asciiBytes('é'), TypeError);
  assert.throws(() => latin1Bytes('€'), TypeError);
});
