/**
 * The names of the two canonicalizations of each part. RFC 6376 §3.4.
 */

/** How header fields or the body are made ready to be hashed. RFC 6376 §3.4. */
export type Canonicalization = 'simple' | 'relaxed';

/** Whether this names a canonicalization that we know. */
export function isCanonicalization(name: string | undefined): name is Canonicalization {
  return name === 'simple' || name === 'relaxed';
}
