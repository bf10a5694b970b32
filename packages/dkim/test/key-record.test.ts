import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import test from 'node:test';

import {
  formatKeyRecord,
  generateKey,
  parseKeyRecord,
  signingKey,
  txtStrings,
} from '../src/index.ts';
import { ED25519, RSA } from './keys.ts';

/** A record, and the reason for which it is refused; null where it is not. RFC 6376 §3.6.1. */
const TABLE: [record: string, reason: RegExp | null][] = [
  ['v=DKIM1; p=AAAA', null],
  ['p=AAAA', null],
  ['v=DKIM1; k=rsa; p=A A\tA A; ', null],
  ['v = DKIM1 ; p = ', null],
  ['p=AAAA; v=DKIM1', /version/],
  ['v=DKIM1.0; p=AAAA', /version/],
  ['v=dkim1; p=AAAA', /version/],
  ['v=DKIM1', /no p=/],
  ['v=DKIM1; p=*', /base64/],
  ['v=DKIM1; p=AAAA; p=AAAA', /list of tags/],
  ['v=spf1 -all', /version/],
  ['hello', /list of tags/],
  ['', /list of tags/],
];

for (const [record, reason] of TABLE) {
  test(`key record ${JSON.stringify(record)}`, () => {
    const parsed = parseKeyRecord(record);
    if (!reason) return assert.ok('keyType' in parsed);
    assert.ok('reason' in parsed && parsed.result === 'permerror');
    assert.match(parsed.reason, reason);
  });
}

test('a record with all its tags', () => {
  const text = 'v=DKIM1; k=ed25519; h=sha1 : sha256; s=email; t=y:s; n=note; g=*; p=';
  assert.deepEqual(parseKeyRecord(text), {
    keyType: 'ed25519',
    hashes: ['sha1', 'sha256'],
    services: ['email'],
    flags: ['y', 's'],
    publicKey: null,
  });
});

test('a record is cut into strings of at most 255 octets, and joins again', () => {
  const record = `v=DKIM1; k=rsa; p=${'A'.repeat(700)}`;
  const strings = txtStrings(record);
  assert.deepEqual(
    strings.map(({ length }) => length),
    [255, 255, 208],
  );
  assert.equal(strings.join(''), record);
  assert.deepEqual(txtStrings('short'), ['short']);
});

test('the record of a private key is that of its public one', () => {
  assert.match(formatKeyRecord(RSA), /^v=DKIM1; k=rsa; p=MIGf[A-Za-z0-9+/=]+$/);
  assert.match(formatKeyRecord(ED25519), /^v=DKIM1; k=ed25519; p=[A-Za-z0-9+/]{43}=$/);
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  assert.equal(formatKeyRecord(publicKey), formatKeyRecord(privateKey));
});

test('generateKey: a key that the signer takes, and its record', async () => {
  for (const options of [{ algorithm: 'rsa', bits: 1024 }, { algorithm: 'ed25519' }] as const) {
    const { privateKey, record } = await generateKey(options);
    assert.equal(formatKeyRecord(signingKey(privateKey)), record);
  }
});

test('generateKey: 2048 bits unless told otherwise', async () => {
  const { privateKey } = await generateKey({ algorithm: 'rsa' });
  assert.equal(signingKey(privateKey).asymmetricKeyDetails?.modulusLength, 2048);
});

test('generateKey: what cannot be is a TypeError', () => {
  assert.throws(() => generateKey({ algorithm: 'rsa', bits: 512 }), TypeError);
  assert.throws(() => generateKey({ algorithm: 'rsa', bits: 1024.5 }), TypeError);
  assert.throws(() => generateKey({ algorithm: 'rsa', bits: 100_000 }), TypeError);
  assert.throws(() => generateKey({ algorithm: 'ed25519', bits: 2048 }), TypeError);
  // @ts-expect-error: no such algorithm
  assert.throws(() => generateKey({ algorithm: 'dsa' }), TypeError);
});
