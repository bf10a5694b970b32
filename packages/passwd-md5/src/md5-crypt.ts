/** `$1$` of crypt(3), as FreeBSD's crypt-md5.c made it: a thousand rounds of MD5. For a worker, like the others. */

import { createHash } from 'node:crypto';
import { crypt64 } from './crypt64.ts';

const ROUNDS = 1000;
const MAGIC = '$1$';
const ORDER = [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5], [11]];

/** The digest in the base64 of crypt(3), 22 digits; the salt has at most 8 characters. */
export function md5Crypt(password: Uint8Array, salt: string): string {
  const first = md5([password, salt, password]);
  let digest = md5([
    password,
    MAGIC,
    salt,
    ...(password.length === 0 ? [] : [Buffer.alloc(password.length, first)]),
    ...lengthBits(password),
  ]);
  for (let round = 0; round < ROUNDS; round++) {
    const odd = round % 2 === 1;
    digest = md5([
      odd ? password : digest,
      round % 3 === 0 ? '' : salt,
      round % 7 === 0 ? '' : password,
      odd ? digest : password,
    ]);
  }
  return crypt64(digest, ORDER);
}

/** For each bit of the length a NUL where it is set, else the first octet of the password. */
function lengthBits(password: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let length = password.length; length > 0; length >>= 1)
    parts.push((length & 1) === 1 ? Uint8Array.of(0) : password.subarray(0, 1));
  return parts;
}

function md5(parts: readonly (Uint8Array | string)[]): Buffer {
  const hash = createHash('md5');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
