import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { selfSigned } from '@postino/node';

// Names of every length up to 24, so that the base64 ends at every place of a line, the very end included.
for (let length = 1; length <= 24; length++) {
  const name = `${'x'.repeat(length)}.example`;
  test(`self-signed: ${name} makes a certificate that fits its key`, () => {
    for (let n = 0; n < 5; n++) {
      const { certificate, key } = selfSigned([name]);
      const read = new X509Certificate(certificate);
      assert.equal(read.checkHost(name), name);
      assert.ok(read.checkPrivateKey(createPrivateKey(key)));
      assert.doesNotMatch(certificate + key, /\n\n/);
    }
  });
}
