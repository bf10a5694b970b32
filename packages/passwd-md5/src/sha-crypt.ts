/**
 * `$5$` and `$6$` of crypt(3), as Ulrich Drepper's "Unix crypt using SHA-256 and SHA-512" describes them. It computes
 * for milliseconds or more: for a worker.
 */

import { createHash } from 'node:crypto';
import { crypt64 } from './crypt64.ts';

/** What stands before the digest in such a hash. */
export interface ShaCryptSetting {
  readonly algorithm: 'sha256' | 'sha512';
  /** At most 16 characters. */
  readonly salt: string;
  readonly rounds: number;
}

type Parts = readonly (Uint8Array | string)[];

/** The digest in the base64 of crypt(3): 43 digits for SHA-256, 86 for SHA-512. */
export function shaCrypt(password: Uint8Array, setting: ShaCryptSetting): string {
  const { algorithm, salt, rounds } = setting;
  const digestOf = (parts: Parts): Buffer => {
    const hash = createHash(algorithm);
    for (const part of parts) hash.update(part);
    return hash.digest();
  };
  const first = digestOf([password, salt, password]);
  let digest = digestOf([
    password,
    salt,
    filled(password.length, first),
    ...bitsOf(password.length).map((bit) => (bit === 1 ? first : password)),
  ]);
  const p = filled(password.length, digestOf(Array<Uint8Array>(password.length).fill(password)));
  const s = filled(salt.length, digestOf(Array<string>(16 + (digest[0] ?? 0)).fill(salt)));
  for (let round = 0; round < rounds; round++)
    digest = digestOf(roundParts(round, { digest, p, s }));
  return crypt64(digest, ORDER[algorithm]);
}

function roundParts(
  round: number,
  { digest, p, s }: { readonly digest: Buffer; readonly p: Buffer; readonly s: Buffer },
): Parts {
  const odd = round % 2 === 1;
  const parts = [odd ? p : digest];
  if (round % 3 !== 0) parts.push(s);
  if (round % 7 !== 0) parts.push(p);
  parts.push(odd ? digest : p);
  return parts;
}

/** So many octets, the digest over and over. */
function filled(length: number, digest: Uint8Array): Buffer {
  return length === 0 ? Buffer.alloc(0) : Buffer.alloc(length, digest);
}

/** The bits of a length, the lowest first. */
function bitsOf(length: number): number[] {
  return length === 0 ? [] : length.toString(2).split('').toReversed().map(Number);
}

/** Each three octets stand a third of the digest apart, and their order turns by one from group to group. */
const ORDER = {
  sha256: [...turning(10, [0, 10, 20], 2), [31, 30]],
  sha512: [...turning(21, [0, 21, 42], 1), [63]],
};

function turning(groups: number, start: readonly number[], turn: number): number[][] {
  return Array.from({ length: groups }, (_, group) =>
    start.map((_, at) => (start[(at + group * turn) % 3] ?? 0) + group),
  );
}
