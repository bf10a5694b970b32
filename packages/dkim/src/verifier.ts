/**
 * Verifying, while the message flows. RFC 6376 §6. The header block is held, the body is only hashed; the keys are
 * asked for as soon as the header block is there. What the peer did wrong is a result, and what the DNS did wrong too.
 */
import type { Resolver } from '@postino/dns';
import type { HeaderBlock } from '@postino/message';
import type { Sink } from '@postino/wire';

import type { BodyHash } from './body-hash.ts';
import { FieldIndex } from './canonical-header.ts';
import { earlyRefusal, type Strictness } from './early-refusal.ts';
import { judge } from './judge.ts';
import { type KeyAnswer, KeyLookup } from './key-lookup.ts';
import { MAX_SIGNATURES } from './limits.ts';
import { messageInto } from './message-into.ts';
import { MessageParts } from './message-parts.ts';
import {
  type DkimClaims,
  type DkimResult,
  isRefusal,
  permerror,
  policy,
  type Refusal,
} from './result.ts';
import { type DkimSignature, parseSignature } from './signature.ts';

export interface DkimVerifierOptions extends Strictness {
  readonly resolver: Resolver;
  /** Signatures that are looked at, from the top; `MAX_SIGNATURES` unless given. */
  readonly maxSignatures?: number;
}

/** A signature on its way: what is wrong with it, or what it takes to judge it. */
type Pending = { readonly claims: DkimClaims } & (
  | { readonly refusal: Refusal }
  | {
      readonly signature: DkimSignature;
      readonly body: BodyHash;
      readonly keys: Promise<KeyAnswer>;
    }
);

/**
 * A sink for a message that ends in one result for each DKIM-Signature field, top first; none for an unsigned message.
 * Past `maxSignatures` one more result stands for all the others.
 */
export function dkimVerifier(options: DkimVerifierOptions): Sink<DkimResult[]> {
  return new DkimVerifier(options);
}

/** Verifies a message. */
export function verify(
  message: Uint8Array | AsyncIterable<Uint8Array>,
  options: DkimVerifierOptions,
): Promise<DkimResult[]> {
  return messageInto(dkimVerifier(options), message);
}

class DkimVerifier implements Sink<DkimResult[]> {
  readonly #options: DkimVerifierOptions;
  readonly #parts = new MessageParts((header) => this.#begin(header));
  #pending: Pending[] = [];
  #fields: FieldIndex | null = null;

  constructor(options: DkimVerifierOptions) {
    if (typeof options.resolver?.resolveTxt !== 'function') {
      throw new TypeError('dkimVerifier needs a resolver with resolveTxt()');
    }
    const { maxSignatures = MAX_SIGNATURES } = options;
    if (!Number.isSafeInteger(maxSignatures) || maxSignatures < 1) {
      throw new TypeError(`maxSignatures must be a whole number above 0, not ${maxSignatures}`);
    }
    this.#options = options;
  }

  write(bytes: Uint8Array): void {
    this.#parts.write(bytes);
  }

  async end(): Promise<DkimResult[]> {
    this.#parts.end();
    const results: DkimResult[] = [];
    for (const pending of this.#pending) results.push(await this.#judge(pending));
    return results;
  }

  async abort(): Promise<void> {
    this.#parts.abort();
    this.#pending = [];
  }

  /** Reads the signatures, asks for keys, and makes hashes ready for the body. */
  #begin(header: HeaderBlock): void {
    this.#fields = new FieldIndex(header);
    const fields = header.findAll('DKIM-Signature');
    const { resolver, maxSignatures = MAX_SIGNATURES } = this.#options;
    const lookup = new KeyLookup(resolver);
    this.#pending = fields.slice(0, maxSignatures).map((field) => this.#read(field, lookup));
    const more = fields.length - maxSignatures;
    if (more > 0) this.#pending.push({ claims: {}, refusal: policy(`${more} more not looked at`) });
  }

  #read(field: Uint8Array, lookup: KeyLookup): Pending {
    const { claims, signature } = parseSignature(field);
    if (isRefusal(signature)) return { claims, refusal: signature };
    // A field that was cut off could be a From that nobody signed.
    const refusal = this.#parts.fault
      ? permerror('the header block is too large')
      : earlyRefusal(signature, this.#options);
    if (refusal) return { claims, refusal };
    const { hash, bodyCanonicalization: canonicalization, bodyLength: length } = signature;
    const body = this.#parts.body.want({ canonicalization, hash, length });
    return { claims, signature, body, keys: lookup.find(signature.selector, signature.domain) };
  }

  async #judge(pending: Pending): Promise<DkimResult> {
    const { claims } = pending;
    if ('refusal' in pending) return { ...claims, ...pending.refusal };
    const { signature, body, keys } = pending;
    const verdict = judge(signature, {
      answer: await keys,
      body,
      fields: this.#fields!,
      accept: this.#options.accept ?? [],
    });
    return { ...claims, ...verdict };
  }
}
