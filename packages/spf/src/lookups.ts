/**
 * The DNS as one check sees it: counted, traced, and given up when nobody waits any more.
 */
import { isNone, type Cancel, type MxRecord } from '@postino/dns';
import { isName } from './domain.ts';
import { SpfException } from './exception.ts';
import { ptrName, type IpAddress } from './ip.ts';
import { MAX_LOOKUPS, MAX_NAMES, MAX_VOIDS } from './limits.ts';
import type { SpfLookup, SpfQuery } from './types.ts';

/** Answers are lists; no such name and no such records are the empty one. Trouble is a temperror. RFC 7208 §5. */
export class Lookups {
  readonly #query: SpfQuery;
  readonly #cancelled: Promise<never> | null;
  readonly #most: { readonly lookups: number; readonly voids: number };
  /** Names of an answer that are looked up. */
  readonly names: number;
  #term = '';
  #count = 0;
  #voids = 0;

  constructor(query: SpfQuery) {
    const { lookups = MAX_LOOKUPS, voids = MAX_VOIDS, names = MAX_NAMES } = query.limits ?? {};
    this.#query = query;
    this.#most = { lookups, voids };
    this.names = names;
    this.#cancelled = query.cancel ? rejectedOnAbort(query.cancel) : null;
  }

  get count(): number {
    return this.#count;
  }

  get voids(): number {
    return this.#voids;
  }

  get cancelled(): boolean {
    return this.#query.cancel?.aborted === true;
  }

  /** Counts a term that asks the DNS; what is asked from here on is asked for it. RFC 7208 §4.6.4. */
  begin(term: string): void {
    this.#term = term;
    if (this.#count === this.#most.lookups) {
      throw new SpfException('permerror', `more than ${this.#most.lookups} terms that ask the DNS`);
    }
    this.#count++;
  }

  /** The same for a term that does not count: `exp` is looked up when the result is known. RFC 7208 §4.6.4. */
  beginExplanation(term: string): void {
    this.#term = term;
  }

  /** Gives the records back, and counts the term when there are none. RFC 7208 §4.6.4. */
  orVoid(records: string[]): string[] {
    if (records.length === 0) this.countVoid();
    return records;
  }

  /** Counts a term that found nothing. RFC 7208 §4.6.4. */
  countVoid(): void {
    if (++this.#voids <= this.#most.voids) return;
    throw new SpfException('permerror', `more than ${this.#most.voids} void lookups`);
  }

  /** The strings of each record put together. RFC 7208 §3.3. */
  texts(name: string): Promise<string[]> {
    const ask = (): Promise<string[][]> => this.#query.resolver.resolveTxt(name);
    return this.#ask('TXT', name, ask, (strings) => strings.join(''));
  }

  /** IPv4 addresses for an IPv4 client, IPv6 addresses for an IPv6 one. RFC 7208 §5. */
  addresses(name: string, client: IpAddress): Promise<string[]> {
    return client.length === 4 ? this.ip4Addresses(name) : this.#ip6Addresses(name);
  }

  ip4Addresses(name: string): Promise<string[]> {
    return this.#ask('A', name, () => this.#query.resolver.resolve4(name), String);
  }

  #ip6Addresses(name: string): Promise<string[]> {
    return this.#ask('AAAA', name, () => this.#query.resolver.resolve6(name), String);
  }

  exchanges(name: string): Promise<string[]> {
    const ask = (): Promise<MxRecord[]> => this.#query.resolver.resolveMx(name);
    return this.#ask('MX', name, ask, ({ exchange }) => exchange);
  }

  pointers(client: IpAddress): Promise<string[]> {
    const name = ptrName(client);
    return this.#ask('PTR', name, () => this.#query.resolver.resolvePtr(name), String);
  }

  async #ask<T>(
    type: SpfLookup['type'],
    name: string,
    ask: () => Promise<T[]>,
    text: (record: T) => string,
  ): Promise<string[]> {
    // What MX and PTR records name may be anything.
    if (!isName(name)) return [];
    let answer: string[] = [];
    try {
      if (this.cancelled) throw new Error('cancelled');
      const records = await (this.#cancelled ? Promise.race([ask(), this.#cancelled]) : ask());
      answer = records.map(text);
    } catch (error) {
      if (!isNone(error) && !isBadName(error)) throw this.#trouble(type, name, error);
    }
    this.#query.trace?.({ term: this.#term, type, name, answer });
    return answer;
  }

  #trouble(type: SpfLookup['type'], name: string, error: unknown): SpfException {
    const trouble = error instanceof Error ? error.message : String(error);
    this.#query.trace?.({ term: this.#term, type, name, answer: [], trouble });
    return new SpfException('temperror', `${type} ${name}: ${trouble}`);
  }
}

/** A name that the resolver will not ask for is one that nobody has. */
function isBadName(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EBADNAME';
}

/** One promise for all lookups of a check, so that a long-lived `cancel` gets one listener. */
function rejectedOnAbort(cancel: Cancel): Promise<never> {
  const promise = new Promise<never>((_, reject) => {
    cancel.addEventListener('abort', () => reject(new Error('cancelled')));
  });
  // Nobody may be waiting when it comes.
  promise.catch(() => {});
  return promise;
}
