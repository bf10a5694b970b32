/**
 * Validating a chain, while the message flows. RFC 8617 §5.2. The header block is held, the body is only hashed, once for
 * each canonicalization. What the peer did wrong is a result, and what the DNS did wrong too.
 */
import type { Resolver } from '@postino/dns';
import {
  type AuthenticationResults,
  type HeaderBlock,
  parseAuthenticationResults,
} from '@postino/message';
import type { Sink } from '@postino/wire';

import { arcFields, type ArcSet, chainOf, sealedFields } from './arc-chain.ts';
import type { ChainStatus, SealClaims } from './arc-set.ts';
import type { BodyHash } from './body-hash.ts';
import { canonicalHeader, FieldIndex } from './canonical-header.ts';
import { earlyRefusal, type Strictness } from './early-refusal.ts';
import { checkValue, judge, judgeByKeys, type Judgement } from './judge.ts';
import { type KeyAnswer, KeyLookup } from './key-lookup.ts';
import { MAX_ARC_SETS } from './limits.ts';
import { messageInto } from './message-into.ts';
import { MessageParts } from './message-parts.ts';
import { type DkimResult, fail, isRefusal, type Refusal } from './result.ts';
import type { DkimSignature, SignatureValue } from './signature.ts';

export interface ArcVerifierOptions extends Strictness {
  readonly resolver: Resolver;
  /** Sets that are looked at; a message with more of them fails. `MAX_ARC_SETS` unless given, which none may pass. */
  readonly maxSets?: number;
}

/** What one set came to. A signature that was not looked at, because the chain had failed before, is not there. */
export interface ArcSetResult {
  /** 1 is the oldest. */
  readonly instance: number;
  /** The ARC-Seal. */
  seal?: SealClaims & Judgement;
  /** The ARC-Message-Signature; only the newest must pass. */
  message?: DkimResult;
  /** What the sealer had found out, as it says; null where it cannot be read. */
  readonly authenticationResults: AuthenticationResults | null;
}

/** What the chain of a message came to. All text in it but `result` and `reason` is the peer's. */
export interface ArcResult {
  /** `none` where there is no ARC field at all. RFC 8617 §4.4. */
  readonly result: ChainStatus;
  /** Why, for people; there when the result is `fail`. */
  readonly reason?: string;
  /** There when the result is `pass`: the oldest set since which nothing signed was changed, 0 for all. RFC 8617 §5.2. */
  readonly oldestPass?: number;
  /** In the order of their instances; empty where they make no chain. */
  readonly sets: readonly ArcSetResult[];
}

/** A sink for a message that ends in what its ARC chain comes to. All failures are permanent. RFC 8617 §5.2.1. */
export function arcVerifier(options: ArcVerifierOptions): Sink<ArcResult> {
  return new ArcVerifier(options);
}

/** Validates the chain of a message. */
export function verifyArc(
  message: Uint8Array | AsyncIterable<Uint8Array>,
  options: ArcVerifierOptions,
): Promise<ArcResult> {
  return messageInto(arcVerifier(options), message);
}

/** A set that is being judged. */
interface Pending {
  readonly set: ArcSet;
  readonly result: ArcSetResult;
  /** What its ARC-Message-Signature wants, unless it is refused before. */
  readonly wanted: Refusal | { readonly signature: DkimSignature; readonly body: BodyHash };
  /** What its ARC-Seal signs. */
  readonly sealed: readonly Uint8Array[];
}

class ArcVerifier implements Sink<ArcResult> {
  readonly #options: ArcVerifierOptions;
  readonly #maxSets: number;
  readonly #lookup: KeyLookup;
  readonly #parts = new MessageParts((header) => this.#begin(header));
  #fields: FieldIndex | null = null;
  #chain: readonly Pending[] | Refusal = [];

  constructor(options: ArcVerifierOptions) {
    if (typeof options.resolver?.resolveTxt !== 'function') {
      throw new TypeError('arcVerifier needs a resolver with resolveTxt()');
    }
    const { maxSets = MAX_ARC_SETS } = options;
    if (!Number.isSafeInteger(maxSets) || maxSets < 1 || maxSets > MAX_ARC_SETS) {
      throw new TypeError(`maxSets must be a whole number from 1 to 50, not ${maxSets}`);
    }
    this.#options = options;
    this.#maxSets = maxSets;
    this.#lookup = new KeyLookup(options.resolver);
  }

  write(bytes: Uint8Array): void {
    this.#parts.write(bytes);
  }

  async end(): Promise<ArcResult> {
    this.#parts.end();
    const chain = this.#chain;
    if (isRefusal(chain)) return { result: 'fail', reason: chain.reason, sets: [] };
    const newest = chain.at(-1);
    if (!newest) return { result: 'none', sets: [] };
    const sets = chain.map(({ result }) => result);
    const reason = (await this.#judgeNewest(newest)) ?? (await this.#judgeSeals(chain));
    if (reason !== null) return { result: 'fail', reason, sets };
    return { result: 'pass', oldestPass: await this.#oldestPass(chain), sets };
  }

  async abort(): Promise<void> {
    this.#parts.abort();
    this.#chain = [];
  }

  /** Reads the chain, asks for the keys of its newest set, and makes hashes ready for the body. */
  #begin(header: HeaderBlock): void {
    if (this.#parts.fault) {
      this.#chain = fail('the header block is too large');
      return;
    }
    const fields = arcFields(header, this.#maxSets);
    const chain = isRefusal(fields) ? fields : chainOf(fields, this.#maxSets);
    this.#fields = new FieldIndex(header);
    this.#chain = isRefusal(chain)
      ? chain
      : chain.map((set, at) => this.#expect(set, sealedFields(chain.slice(0, at), set)));
    if (!isRefusal(chain)) this.#askEarly(chain.at(-1));
  }

  /** The other keys are not asked for before the newer set holds, so that nobody can make us ask many. RFC 8617 §9.2. */
  #askEarly(newest: ArcSet | undefined): void {
    for (const { signature } of newest ? [newest.message, newest.seal] : []) {
      if (!isRefusal(signature)) void this.#keysOf(signature);
    }
  }

  #expect(set: ArcSet, sealed: readonly Uint8Array[]): Pending {
    const { instance, results, message } = set;
    const authenticationResults = parseAuthenticationResults(results.value);
    const result = { instance, authenticationResults };
    return { set, result, wanted: this.#want(message.signature), sealed };
  }

  #want(signature: DkimSignature | Refusal): Pending['wanted'] {
    if (isRefusal(signature)) return signature;
    const refusal = earlyRefusal(signature, this.#options);
    if (refusal) return refusal;
    const { hash, bodyCanonicalization: canonicalization, bodyLength: length } = signature;
    return { signature, body: this.#parts.body.want({ canonicalization, hash, length }) };
  }

  /** RFC 8617 §5.2 step 4: why the chain fails, or null. */
  async #judgeNewest(newest: Pending): Promise<string | null> {
    const { result, reason } = await this.#judgeMessage(newest);
    if (result === 'pass') return null;
    return `ARC-Message-Signature of instance ${newest.set.instance}: ${reason}`;
  }

  /** RFC 8617 §5.2 step 6: from the newest to the first. */
  async #judgeSeals(chain: readonly Pending[]): Promise<string | null> {
    for (const pending of chain.toReversed()) {
      const { result, reason } = await this.#judgeSeal(pending);
      const { instance } = pending.set;
      if (result !== 'pass') return `ARC-Seal of instance ${instance}: ${reason}`;
    }
    return null;
  }

  /** RFC 8617 §5.2 step 5, which comes last here: what seals do not hold is not worth asking for keys. */
  async #oldestPass(chain: readonly Pending[]): Promise<number> {
    for (const pending of chain.slice(0, -1).toReversed()) {
      const { result } = await this.#judgeMessage(pending);
      if (result !== 'pass') return pending.set.instance + 1;
    }
    return 0;
  }

  async #judgeMessage({ set, result, wanted }: Pending): Promise<DkimResult> {
    const verdict = isRefusal(wanted)
      ? wanted
      : judge(wanted.signature, {
          answer: await this.#keysOf(wanted.signature),
          body: wanted.body,
          fields: this.#fields!,
          accept: this.#options.accept ?? [],
        });
    return (result.message = { ...set.message.claims, ...verdict });
  }

  async #judgeSeal({ set, result, sealed }: Pending): Promise<SealClaims & Judgement> {
    const { claims, signature } = set.seal;
    if (isRefusal(signature)) return (result.seal = { ...claims, ...signature });
    const refusal = earlyRefusal(signature, this.#options);
    if (refusal) return (result.seal = { ...claims, ...refusal });
    const data = canonicalHeader(sealed, signature.unsigned, 'relaxed');
    const evidence = {
      answer: await this.#keysOf(signature),
      accept: this.#options.accept ?? [],
    };
    const verdict = judgeByKeys(signature, evidence, (key) => checkValue(signature, data, key));
    return (result.seal = { ...claims, ...verdict });
  }

  #keysOf({ selector, domain }: SignatureValue): Promise<KeyAnswer> {
    return this.#lookup.find(selector, domain);
  }
}
