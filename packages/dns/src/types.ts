/**
 * The port through which everything asks the DNS. Types only.
 */

/** Tells a lookup that nobody waits for it any more; an `AbortSignal` is one. */
export interface Cancel {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
}

/** An MX record. The exchange has no dot at its end; an empty one is the null MX. RFC 5321 §5.1, RFC 7505 §3. */
export interface MxRecord {
  priority: number;
  exchange: string;
}

/** What `query` gives: the records of one type, how many seconds they hold, and whether DNSSEC vouches for them. */
export interface DnsAnswer {
  /** In the shapes that the methods of `Resolver` give: text for A, AAAA and PTR, `MxRecord` for MX, chunks for TXT. */
  records: unknown[];
  ttl: number;
  authentic: boolean;
}

/**
 * Any object with these five methods serves: `node:dns/promises`' `Resolver` does.
 *
 * Each gives at least one record or rejects with an error whose `code` is one of node's: `ENOTFOUND` for no such name,
 * `ENODATA` for a name without such records, anything else for trouble; see `isNone()`.
 */
export interface Resolver {
  /** IPv4 addresses. */
  resolve4(name: string): Promise<string[]>;
  /** IPv6 addresses. */
  resolve6(name: string): Promise<string[]>;
  /** In no order. */
  resolveMx(name: string): Promise<MxRecord[]>;
  /** Each record as its chunks, one character an octet. */
  resolveTxt(name: string): Promise<string[][]>;
  /** Names, for a name in the reverse zone: see `reverseName()`. */
  resolvePtr(name: string): Promise<string[]>;
  /** Optional: true TTLs, cancelling, and DNSSEC. `type` is `A`, `MX` and so on. */
  query?(name: string, type: string, options?: QueryOptions): Promise<DnsAnswer>;
}

export interface QueryOptions {
  readonly cancel?: Cancel | undefined;
}

/** The one question that all others can be asked through. */
export type Query = (name: string, type: string, options?: QueryOptions) => Promise<DnsAnswer>;

/** A resolver that has `query`. */
export interface QueryResolver extends Resolver {
  query: Query;
}

/** The types that every resolver can be asked for. */
export type RecordType = 'A' | 'AAAA' | 'MX' | 'TXT' | 'PTR';
