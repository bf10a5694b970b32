/** What the server machine says to whoever drives it. Types only. */
import type { ForwardPath, ReversePath } from '@postino/address';
import type { MailParams, RcptParams } from './params.ts';

/** The machine stands still until one of these is answered by `accept`, `reject` or `challenge`. */
export type SmtpServerQuestion =
  /** Somebody is there; `early`: they spoke before the greeting. RFC 5321 §3.1. */
  | { readonly type: 'connect'; readonly early: boolean }
  /** HELO, or EHLO when `extended`. The name is a domain or an address literal, and nothing more is known of it. */
  | { readonly type: 'hello'; readonly name: string; readonly extended: boolean }
  /** AUTH with a mechanism that was offered, in capitals; `initial` is decoded, null when none was sent. RFC 4954 §4. */
  | { readonly type: 'auth'; readonly mechanism: string; readonly initial: Uint8Array | null }
  /** The answer to a challenge, decoded. */
  | { readonly type: 'authResponse'; readonly bytes: Uint8Array }
  | { readonly type: 'mail'; readonly from: ReversePath; readonly params: MailParams }
  | { readonly type: 'rcpt'; readonly to: ForwardPath; readonly params: RcptParams }
  | { readonly type: 'verify'; readonly text: string }
  /** May content come? RFC 5321 §4.1.1.4. */
  | { readonly type: 'data'; readonly how: 'DATA' | 'BDAT' }
  /** The end was seen, after `size` octets. Accepting takes responsibility for the message. RFC 5321 §6.1. */
  | { readonly type: 'message'; readonly size: number };

/** Nothing to answer. */
export type SmtpServerNews =
  /** A piece of the message, un-stuffed: a view, to be used or copied before the next pull. RFC 5321 §4.5.2. */
  | { readonly type: 'content'; readonly bytes: Uint8Array }
  /** The transaction is gone without a message: drop what you hold of it. */
  | { readonly type: 'reset' }
  /** The AUTH exchange is gone without a result: drop what you hold of it. */
  | { readonly type: 'authCancelled' };

/** To be carried out in the order given. */
export type SmtpServerOrder =
  /** The bytes may be shared between sessions: never write to them. */
  | { readonly type: 'send'; readonly bytes: Uint8Array }
  /** Shake hands, then call `secured`. RFC 3207 §4. */
  | { readonly type: 'startTls' }
  /** The last event. */
  | { readonly type: 'close'; readonly reason: CloseReason };

export type SmtpServerEvent = SmtpServerQuestion | SmtpServerNews | SmtpServerOrder;

/**
 * Why the machine closes: `quit`; `closed`, the peer ended its side; `timeout`; `shutdown`; `refused`, by a reply
 * that ends the session; `errors`, a limit was passed; `unsynchronized`, the peer spoke where it had to wait.
 */
export type CloseReason =
  | 'quit'
  | 'closed'
  | 'timeout'
  | 'shutdown'
  | 'refused'
  | 'errors'
  | 'unsynchronized';
