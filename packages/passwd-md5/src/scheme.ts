/** What a scheme is: a row of the table by which passwords are kept. */

import { timingSafeEqual } from 'node:crypto';

/** Does this password belong to the hash? Takes as long whatever the answer is. */
export type Check = (password: Uint8Array) => boolean | Promise<boolean>;

/** Why a hash matches nothing, where there is more to say than that it is malformed. */
export interface HashFault {
  readonly fault: string;
}

/** How octets are written where a prefix names it, as `{SHA256.HEX}`. */
export type Encoding = 'HEX' | 'B64';

/** Reads a hash, without its `{SCHEME}`; null: malformed. What is malformed or at fault matches nothing. */
export type Scheme = (hash: string, encoding?: Encoding) => Check | HashFault | null;

/** Schemes by name, in any case; the empty name is for hashes without a `{SCHEME}`. */
export type Schemes = Readonly<Record<string, Scheme>>;

/** The most work that a hash in the file may ask for; what asks for more matches nothing. */
export interface CostLimits {
  /** Rounds of SHA256-CRYPT and SHA512-CRYPT, iterations of PBKDF2 and SCRAM. */
  readonly rounds: number;
  /** The exponent of bcrypt. */
  readonly bcryptCost: number;
  /** Of Argon2, in KiB. */
  readonly memory: number;
  /** Passes of Argon2 over its memory. */
  readonly passes: number;
  /** Lanes of Argon2. */
  readonly lanes: number;
}

/** Some seconds of one processor, and 256 MiB. Our choice: above what programs write today (656,000 rounds, 64 MiB). */
export const COST_LIMITS: CostLimits = {
  rounds: 1_000_000,
  bcryptCost: 14,
  memory: 262_144,
  passes: 16,
  lanes: 16,
};

/** Compares in constant time; false for another length. */
export function same(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

/** The octets that base64 spells, in its one right spelling with its padding; null for any other text. RFC 4648 §3.5. */
export function octetsOf(base64: string): Buffer | null {
  const octets = Buffer.from(base64, 'base64');
  return octets.length > 0 && octets.toString('base64') === base64 ? octets : null;
}

/** What is said of a hash that asks for too much. */
export function tooDear(what: string, limit: number): HashFault {
  return { fault: `the hash asks for ${what}; the limit is ${limit}` };
}
