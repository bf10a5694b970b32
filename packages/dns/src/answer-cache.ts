/**
 * What became of lookups, kept for a while. It knows no DNS server and no clock: both are handed in.
 */
import { isNone } from './dns-error.ts';
import type { DnsAnswer } from './types.ts';

/** Entries that are kept; then the one that was not asked for the longest makes room. Our own choice. */
export const MAX_ENTRIES = 5_000;
/** Characters of an answer that is kept: with `MAX_ENTRIES`, whoever serves long records can fill so much memory. */
export const MAX_ANSWER = 8_192;
/** Seconds that records hold when the resolver does not say. Our own choice. */
export const DEFAULT_TTL = 300;
/** Seconds that records hold at most, whatever their TTL. Our own choice. */
export const MAX_TTL = 86_400;
/** Seconds for an answer that there is nothing. Our own choice, and short: the port does not say what RFC 2308 §5 asks. */
export const NEGATIVE_TTL = 60;
/** Seconds for trouble: the least that RFC 9520 §3.2 asks. */
export const TROUBLE_TTL = 1;
/** Seconds for trouble at most. RFC 2308 §7.1, RFC 9520 §3.2. */
export const MAX_TROUBLE_TTL = 300;

export interface CacheOptions {
  /** Milliseconds by a clock that does not go back, such as `performance.now()`. */
  readonly now: () => number;
  /** Entries; `MAX_ENTRIES` unless given. */
  readonly max?: number;
  /** Seconds for records of a resolver that does not say; `DEFAULT_TTL` unless given. */
  readonly ttl?: number;
  /** Seconds for records at most; `MAX_TTL` unless given. */
  readonly maxTtl?: number;
  /** Seconds for an answer that there is nothing; `NEGATIVE_TTL` unless given. */
  readonly negativeTtl?: number;
  /** Seconds for trouble, 300 at most, 0 not to keep it; `TROUBLE_TTL` unless given. */
  readonly troubleTtl?: number;
}

/** What a lookup came to, and until when it is to be believed. */
type Outcome = { readonly until: number } & (
  | { readonly answer: DnsAnswer }
  | { readonly error: unknown }
);

/** Answers by key, the least recently asked for first to go; equal questions at the same time are asked once. */
export class AnswerCache {
  readonly #options: Required<CacheOptions>;
  /** In the order in which they were last asked for. */
  readonly #kept = new Map<string, Outcome>();
  readonly #asked = new Map<string, Promise<Outcome>>();

  constructor(options: CacheOptions) {
    this.#options = {
      now: options.now,
      max: checked('max', options.max ?? MAX_ENTRIES),
      ttl: checked('ttl', options.ttl ?? DEFAULT_TTL),
      maxTtl: checked('maxTtl', options.maxTtl ?? MAX_TTL),
      negativeTtl: checked('negativeTtl', options.negativeTtl ?? NEGATIVE_TTL),
      troubleTtl: checked('troubleTtl', options.troubleTtl ?? TROUBLE_TTL, MAX_TROUBLE_TTL),
    };
  }

  /** Seconds for records of a resolver that does not say. */
  get defaultTtl(): number {
    return this.#options.ttl;
  }

  /** What is kept under the key, or what `ask` now comes to; the TTL is what is left of it. */
  async get(key: string, ask: () => Promise<DnsAnswer>): Promise<DnsAnswer> {
    const outcome = this.#fresh(key) ?? (await (this.#asked.get(key) ?? this.#ask(key, ask)));
    if ('error' in outcome) throw outcome.error;
    const left = Math.max(0, Math.floor((outcome.until - this.#options.now()) / 1000));
    return { ...outcome.answer, records: [...outcome.answer.records], ttl: left };
  }

  #fresh(key: string): Outcome | null {
    const outcome = this.#kept.get(key);
    if (!outcome) return null;
    this.#kept.delete(key);
    if (outcome.until <= this.#options.now()) return null;
    this.#kept.set(key, outcome);
    return outcome;
  }

  #ask(key: string, ask: () => Promise<DnsAnswer>): Promise<Outcome> {
    const outcome = this.#outcome(ask).then((settled) => {
      this.#asked.delete(key);
      this.#keep(key, settled);
      return settled;
    });
    this.#asked.set(key, outcome);
    return outcome;
  }

  async #outcome(ask: () => Promise<DnsAnswer>): Promise<Outcome> {
    const { maxTtl, negativeTtl, troubleTtl } = this.#options;
    try {
      const answer = await ask();
      return { answer, until: this.#after(Math.min(answer.ttl, maxTtl)) };
    } catch (error) {
      return { error, until: this.#after(isNone(error) ? negativeTtl : troubleTtl) };
    }
  }

  /** A TTL that is no number, or below zero, keeps nothing. */
  #after(seconds: number): number {
    const now = this.#options.now();
    return seconds > 0 ? now + seconds * 1000 : now;
  }

  #keep(key: string, outcome: Outcome): void {
    if (outcome.until <= this.#options.now() || isLong(outcome)) return;
    this.#kept.set(key, outcome);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#options.max) return;
      this.#kept.delete(oldest);
    }
  }
}

function isLong(outcome: Outcome): boolean {
  return 'answer' in outcome && JSON.stringify(outcome.answer.records).length > MAX_ANSWER;
}

function checked(name: string, value: number, most = Number.MAX_SAFE_INTEGER): number {
  if (value >= 0 && value <= most) return value;
  throw new TypeError(`${name} must be between 0 and ${most}, not ${value}`);
}
