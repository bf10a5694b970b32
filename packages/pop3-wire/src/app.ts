import type { Cancel, Endpoint, TlsInfo } from '@postino/wire';
import type { Opened, Refusal, Retrieved } from './events.ts';

/** What is known of the session while the application is asked. */
export interface Pop3Context {
  readonly peer: Endpoint;
  readonly local: Endpoint;
  /** The TLS session, as soon as one stands. */
  readonly tls: TlsInfo | null;
  /** Who is logged in, as soon as somebody is. */
  readonly user: string | undefined;
  /** Whether the client asked for UTF-8: without it, what is not ASCII may be refused with the code `UTF8`. RFC 6856 §2.1. */
  readonly utf8: boolean;
  /** Fires when nobody waits for the present answer any more: it takes too long, or the client has gone. */
  readonly cancel: Cancel;
}

/** One more step of a SASL exchange: what to send to the client, before base64. RFC 5034 §4. */
export interface Challenge {
  readonly challenge: Uint8Array;
}

/** A message on its way out. */
export interface Content extends Retrieved {
  /** Lines end in CRLF. It is read as fast as the client takes it, and let go early (`return()`) when TOP has enough. */
  readonly content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** An answer; one that is no promise is not awaited. A rejected promise means `-ERR [SYS/TEMP]`. */
export type Answer<T> = T | Promise<T>;

/** The application: one method per question of the machine. */
export interface Pop3App {
  /** USER and PASS: judge the password, then lock and open the maildrop. RFC 1939 §4, §7. */
  login(user: string, password: Uint8Array, context: Pop3Context): Answer<Opened | Refusal>;
  /** AUTH, for the mechanisms offered; `initial` is null when the client sent none. RFC 5034 §4. */
  auth?(
    mechanism: string,
    initial: Uint8Array | null,
    context: Pop3Context,
  ): Answer<Challenge | Opened | Refusal>;
  /** The client's response to a challenge. */
  authResponse?(bytes: Uint8Array, context: Pop3Context): Answer<Challenge | Opened | Refusal>;
  /** The exchange is over without a result: forget it. */
  authCancelled?(context: Pop3Context): void;
  /** RETR or TOP of the entry at this index. Answered at once, small messages leave many to a write. */
  retrieve(index: number, context: Pop3Context): Answer<Content | Refusal>;
  /** QUIT: remove the entries at these indexes (there may be none) and release the lock, before you answer. RFC 1939 §6. */
  update(indexes: readonly number[], context: Pop3Context): Answer<void | Refusal>;
  /**
   * The session is over, in whatever way, and this is the last call: release the lock if it is still held. An answer that
   * came too late for the client has come before this.
   */
  closed?(context: Pop3Context): Answer<void>;
}
