/** What goes into a check and what comes out of it. Types only. */
import type { Cancel, Resolver } from '@postino/dns';
import type { SpfLimits } from './limits.ts';

/** What a check comes to. RFC 7208 §2.6. */
export type SpfCode = 'none' | 'neutral' | 'pass' | 'fail' | 'softfail' | 'temperror' | 'permerror';

/** Whose domain was checked. RFC 7208 §2.3, §2.4. */
export type SpfIdentity = 'mailfrom' | 'helo';

/** The arguments of check_host(). RFC 7208 §4.1. */
export interface SpfQuery {
  /** Address of the client: IPv4, IPv6 or IPv4-mapped IPv6, a zone behind `%` is dropped. Anything else is a `TypeError`. */
  readonly ip: string;
  /** What the client called itself in HELO or EHLO. */
  readonly helo: string;
  /** The address of MAIL FROM, `''` for `<>`: then HELO is checked. Domains in A-labels. */
  readonly sender: string;
  readonly resolver: Resolver;
  /** Name of the host that checks, for explanations; `unknown` unless given. */
  readonly receiver?: string;
  /** Milliseconds since the Epoch, such as `Date.now`. An explanation that tells the time is left out without it. */
  readonly now?: () => number;
  /** Ends the check with temperror: RFC 7208 §4.6.4 wants a limit of at least 20 seconds, and this package has no clock. */
  readonly cancel?: Cancel;
  /** Is told of every question and its answer, in order. */
  readonly trace?: (lookup: SpfLookup) => void;
  readonly limits?: SpfLimits;
}

export interface SpfResult {
  readonly result: SpfCode;
  /** The domain of the identity, as it was given. */
  readonly domain: string;
  readonly identity: SpfIdentity;
  /** The directive that matched, as it stands in the record; absent when none did. */
  readonly mechanism?: string | undefined;
  /** What the domain says to a fail, printable ASCII. It is a stranger's text: say whose it is. RFC 7208 §6.2, §11.5.2. */
  readonly explanation?: string | undefined;
  /** Why it is none, temperror or permerror, for a log. It quotes the record, so it is a stranger's text too. */
  readonly reason?: string | undefined;
  /** Terms that asked the DNS. */
  readonly lookups: number;
  /** Those of them that found nothing. */
  readonly voids: number;
}

/** One question to the DNS and what came of it. */
export interface SpfLookup {
  /** The term that asks, as it stands in the record; `''` for the first record. */
  readonly term: string;
  readonly type: 'A' | 'AAAA' | 'MX' | 'TXT' | 'PTR';
  readonly name: string;
  /** The records as text; empty when there are none. */
  readonly answer: readonly string[];
  /** What went wrong, when the answer is not known. */
  readonly trouble?: string;
}
