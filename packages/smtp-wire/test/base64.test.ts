import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeBase64, decodeXtext, encodeBase64 } from '@postino/smtp-wire';
import fc from 'fast-check';

test('base64 agrees with the runtime, both ways', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const text = Buffer.from(bytes).toString('base64');
      assert.equal(encodeBase64(bytes), text);
      assert.deepEqual(decodeBase64(text), bytes);
    }),
  );
});

test('decodeBase64 takes nothing else', () => {
  for (const text of [
    'A',
    'AA',
    'AAA',
    'A===',
    '====',
    '=AAA',
    'AA=A',
    'AAA=AAAA',
    'AA A',
    'AAA\n',
    'AA-_',
    'AAAé',
  ]) {
    assert.equal(decodeBase64(text), null, text);
  }
  assert.deepEqual(decodeBase64(''), new Uint8Array(0));
});

test('decodeXtext', () => {
  assert.equal(decodeXtext('e+3Dmc2@example.com'), 'e=mc2@example.com');
  for (const text of ['a=b', 'a+', 'a+3', 'a+3d', 'a b', 'é'])
    assert.equal(decodeXtext(text), null, text);
});
