/** The values that addresses are parsed into; grammar and formatting live beside. */

/**
 * A local part and a domain. The local part is decoded: quotes and backslashes are gone. The domain is as it was
 * written; an address literal keeps its brackets. RFC 5321 §4.1.2, RFC 6531 §3.3.
 */
export interface Mailbox {
  readonly localPart: string;
  readonly domain: string;
}

/**
 * What stood between `<` and `>`, source route dropped: a mailbox, the null path `<>` (both parts empty), or
 * `<Postmaster>` (empty domain). RFC 5321 §4.1.1.2, §4.1.1.3.
 */
export type Path = Mailbox;
/** Where failures are reported; the null path for mail that must never be answered. RFC 5321 §4.5.5. */
export type ReversePath = Path;
/** Where a message goes; never the null path. */
export type ForwardPath = Path;

/** One recipient, with what the client asked for it. RFC 3461 §4.1, §4.2. */
export interface EnvelopeRecipient {
  readonly address: ForwardPath;
  readonly notify?: readonly ('NEVER' | 'SUCCESS' | 'FAILURE' | 'DELAY')[];
  /** `addr-type;address`, xtext already decoded. */
  readonly orcpt?: string;
}

/** Who sent a message and who gets it: all that travels beside its content. RFC 5321 §2.3.1. */
export interface Envelope {
  readonly from: ReversePath;
  readonly to: readonly EnvelopeRecipient[];
  readonly body?: '7BIT' | '8BITMIME' | 'BINARYMIME';
  readonly smtpUtf8?: boolean;
  readonly requireTls?: boolean;
  readonly ret?: 'FULL' | 'HDRS';
  /** Decoded from xtext. */
  readonly envid?: string;
}
