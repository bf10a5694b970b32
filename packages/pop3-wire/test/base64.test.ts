import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asciiBytes } from '@postino/wire';
import fc from 'fast-check';
import { decodeBase64, encodeBase64 } from '../src/base64.ts';

/** RFC 4648 §10. */
const VECTORS: [string, string][] = [
  ['', ''],
  ['f', 'Zg=='],
  ['fo', 'Zm8='],
  ['foo', 'Zm9v'],
  ['foob', 'Zm9vYg=='],
  ['fooba', 'Zm9vYmE='],
  ['foobar', 'Zm9vYmFy'],
];

test('base64: the vectors of RFC 4648 §10', () => {
  for (const [text, base64] of VECTORS) {
    assert.equal(encodeBase64(asciiBytes(text)), base64);
    assert.deepEqual(decodeBase64(base64), asciiBytes(text));
  }
});

test('base64: what is none gives null', () => {
  for (const text of [
    '=',
    '====',
    'A',
    'AA',
    'AAA',
    'A===',
    'Zg=',
    'Zg',
    'Z=g=',
    'Zm9v=',
    '=AAA',
    'AAA=BBB=',
    'Zm9 v',
    ' Zm9v',
    'Zm9v\n',
    'Zm-_',
    'Zh==',
    'Zm9=',
    '*',
  ]) {
    assert.equal(decodeBase64(text), null, text);
  }
});

test('base64: decode undoes encode, and agrees with the runtime', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const text = encodeBase64(bytes);
      assert.equal(text, Buffer.from(bytes).toString('base64'));
      assert.deepEqual(decodeBase64(text), bytes);
    }),
  );
});
