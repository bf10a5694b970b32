/** A `Wire` on a connection of Deno: all that the loops of Postino ask of a runtime. */
import { StateError, type Cancel, type Endpoint, type TlsInfo, type Wire } from '@postino/wire';

type Got = Uint8Array | null | 'timeout' | 'cancelled';

export class DenoWire implements Wire {
  readonly peer: Endpoint;
  readonly local: Endpoint;
  readonly tls: TlsInfo | null;
  readonly #connection: Deno.Conn;
  /** A chunk is always being read ahead, so that `buffered()` can say what has come. */
  #next: Promise<Uint8Array | null>;
  #arrived = 0;
  #waiting: { cancel: Cancel | undefined; end(how: 'timeout' | 'cancelled'): void } | null = null;
  readonly #watched = new WeakSet<Cancel>();

  /** `tls` is what Deno has done already: it has no STARTTLS for servers. */
  constructor(connection: Deno.Conn, tls: TlsInfo | null = null) {
    this.#connection = connection;
    this.peer = endpoint(connection.remoteAddr);
    this.local = endpoint(connection.localAddr);
    this.tls = tls;
    this.#next = this.#read();
  }

  async read(timeout: number, cancel?: Cancel): Promise<Got> {
    if (this.#waiting) throw new StateError('a read is pending already');
    if (cancel?.aborted) return 'cancelled';
    const { promise, resolve } = Promise.withResolvers<'timeout' | 'cancelled'>();
    const timer = timeout > 0 ? setTimeout(resolve, timeout, 'timeout') : undefined;
    if (cancel) this.#watch(cancel);
    this.#waiting = { cancel, end: resolve };
    try {
      const got = await Promise.race([this.#next, promise]);
      if (got instanceof Uint8Array) this.#next = this.#read();
      return got;
    } finally {
      clearTimeout(timer);
      this.#waiting = null;
    }
  }

  /** Who takes nothing for so long is cut off, which the write then tells. */
  async write(bytes: Uint8Array, timeout: number = 180_000): Promise<void> {
    for (let rest = bytes; rest.length > 0;) {
      const timer = setTimeout(() => this.destroy(), timeout);
      const written = await this.#connection.write(rest).finally(() => clearTimeout(timer));
      rest = rest.subarray(written);
    }
  }

  buffered(): number {
    return this.#arrived;
  }

  startTls(): Promise<TlsInfo> {
    return Promise.reject(new StateError('Deno has no STARTTLS for servers'));
  }

  async close(): Promise<void> {
    await this.#connection.closeWrite().catch(() => {});
    // What the peer still says is read, or its system would be told that our last words are void.
    while ((await this.read(5_000).catch(() => null)) instanceof Uint8Array);
    this.destroy();
  }

  destroy(): void {
    try {
      this.#connection.close();
    } catch {
      // It was closed already.
    }
  }

  #read(): Promise<Uint8Array | null> {
    const chunk = new Uint8Array(65_536);
    this.#arrived = 0;
    const next = this.#connection.read(chunk).then((octets) => {
      this.#arrived = octets ?? 0;
      return octets === null ? null : chunk.subarray(0, octets);
    });
    next.catch(() => {}); // who reads next is told
    return next;
  }

  /** One `Cancel` may serve any number of reads, and is listened to once. */
  #watch(cancel: Cancel): void {
    if (this.#watched.has(cancel)) return;
    this.#watched.add(cancel);
    cancel.addEventListener('abort', () => {
      if (this.#waiting?.cancel === cancel) this.#waiting.end('cancelled');
    });
  }
}

function endpoint({ hostname, port }: Deno.NetAddr): Endpoint {
  return { address: hostname, port };
}
