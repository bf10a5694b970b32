/**
 * The words that every room shares. Types only: nothing here runs, and nothing here names a runtime.
 */

/** An enhanced status code, as `5.1.1`. RFC 3463 §2. */
export type Status = `${2 | 4 | 5}.${number}.${number}`;

/** An SMTP reply: one line of text, or several. Text never holds CR or LF. RFC 5321 §4.2. */
export interface Reply {
  readonly code: number;
  /** Left out where RFC 2034 §4 forbids one (greeting, EHLO) or none is known. */
  readonly status?: Status;
  readonly text: string | readonly string[];
}

/** Tells a long call that nobody waits for its result any more; an `AbortSignal` is one. */
export interface Cancel {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
}

/**
 * Where content is pushed to. `write` may answer with a promise: wait for it before the next write.
 * Exactly one of `end` (keep it, get the result) and `abort` (leave no trace) closes a sink.
 */
export interface Sink<T> {
  write(bytes: Uint8Array): Promise<void> | void;
  end(): Promise<T>;
  abort(): Promise<void>;
}

/** One end of a connection: an IP address without brackets, and a port. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** What is known of a TLS session that stands. */
export interface TlsInfo {
  /** As OpenSSL writes it: `TLSv1.3`. */
  readonly protocol: string;
  /** The IANA name: `TLS_AES_256_GCM_SHA384`. */
  readonly cipher: string;
  /** The name that the client asked for, SNI. RFC 6066 §3. */
  readonly serverName?: string;
  /** The peer's certificate in DER. */
  readonly peerCertificate?: Uint8Array;
  /** Whether that certificate stood up to the verification that was asked for. */
  readonly authorized: boolean;
  /** Keying material for channel binding. RFC 9266 §2, RFC 5705. */
  exporter?(label: string, length: number): Uint8Array;
}

/** A TLSA record: how a peer's certificate is pinned. RFC 6698 §2.1. */
export interface Tlsa {
  readonly usage: number;
  readonly selector: number;
  readonly matchingType: number;
  readonly data: Uint8Array;
}

/** What to ask of a handshake: the name to send, and how far to trust the other side. */
export interface TlsOptions {
  readonly serverName?: string;
  readonly verify?: 'none' | 'pki' | readonly Tlsa[];
}

/** A connection as the loops see it. A runtime gives one; `memoryWires()` gives a pair. */
export interface Wire {
  readonly peer: Endpoint;
  readonly local: Endpoint;
  readonly tls: TlsInfo | null;
  /**
   * The next bytes, at the most one read at a time. `null`: the peer has ended its side. `'timeout'`: nothing came
   * within `timeout` milliseconds (0 waits for ever). `'cancelled'`: `cancel` fired first; no byte is lost. One `Cancel`
   * may serve any number of reads, and is listened to once.
   * Rejects when the connection broke.
   */
  read(timeout: number, cancel?: Cancel): Promise<Uint8Array | null | 'timeout' | 'cancelled'>;
  /** Resolves when more may be written; rejects when the connection broke or the peer took nothing for `timeout` ms. */
  write(bytes: Uint8Array, timeout?: number): Promise<void>;
  /** Octets that have arrived and were not read: asked where the peer must have waited. */
  buffered(): number;
  /** Starts TLS and drops all that was read before it, the socket's own buffer included. RFC 3207 §4.2. */
  startTls(options?: TlsOptions): Promise<TlsInfo>;
  /** Flushes, ends our side, and drains the peer's for a short while. */
  close(): Promise<void>;
  /** Lets go at once. */
  destroy(): void;
}
