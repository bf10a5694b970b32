/**
 * Hashes of the body as it flows. Each canonicalization runs once and each hash is made once, however many signatures
 * want it. RFC 6376 §3.7.
 */
import { createHash, type Hash } from 'node:crypto';

import { canonicalBody, type CanonicalBody } from './canonical-body.ts';
import type { Canonicalization } from './canonicalization.ts';

/** A hash of the body; whole once the body ended. */
export class BodyHash {
  readonly #hash: Hash;
  readonly #length: number;
  #size = 0;
  #digest: Buffer | null = null;

  /** `length` octets of the canonical body are hashed, all of it for `Infinity`. */
  constructor(algorithm: string, length: number) {
    this.#hash = createHash(algorithm);
    this.#length = length;
  }

  /** Octets of the whole canonical body, those past `length` too. */
  get size(): number {
    return this.#size;
  }

  /** Octets of the canonical body that were not hashed. */
  get unsigned(): number {
    return Math.max(0, this.#size - this.#length);
  }

  update(bytes: Uint8Array): void {
    const left = this.#length - this.#size;
    this.#size += bytes.length;
    if (left > 0) this.#hash.update(bytes.length > left ? bytes.subarray(0, left) : bytes);
  }

  /** The hash; nothing can be added behind it. */
  digest(): Buffer {
    return (this.#digest ??= this.#hash.digest());
  }
}

/** What a signature wants hashed: how, by which algorithm, and how many octets of it. */
export interface BodyHashOptions {
  readonly canonicalization: Canonicalization;
  readonly hash: string;
  /** `l=`, or null for all. */
  readonly length: number | null;
}

/** The body, handed to all hashes that are wanted of it. */
export class Body {
  readonly #hashes = new Map<string, BodyHash>();
  readonly #canonical = new Map<Canonicalization, { body: CanonicalBody; to: BodyHash[] }>();

  /** The hash to look at when the body has ended. */
  want({ canonicalization, hash, length }: BodyHashOptions): BodyHash {
    const key = `${canonicalization} ${hash} ${length}`;
    const known = this.#hashes.get(key);
    if (known) return known;
    const fresh = new BodyHash(hash, length ?? Infinity);
    this.#hashes.set(key, fresh);
    this.#receivers(canonicalization).push(fresh);
    return fresh;
  }

  write(bytes: Uint8Array): void {
    for (const { body } of this.#canonical.values()) body.write(bytes);
  }

  end(): void {
    for (const { body } of this.#canonical.values()) body.end();
  }

  #receivers(canonicalization: Canonicalization): BodyHash[] {
    const known = this.#canonical.get(canonicalization);
    if (known) return known.to;
    const to: BodyHash[] = [];
    const emit = (bytes: Uint8Array): void => {
      for (const hash of to) hash.update(bytes);
    };
    this.#canonical.set(canonicalization, { body: canonicalBody(canonicalization, emit), to });
    return to;
  }
}
