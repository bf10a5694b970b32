import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeXtext } from '@postino/smtp-wire';

test('decodeXtext', () => {
  assert.equal(decodeXtext('e+3Dmc2@example.com'), 'e=mc2@example.com');
  for (const text of ['a=b', 'a+', 'a+3', 'a+3d', 'a b', 'é'])
    assert.equal(decodeXtext(text), null, text);
});
