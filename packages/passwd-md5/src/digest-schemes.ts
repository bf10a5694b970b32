/** Passwords kept as one digest, with salt or without. They are guessed fast: a good password is all that protects them. */

import { createHash } from 'node:crypto';
import { octetsOf, same, type Check, type Encoding, type Scheme, type Schemes } from './scheme.ts';

/** How many octets each digest has. */
const LENGTHS = { md5: 16, sha1: 20, sha256: 32, sha512: 64 } as const;

type Algorithm = keyof typeof LENGTHS;

const HEX = /^(?:[0-9a-f]{2})+$/i;

/** MD5 without salt. */
export const md5: Scheme = digest('md5');

/** By their names without encoding. */
export const DIGEST_SCHEMES: Schemes = {
  'PLAIN-MD5': md5,
  'LDAP-MD5': md5,
  SMD5: salted('md5'),
  SHA: digest('sha1'),
  SHA1: digest('sha1'),
  SSHA: salted('sha1'),
  SHA256: digest('sha256'),
  SSHA256: salted('sha256'),
  SHA512: digest('sha512'),
  SSHA512: salted('sha512'),
};

/** Compares with a digest of MD5. */
export function md5Check(expected: Uint8Array): Check {
  return digestCheck('md5', expected, new Uint8Array());
}

/** Where the encoding is not named, the length tells it: hexadecimal has twice as many characters as octets. */
function digest(algorithm: Algorithm): Scheme {
  const length = LENGTHS[algorithm];
  return (hash, encoding = hash.length === 2 * length ? 'HEX' : 'B64') => {
    const octets = decoded(hash, encoding);
    return octets?.length === length ? digestCheck(algorithm, octets, new Uint8Array()) : null;
  };
}

/** The salt is what stands behind the digest; it is never empty. */
function salted(algorithm: Algorithm): Scheme {
  const length = LENGTHS[algorithm];
  return (hash, encoding = 'B64') => {
    const octets = decoded(hash, encoding);
    if (!octets || octets.length <= length) return null;
    return digestCheck(algorithm, octets.subarray(0, length), octets.subarray(length));
  };
}

function digestCheck(algorithm: Algorithm, expected: Uint8Array, salt: Uint8Array): Check {
  return (password) => same(expected, createHash(algorithm).update(password).update(salt).digest());
}

function decoded(hash: string, encoding: Encoding): Buffer | null {
  if (encoding === 'B64') return octetsOf(hash);
  return HEX.test(hash) ? Buffer.from(hash, 'hex') : null;
}
