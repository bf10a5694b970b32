/** What the loop of the client takes and gives. Types only. */
import type { EnvelopeRecipient } from '@postino/address';
import type { Cancel, TlsInfo, TlsOptions } from '@postino/wire';
import type { ClientCloseReason } from './client-events.ts';
import type { SmtpClientOptions } from './client-options.ts';
import type { Outcome } from './outcome.ts';

/**
 * One exchange of SASL as the client sees it; those of `@postino/sasl` are. What it throws, `connectSmtp` rejects with.
 * RFC 4954 §4.
 */
export interface ClientMechanism {
  /** As it stands in the AUTH command. */
  readonly mechanism: string;
  /** The initial response; null: the server speaks first. */
  start(): Uint8Array | null | Promise<Uint8Array | null>;
  /** The answer to a challenge; null: nothing more is to be said, so the exchange is cancelled. */
  step(challenge: Uint8Array): Uint8Array | null | Promise<Uint8Array | null>;
  /**
   * Where the server must show that it knows the password too: whether it has. A success before that is a failure.
   * RFC 5802 §5.
   */
  readonly verified?: boolean;
}

/** Ways to log in, the best first; as a function they are made for the TLS that stands, to whose channel some bind. */
export type ClientMechanisms =
  | readonly ClientMechanism[]
  | ((tls: TlsInfo | null) => readonly ClientMechanism[]);

export interface ConnectOptions extends SmtpClientOptions {
  /** Name to send and how far to trust the server, for the handshake behind STARTTLS. */
  readonly handshake?: TlsOptions;
  /** Log in with the first of these that the server offers. */
  readonly mechanisms?: ClientMechanisms;
  /** Milliseconds for the server to take a piece of what we write; default 3 minutes. RFC 5321 §4.5.3.2.5. */
  readonly writeTimeout?: number;
  /**
   * Ends the connection, with a QUIT where one may be said between commands; what has no result yet gets a 451. One per
   * connection.
   */
  readonly cancel?: Cancel;
}

/** What is known of a message beside its envelope. */
export interface ContentFacts {
  /** Octets, CRLF counted and stuffed dots not; declared and held against the server's limit. RFC 1870 §6. */
  readonly size?: number;
  /** Whether it holds octets above 127; default: what `envelope.body` says. RFC 6152 §3. */
  readonly eightBit?: boolean;
}

/** The result for one recipient. */
export interface SentTo extends Outcome {
  readonly recipient: EnvelopeRecipient;
}

/** How a connection ended; `failure` is null when we quit. */
export interface ConnectionEnd {
  readonly reason: ClientCloseReason;
  readonly failure: Outcome | null;
}
