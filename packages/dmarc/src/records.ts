/**
 * The DNS as one evaluation sees it: each name's record is asked for once.
 */
import { isNone, isNoSuchName, unlessCancelled } from '@postino/dns';
import { isDmarcRecord, readRecord, type DmarcRecord, type UnusableRecord } from './record.ts';
import type { DmarcQuery } from './types.ts';

/**
 * What stands at a domain: a record, none, one that is no list of tags (`bad`), or several, which count as none.
 * RFC 7489 §6.6.3.
 */
export type Found = DmarcRecord | UnusableRecord | 'none' | 'several' | 'bad';

/** What the DNS is asked with. */
export type RecordQuery = Pick<DmarcQuery, 'resolver' | 'cancel'>;

export class Records {
  readonly #query: RecordQuery;
  readonly #found = new Map<string, Promise<Found>>();

  constructor(query: RecordQuery) {
    this.#query = query;
  }

  /** The record at `_dmarc` below a domain. RFC 7489 §6.1. Rejects when there is trouble with the DNS. */
  async at(domain: string): Promise<Found> {
    const found = this.#found.get(domain) ?? this.#ask(`_dmarc.${domain}`);
    this.#found.set(domain, found);
    return found;
  }

  /** Whether the DNS has a name; trouble means that it may. RFC 9989 §3.2.13. */
  async exists(domain: string): Promise<boolean> {
    const { resolver, cancel } = this.#query;
    try {
      await unlessCancelled(() => resolver.resolve4(domain), cancel);
      return true;
    } catch (error) {
      return !isNoSuchName(error);
    }
  }

  async #ask(name: string): Promise<Found> {
    const texts = (await this.#texts(name)).filter(isDmarcRecord);
    if (texts.length > 1) return 'several';
    return texts[0] === undefined ? 'none' : (readRecord(texts[0]) ?? 'bad');
  }

  async #texts(name: string): Promise<string[]> {
    const { resolver, cancel } = this.#query;
    try {
      const records = await unlessCancelled(() => resolver.resolveTxt(name), cancel);
      return records.map((chunks) => chunks.join(''));
    } catch (error) {
      if (isNone(error) || isBadName(error)) return [];
      throw error;
    }
  }
}

/** A name that is too long to be asked for is one that nobody has. */
function isBadName(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EBADNAME';
}
