/** In which order the client speaks: what may be called when, and what a reply may begin with. */
import type { ClientPhase } from './outcome.ts';

/** Where a client stands. */
export type ClientState =
  | 'opening'
  | 'tls'
  | 'ready'
  | 'auth'
  | 'transaction'
  | 'content'
  | 'quitting'
  | 'closed';

/** What moves a client on: a call, or an event that it gives. */
export type ClientMove =
  | 'ready'
  | 'startTls'
  | 'secured'
  | 'authenticate'
  | 'respond'
  | 'authEnded'
  | 'begin'
  | 'wantContent'
  | 'content'
  | 'done'
  | 'stopped'
  | 'finished'
  | 'refused'
  | 'quit';

/**
 * Where a call or an event leads; a call that is absent is a `StateError`. From everywhere `closed` may follow.
 * RFC 5321 §4.1.4, RFC 3207 §4, RFC 4954 §4.
 */
export const CLIENT_ORDER: Readonly<
  Record<ClientState, Readonly<Partial<Record<ClientMove, ClientState>>>>
> = {
  opening: { ready: 'ready', startTls: 'tls', refused: 'quitting' },
  tls: { secured: 'opening' },
  ready: { begin: 'transaction', authenticate: 'auth', quit: 'quitting' },
  auth: { respond: 'auth', authEnded: 'ready' },
  transaction: { wantContent: 'content', finished: 'ready', refused: 'quitting' },
  content: { content: 'content', done: 'transaction', stopped: 'transaction' },
  quitting: {},
  closed: {},
};

/** The first digits that a reply may have, by what it answers; any other ends the connection. RFC 5321 §4.3.2, RFC 4954 §4. */
export const FIRST_DIGITS: Readonly<Record<ClientPhase, readonly number[]>> = {
  connect: [2, 4, 5],
  hello: [2, 4, 5],
  startTls: [2, 4, 5],
  auth: [2, 3, 4, 5],
  reset: [2, 4, 5],
  mail: [2, 4, 5],
  rcpt: [2, 4, 5],
  data: [3, 4, 5],
  content: [2, 4, 5],
  quit: [2, 3, 4, 5],
};
