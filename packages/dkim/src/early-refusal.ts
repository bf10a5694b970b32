/**
 * What can be refused before anything is asked or hashed. RFC 6376 §3.5, RFC 8301 §3.1.
 */
import type { Weakness } from './judge.ts';
import { CLOCK_SKEW } from './limits.ts';
import { permerror, policy, type Refusal } from './result.ts';
import type { SignatureValue } from './signature.ts';

/** What a verifier was told of its clock, and of what to take. */
export interface Strictness {
  /** The clock, in ms since 1970; `Date.now` unless given. */
  readonly now?: () => number;
  /** What is accepted although it should not be: for tests, and for mail of long ago. */
  readonly accept?: readonly Weakness[];
}

/** Why a signature needs no further look, or null. */
export function earlyRefusal(
  { hash, timestamp, expiration }: SignatureValue,
  { now = Date.now, accept = [] }: Strictness,
): Refusal | null {
  const seconds = now() / 1000;
  if (hash === 'sha1' && !accept.includes('rsa-sha1')) return permerror('SHA-1 is historic');
  if (expiration !== null && expiration + CLOCK_SKEW < seconds) return policy('it has expired');
  if (timestamp !== null && timestamp - CLOCK_SKEW > seconds) {
    return policy('it was made in the future');
  }
  return null;
}
