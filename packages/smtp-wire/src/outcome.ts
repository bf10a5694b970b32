/** How something ended, for one recipient or for a whole connection. */
import type { Reply } from '@postino/wire';

/** What a reply answers. RFC 5321 §4.3.2. */
export type ClientPhase =
  /** The connection itself: the greeting. */
  | 'connect'
  /** EHLO, HELO or LHLO. */
  | 'hello'
  | 'startTls'
  | 'auth'
  /** RSET between two transactions. */
  | 'reset'
  | 'mail'
  | 'rcpt'
  | 'data'
  /** The content and its end. */
  | 'content'
  | 'quit';

/** The reply that decided, and what it answers. */
export interface Outcome {
  /** Code, enhanced code and text. Below 400 it is well, 4xx may be tried again, 5xx may not. RFC 5321 §4.2.1. */
  readonly reply: Reply;
  readonly phase: ClientPhase;
  /** The reply is ours and was never on the wire: a refusal before the server was asked, or a connection that failed. */
  readonly local: boolean;
}

/** An outcome alone, out of an event that has one. */
export function outcomeOf({ reply, phase, local }: Outcome): Outcome {
  return { reply, phase, local };
}
