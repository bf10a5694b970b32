/** A `Wire` on a socket of Cloudflare Workers: all that the loops of Postino ask of a runtime. */
import { connect, type Socket } from 'cloudflare:sockets';
import { StateError, type Cancel, type Endpoint, type TlsInfo, type Wire } from '@postino/wire';

type Got = Uint8Array | null | 'timeout' | 'cancelled';

/** Workers verify the certificate against their own authorities, and tell nothing else of the session. */
const TLS: TlsInfo = { protocol: 'unknown', cipher: 'unknown', authorized: true };

export class WorkerWire implements Wire {
  readonly peer: Endpoint;
  readonly local: Endpoint = { address: '', port: 0 };
  tls: TlsInfo | null = null;
  #socket: Socket;
  #reader: ReadableStreamDefaultReader<Uint8Array>;
  #writer: WritableStreamDefaultWriter<Uint8Array>;
  /** A read that its caller did not wait for, so that no byte is lost. */
  #next: Promise<Uint8Array | null> | null = null;
  #reading = false;

  constructor(hostname: string, port: number) {
    this.peer = { address: hostname, port };
    this.#socket = connect({ hostname, port }, { secureTransport: 'starttls' });
    this.#reader = this.#socket.readable.getReader();
    this.#writer = this.#socket.writable.getWriter();
  }

  async read(timeout: number, cancel?: Cancel): Promise<Got> {
    if (this.#reading) throw new StateError('a read is pending already');
    if (cancel?.aborted) return 'cancelled';
    const { promise, resolve } = Promise.withResolvers<'timeout' | 'cancelled'>();
    const timer = timeout > 0 ? setTimeout(resolve, timeout, 'timeout') : undefined;
    cancel?.addEventListener('abort', () => resolve('cancelled'));
    this.#next ??= this.#reader.read().then(({ value }) => value ?? null);
    this.#reading = true;
    try {
      const got = await Promise.race([this.#next, promise]);
      if (got instanceof Uint8Array) this.#next = null;
      return got;
    } finally {
      clearTimeout(timer);
      this.#reading = false;
    }
  }

  /** Who takes nothing for so long is cut off, which the write then tells. */
  async write(bytes: Uint8Array, timeout: number = 180_000): Promise<void> {
    const timer = setTimeout(() => this.destroy(), timeout);
    await this.#writer.write(bytes).finally(() => clearTimeout(timer));
  }

  /** A stream does not say what has arrived; what came before TLS would break the handshake. */
  buffered(): number {
    return 0;
  }

  /** For the name that was connected to: Workers take no other. */
  async startTls(): Promise<TlsInfo> {
    if (this.#next) throw new StateError('no time for startTls(): a read is pending');
    this.#reader.releaseLock();
    this.#writer.releaseLock();
    this.#socket = this.#socket.startTls();
    this.#reader = this.#socket.readable.getReader();
    this.#writer = this.#socket.writable.getWriter();
    await this.#socket.opened;
    return (this.tls = TLS);
  }

  async close(): Promise<void> {
    await this.#writer.close().catch(() => {});
    await this.#socket.close().catch(() => {});
  }

  destroy(): void {
    void this.#socket.close().catch(() => {});
  }
}
