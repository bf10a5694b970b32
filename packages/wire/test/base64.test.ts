import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeBase64, encodeBase64, latin1Bytes } from '@postino/wire';

// RFC 4648 §10
const vectors = ['', 'Zg==', 'Zm8=', 'Zm9v', 'Zm9vYg==', 'Zm9vYmE=', 'Zm9vYmFy'];
for (const [length, text] of vectors.entries()) {
  test(`base64: ${JSON.stringify(text)}, both ways`, () => {
    const octets = latin1Bytes('foobar'.slice(0, length));
    assert.equal(encodeBase64(octets), text);
    assert.deepEqual(decodeBase64(text), octets);
  });
}

for (const text of [
  'Zg=',
  'Zg',
  'Zg==Zg==',
  'Z g=',
  'Zm9v\n',
  '====',
  '=',
  'Zm9é',
  'Zh==',
  'Zm9=',
  'Zm9-',
  'A===',
]) {
  test(`base64: ${JSON.stringify(text)} is none`, () => assert.equal(decodeBase64(text), null));
}

test('base64: decode and encode are inverse, and agree with the runtime', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (octets) => {
      const text = encodeBase64(octets);
      assert.equal(text, Buffer.from(octets).toString('base64'));
      assert.deepEqual(decodeBase64(text), octets);
    }),
  );
});
