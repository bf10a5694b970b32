/** What the loop of the client takes and gives. Types only. */
import type { Cancel, TlsInfo, TlsOptions } from '@postino/wire';
import type { Pop3ClientEnd } from './client-events.ts';
import type { Pop3ClientLimits } from './client-limits.ts';
import type { Status } from './status-line.ts';

/** One exchange of SASL as the client sees it; those of `@postino/sasl` are. RFC 5034 §4. */
export interface Pop3Mechanism {
  readonly mechanism: string;
  /** The initial response; null: the server speaks first. */
  start(): Uint8Array | null | Promise<Uint8Array | null>;
  /** The answer to a challenge; null: the exchange is cancelled. */
  step(challenge: Uint8Array): Uint8Array | null | Promise<Uint8Array | null>;
  /** False while the server has not proved that it knows the secret: then its yes is worth nothing. RFC 5802 §3. */
  readonly verified?: boolean;
}

export interface ConnectPop3Options {
  /** Logs in with USER and PASS, where no mechanism is offered that is given too. */
  readonly login?: { readonly user: string; readonly password: string };
  /** Logs in with the first of these that the server offers; a function makes them for the TLS that stands. */
  readonly mechanisms?:
    | readonly Pop3Mechanism[]
    | ((tls: TlsInfo | null) => readonly Pop3Mechanism[]);
  /** `required`, the default: without TLS nobody logs in. `offered`: in the clear where STLS is not offered. `never`. */
  readonly startTls?: 'required' | 'offered' | 'never';
  /** Name to send and how far to trust the server, for the handshake behind STLS. */
  readonly handshake?: TlsOptions;
  readonly limits?: Partial<Pop3ClientLimits>;
  /** Milliseconds for the server to take what we write; default 10 minutes. RFC 1939 §3. */
  readonly writeTimeout?: number;
  /** Cuts the connection: nothing is removed on the server. One per connection. RFC 1939 §3. */
  readonly cancel?: Cancel;
}

/** Why something was not to be had: the server said no (`status`), or the session has ended (`end`). */
export interface Pop3Failure {
  /** For people. */
  readonly text: string;
  readonly status?: Status;
  readonly end?: Pop3ClientEnd;
}
