/** What the client machine says to whoever drives it. Types only. */
import type { Extensions } from './extensions.ts';
import type { Outcome } from './outcome.ts';

/** Nothing to answer. */
export type SmtpClientNews =
  /** The server has greeted us, TLS stands if there is to be any: `begin`, `authenticate` and `quit` may be called. */
  | { readonly type: 'ready'; readonly extensions: Extensions }
  /** Answer it with `respond`. RFC 4954 §4. */
  | { readonly type: 'authChallenge'; readonly bytes: Uint8Array }
  /** The exchange is over; a code below 400 means that we are logged in. */
  | ({ readonly type: 'authEnded' } & Outcome)
  /** Some recipient was accepted: call `content`, as often as needed, and then `done`. RFC 5321 §4.1.1.4. */
  | { readonly type: 'wantContent' }
  /** The result for one recipient of the envelope, by its place; each has exactly one before `finished`. */
  | ({ readonly type: 'recipient'; readonly index: number } & Outcome)
  /** The transaction is over: another may begin, unless `close` follows. */
  | { readonly type: 'finished' };

/** To be carried out in the order given. */
export type SmtpClientOrder =
  /** The bytes may be a view of what was given to `content`. */
  | { readonly type: 'send'; readonly bytes: Uint8Array }
  /** Shake hands, then call `secured`. RFC 3207 §4. */
  | { readonly type: 'startTls' }
  /** The last event; `failure` tells what was wrong, and is null when we quit. */
  | {
      readonly type: 'close';
      readonly reason: ClientCloseReason;
      readonly failure: Outcome | null;
    };

export type SmtpClientEvent = SmtpClientNews | SmtpClientOrder;

/**
 * Why the client machine closes: `quit`; `refused`, by the server's greeting, its answer to EHLO or RSET, or because
 * what was required is not there; `shutdown`, the server said 421; `closed`, it ended its side; `timeout`; `broken`,
 * what it said is no SMTP, too much, or not its turn; `cancelled`, by us, with a QUIT; `aborted`, by us, in the middle.
 */
export type ClientCloseReason =
  | 'quit'
  | 'refused'
  | 'shutdown'
  | 'closed'
  | 'timeout'
  | 'broken'
  | 'cancelled'
  | 'aborted';
