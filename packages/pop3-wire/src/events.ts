/**
 * What goes over the table between the machine and the loop. Types only.
 */

/**
 * A response code, which tells a program what the text tells a human. RFC 2449 §8, RFC 3206 §4 and §5.
 * `AUTH`: the credentials are at fault, ask for others. `IN-USE`: another session holds the maildrop.
 * `UTF8`: the message wants the UTF8 command, RFC 6856 §5.
 * `LOGIN-DELAY`: too soon after the last login. `SYS/TEMP`: our trouble, try again later. `SYS/PERM`: our trouble, call somebody.
 */
export type ResponseCode = 'AUTH' | 'IN-USE' | 'LOGIN-DELAY' | 'UTF8' | 'SYS/TEMP' | 'SYS/PERM';

/** A no, which the client reads as `-ERR [code] text`. */
export interface Refusal {
  /** Left out when a login is refused, it is `AUTH`, so that AUTH-RESP-CODE is always true. RFC 3206 §6. */
  readonly code?: ResponseCode;
  /** One line of ASCII, not beginning with `[`. RFC 2449 §3 and §6.4. */
  readonly text: string;
  /** Ends the session after the refusal. RFC 1939 §4. */
  readonly close?: boolean;
}

/** A message of the maildrop, as the snapshot at login has it. */
export interface MaildropEntry {
  /**
   * Octets that RETR will send: lines counted with CRLF, without dot-stuffing, and with the CRLF that is added to
   * content which does not end in one. RFC 1939 §11.
   */
  readonly size: number;
  /** 1 to 70 characters from `!` to `~`, unique and lasting. RFC 1939 §7 (UIDL). */
  readonly uid: string;
}

/** The yes to a login: the maildrop is open, and locked. The machine keeps the list, so it must not change any more. */
export interface Opened {
  /** In the order of the message numbers, which begin with 1. An entry's index here is how the machine names it. */
  readonly entries: readonly MaildropEntry[];
  /** Who it is that logged in; without it the name that USER gave. */
  readonly user?: string;
}

/** The yes to `retrieve`: content follows. */
export interface Retrieved {
  /** What RETR announces, counted as in `MaildropEntry`. */
  readonly size: number;
}

/**
 * Questions: the machine stands still until one is answered, by `accept`, `reject` or (for `auth` and `authResponse`)
 * `challenge`. Bytes in a question are views, good until it is answered.
 */
export type Pop3Question =
  | { readonly type: 'login'; readonly user: string; readonly password: Uint8Array }
  | { readonly type: 'auth'; readonly mechanism: string; readonly initial: Uint8Array | null }
  | { readonly type: 'authResponse'; readonly bytes: Uint8Array }
  /** RETR or TOP. After `accept`: `content`, until it says that this is enough, then `done`; or `fail`. */
  | { readonly type: 'retrieve'; readonly index: number }
  /** QUIT: remove these now, and only these; the list may be empty. RFC 1939 §6. */
  | { readonly type: 'update'; readonly indexes: readonly number[] };

/**
 * Why the machine closes: `quit`; `closed`, the peer ended its side; `timeout`; `shutdown`; `refused`, by a refusal that
 * ends the session; `errors`, a limit was passed; `unsynchronized`, the peer spoke behind STLS; `failed`, content broke
 * off, and only the end of the connection tells the client that a part is not the whole. Only `quit` removes messages.
 */
export type CloseReason =
  | 'quit'
  | 'closed'
  | 'timeout'
  | 'shutdown'
  | 'refused'
  | 'errors'
  | 'unsynchronized'
  | 'failed';

export type Pop3ServerEvent =
  | Pop3Question
  // News.
  /** The exchange that `auth` began is over without a result. */
  | { readonly type: 'authCancelled' }
  // Orders: carry them out in this order.
  | { readonly type: 'send'; readonly bytes: Uint8Array }
  | { readonly type: 'startTls' }
  | { readonly type: 'close'; readonly reason: CloseReason };
