/**
 * What verifying comes to.
 */

/** The words of RFC 7601 §2.7.1; a message without a signature has no result at all. */
export type DkimVerdict = 'pass' | 'fail' | 'neutral' | 'policy' | 'temperror' | 'permerror';

/** What a signature says of itself, as far as it could be read. Nothing of it is to be believed unless it passed. */
export interface DkimClaims {
  /** `d=` in lower case. */
  domain?: string;
  /** `s=`. */
  selector?: string;
  /** `i=` decoded, or `@` and the domain. */
  identity?: string;
  /** `a=`, such as `rsa-sha256`. */
  algorithm?: string;
  /** `h=` in lower case. */
  signedHeaders?: string[];
  /** `b=` without white space, for `header.b`. RFC 6008. */
  signature?: string;
}

/** The result of one signature. RFC 6376 §3.9. */
export interface DkimResult extends DkimClaims {
  result: DkimVerdict;
  /** Why, for people; there unless the result is `pass`. */
  reason?: string;
  /** The key record has `t=y`: the domain is only testing, and wants neither harm nor good of it. RFC 6376 §3.6.1. */
  testing?: true;
}

/** Why a signature does not pass. */
export interface Refusal {
  readonly result: Exclude<DkimVerdict, 'pass'>;
  readonly reason: string;
}

/** Syntax errors, and what cannot be processed. RFC 7601 §2.7.1. */
export function neutral(reason: string): Refusal {
  return { result: 'neutral', reason };
}

/** What no later attempt will mend. RFC 7601 §2.7.1. */
export function permerror(reason: string): Refusal {
  return { result: 'permerror', reason };
}

/** What we do not accept although RFC 6376 would let us. RFC 7601 §2.7.1. */
export function policy(reason: string): Refusal {
  return { result: 'policy', reason };
}

/** What did not verify. RFC 7601 §2.7.1. */
export function fail(reason: string): Refusal {
  return { result: 'fail', reason };
}

/** Whether a step came to a refusal. */
export function isRefusal(value: object): value is Refusal {
  return 'reason' in value;
}
