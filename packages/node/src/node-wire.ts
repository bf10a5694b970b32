/** A `Wire` on a socket of node:net. It knows bytes, time and TLS, and no protocol. */
import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import {
  StateError,
  type Cancel,
  type Endpoint,
  type TlsInfo,
  type TlsOptions,
  type Wire,
} from '@postino/wire';
import { localOf, peerOf } from './endpoint.ts';
import { ReadQueue, type Got } from './read-queue.ts';
import { acceptTls, requestTls, type Secured } from './tls-handshake.ts';

/** Octets that may wait to be read before the peer is held back. */
export const READ_HIGH_WATER: number = 64 * 1024;
/** Milliseconds that a peer may take nothing of what we write: the 3 minutes of RFC 5321 §4.5.3.2.5. */
export const WRITE_TIMEOUT: number = 3 * 60_000;
/** Milliseconds for a whole TLS handshake: several slow round trips. Our choice. */
export const HANDSHAKE_TIMEOUT = 30_000;
/** Milliseconds for the last bytes and the peer's FIN, before a connection is cut. Our choice. */
export const CLOSE_TIMEOUT = 5_000;

/** Settings of a wire; times in milliseconds. */
export interface NodeWireOptions {
  /** What to show in a handshake. With them this end is TLS's server, without them its client. */
  readonly certificates?: { current(): Promise<SecureContext> };
  /** Authorities to trust, in PEM, for a client that verifies; the default is Node's own list. */
  readonly authorities?: readonly string[];
  readonly readHighWater?: number;
  /** For a `write` that names none. */
  readonly writeTimeout?: number;
  readonly handshakeTimeout?: number;
  readonly closeTimeout?: number;
}

interface PendingWrite {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

const WRITTEN = Promise.resolve();

/**
 * A connection that is read and written by asking. Chunks are handed out as the socket gave them, never copied, never
 * reused. Make it as soon as the socket is there, and with `allowHalfOpen`, or the peer's FIN ends our side too.
 */
export class NodeWire implements Wire {
  #peer: Endpoint;
  #local: Endpoint;
  readonly #options: NodeWireOptions;
  readonly #readHighWater: number;
  readonly #reads = new ReadQueue();
  readonly #writes: PendingWrite[] = [];
  #socket: Socket;
  #tls: TlsInfo | null = null;
  #failure: Error | null = null;
  #closing: Promise<void> | null = null;

  constructor(socket: Socket, options: NodeWireOptions = {}) {
    this.#options = options;
    this.#readHighWater = options.readHighWater ?? READ_HIGH_WATER;
    this.#socket = socket;
    this.#peer = peerOf(socket);
    this.#local = localOf(socket);
    // Replies are written whole; Nagle's delay would only hold them back.
    socket.setNoDelay(true);
    this.#attach(socket);
  }

  get peer(): Endpoint {
    return this.#peer;
  }

  get local(): Endpoint {
    return this.#local;
  }

  get tls(): TlsInfo | null {
    return this.#tls;
  }

  read(timeout: number, cancel?: Cancel): Promise<Got> {
    const got = this.#reads.read(timeout, cancel);
    if (this.#reads.octets === 0 && this.#socket.isPaused()) this.#socket.resume();
    return got;
  }

  /** As `Wire.write`; the bytes belong to the wire until they have left, so do not change them. */
  write(
    bytes: Uint8Array,
    timeout: number = this.#options.writeTimeout ?? WRITE_TIMEOUT,
  ): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#closing) return Promise.reject(new StateError('write() after close()'));
    this.#socket.write(bytes);
    if (this.#socket.writableLength < this.#socket.writableHighWaterMark) return WRITTEN;
    return this.#drained(timeout);
  }

  /** Gives back the end of a chunk that was read: it is the beginning of the next. */
  unread(bytes: Uint8Array): void {
    this.#reads.unread(bytes);
  }

  /** From now on the wire is known by the addresses that a proxy told of. */
  standFor({ peer, local }: { readonly peer: Endpoint; readonly local: Endpoint }): void {
    this.#peer = peer;
    this.#local = local;
  }

  buffered(): number {
    return this.#reads.octets + this.#socket.readableLength;
  }

  async startTls(options: TlsOptions = {}): Promise<TlsInfo> {
    const plain = this.#prepareTls(options);
    // What came before TLS may be an attacker's; none of it reaches the handshake or what follows. RFC 3207 §4.2.
    this.#reads.clear();
    while (plain.read() !== null);
    return this.#secure(plain, options);
  }

  /** TLS from the first octet: what has arrived is the handshake's. RFC 8314 §3. */
  async expectTls(options: TlsOptions = {}): Promise<TlsInfo> {
    const plain = this.#prepareTls(options);
    for (const chunk of this.#reads.clear().toReversed()) plain.unshift(chunk);
    return this.#secure(plain, options);
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  destroy(): void {
    this.#fail(new Error('the connection was cut on our side'));
    this.#reads.clear();
    this.#socket.destroy();
  }

  #prepareTls(options: TlsOptions): Socket {
    this.#mayStartTls(options);
    this.#detach(this.#socket);
    return this.#socket;
  }

  #secure(plain: Socket, options: TlsOptions): Promise<TlsInfo> {
    return this.#handshake(plain, options).then(
      ({ socket, tls }) => {
        this.#socket = socket;
        this.#attach(socket);
        return (this.#tls = tls);
      },
      (error: Error) => {
        this.#fail(error);
        plain.destroy();
        throw error;
      },
    );
  }

  #handshake(plain: Socket, options: TlsOptions): Promise<Secured> {
    const timeout = this.#options.handshakeTimeout ?? HANDSHAKE_TIMEOUT;
    const { certificates, authorities } = this.#options;
    if (!certificates) return requestTls(plain, this.peer, { ...options, authorities, timeout });
    return certificates.current().then((context) => acceptTls(plain, context, timeout));
  }

  #mayStartTls({ verify = 'none' }: TlsOptions): void {
    if (this.#failure) throw this.#failure;
    if (this.#tls || this.#closing || this.#reads.reading) throw new StateError('no time for TLS');
    if (this.#reads.ended) throw new Error('TLS handshake failed: the peer has ended its side');
    // Not done: client certificates on the server's side, DANE on the client's (RFC 7672).
    if (typeof verify !== 'string')
      throw new TypeError('verifying by TLSA records is not done yet');
    if (verify === 'pki' && this.#options.certificates) {
      throw new TypeError("the server's side cannot verify the client");
    }
  }

  #drained(timeout: number): Promise<void> {
    // Node's own timer sees a write that goes on slowly, and lets it.
    this.#socket.setTimeout(timeout);
    return new Promise((resolve, reject) => {
      this.#writes.push({ resolve, reject });
    });
  }

  async #close(): Promise<void> {
    const socket = this.#socket;
    if (socket.destroyed) return;
    this.#reads.clear();
    this.#reads.fail(new Error('the connection is closed on our side'));
    socket.off('data', this.#listeners.data);
    // Unread bytes at the end would make the kernel answer with RST, which destroys our last words on their way.
    socket.resume();
    socket.end();
    await closed(socket, this.#options.closeTimeout ?? CLOSE_TIMEOUT);
    socket.destroy();
  }

  readonly #listeners = {
    data: (chunk: Uint8Array): void => {
      this.#reads.push(chunk);
      if (this.#reads.octets >= this.#readHighWater) this.#socket.pause();
    },
    end: (): void => this.#reads.end(),
    drain: (): void => {
      this.#socket.setTimeout(0);
      for (const write of this.#writes.splice(0)) write.resolve();
    },
    timeout: (): void => {
      this.#socket.destroy(new Error('the peer took nothing of what was written in time'));
    },
    error: (error: Error): void => this.#fail(error),
    close: (): void => this.#fail(new Error('the connection is closed')),
  };

  #attach(socket: Socket): void {
    for (const [event, listener] of Object.entries(this.#listeners)) socket.on(event, listener);
  }

  #detach(socket: Socket): void {
    socket.pause();
    for (const [event, listener] of Object.entries(this.#listeners)) socket.off(event, listener);
    // TLS tells of errors; what it leaves to the socket below must not end the process.
    socket.on('error', () => {});
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#reads.fail(error);
    for (const write of this.#writes.splice(0)) write.reject(error);
  }
}

/** Resolves when the socket is closed, or after `timeout` milliseconds. */
function closed(socket: Socket, timeout: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, timeout);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
