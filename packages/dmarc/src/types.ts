/** What goes into an evaluation and what comes out of it. Types only. */
import type { Cancel, Resolver } from '@postino/dns';
import type { DmarcPolicy } from './record.ts';

/** What SPF found, for the domain that it checked. `SpfResult` of @postino/spf is one. */
export interface SpfIdentifier {
  readonly result: string;
  readonly domain: string;
}

/** What DKIM found for one signature. `DkimResult` of @postino/dkim is one. */
export interface DkimIdentifier {
  readonly result: string;
  readonly domain?: string | undefined;
}

/**
 * How the record and the organizational domain are found: `psl` by the public suffix list, RFC 7489 §3.2 and §6.6.3;
 * `treeWalk` by the DNS itself, RFC 9989 §4.10. The tags `np`, `psd` and `t` belong to the second, `pct` to the first.
 */
export type Discovery = 'psl' | 'treeWalk';

export interface DmarcQuery {
  /** The domains of the From field, one for each of its addresses, in A-labels. */
  readonly from: string | readonly string[];
  readonly spf: SpfIdentifier | null;
  readonly dkim: readonly DkimIdentifier[];
  readonly resolver: Resolver;
  /** `psl` unless given. */
  readonly discovery?: Discovery;
  /** From 0 up to and not including 1: which share of messages this one is of, for `pct`; 0 unless given. RFC 7489 §6.6.4. */
  readonly random?: number;
  /** Ends the evaluation with temperror. This package has no clock. */
  readonly cancel?: Cancel;
}

/** RFC 7489 §11.2. `none` is: no record. */
export type DmarcCode = 'pass' | 'fail' | 'none' | 'temperror' | 'permerror';

export interface DmarcResult {
  readonly result: DmarcCode;
  /** The domain of the From field that was judged. */
  readonly from: string;
  /** Whose record it was; null when there is none. */
  readonly domain: string | null;
  /** What the record asks for messages of this domain that fail; null without a record. */
  readonly policy: DmarcPolicy | null;
  /** What it asks for this message: the policy after a fail, less when `pct` leaves the message out, otherwise `none`. */
  readonly disposition: DmarcPolicy;
  /** What passed in the name of the From domain. */
  readonly alignedBy: readonly ('spf' | 'dkim')[];
  /** Why there is no judgement, for a log. */
  readonly reason?: string;
}
