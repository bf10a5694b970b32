/** What goes into a delivery and what comes out. Types only. */
import type { Cancel, Endpoint, Reply, TlsInfo, Wire } from '@postino/wire';
import type { ClientPhase } from '@postino/smtp-wire';

/** A message as it is to arrive: lines end in CRLF, dots are not stuffed. What a spool or a queue holds fits. */
export interface OutgoingMessage {
  /** Octets. */
  readonly size: number;
  /** Whether it holds octets above 127; default: what `envelope.body` says. RFC 6152 §3. */
  readonly eightBit?: boolean;
  /** The octets from the start: asked anew for each host that wants them. */
  read(): AsyncIterable<Uint8Array>;
}

/** Gives header fields to stand before the message, each with its CRLF: a DKIM signature. RFC 6376 §5.6. */
export type Signer = (content: AsyncIterable<Uint8Array>) => Promise<string>;

export interface DialOptions {
  /** Our own address, where the machine has several. */
  readonly localAddress?: string;
  /** Fires when nobody waits for the connection any more. */
  readonly cancel?: Cancel;
}

/** A connection to an IP address and a port, or a rejection in bounded time; that of `@postino/node` is one. */
export type Dial = (to: Endpoint, options: DialOptions) => Promise<Wire>;

/**
 * What a reply answers: a step of SMTP, or one before it. `plan`: where the domain's mail goes; `policy`: whether this
 * host may have it; `own`: trouble on our side, which says nothing about the other.
 */
export type DeliveryPhase = 'plan' | 'policy' | 'own' | ClientPhase;

/** A reply, what it answers, and who gave it. */
export interface Told {
  readonly reply: Reply;
  readonly phase: DeliveryPhase;
  /** The reply is ours and was never on the wire. */
  readonly local: boolean;
  /** The connection was lost behind the final dot: the message may have arrived. RFC 1047. */
  readonly unknown?: boolean;
  /** What a port threw, for the log. */
  readonly cause?: unknown;
}

/** What became of one recipient. `status` says what is to be done, `reply` what was said last that mattered. */
export interface RecipientResult extends Told {
  /** Its index in `envelope.to`. */
  readonly recipient: number;
  /** `deferred` may be tried again, the others may not. */
  readonly status: 'delivered' | 'failed' | 'deferred';
  /** The host that was asked: its name in lower case, or an address literal. */
  readonly host?: string;
  /** The IP address that was asked. */
  readonly address?: string;
  /** The TLS of that connection; null where there was none. */
  readonly tls: TlsInfo | null;
  /** Whether the host offers DSN; where it does not, it will report no success. RFC 3461 §5.2.2. */
  readonly dsn?: boolean;
}
