/** Two wires that end in each other, in memory: what a test or an embedder talks through where no socket is wanted. */
import type { Cancel, Endpoint, TlsInfo, Wire } from './types.ts';

type Got = Uint8Array | null | 'timeout' | 'cancelled';

/** A `Wire` without a clock: a read waits for ever, until `expire()` says that its time is up. */
export interface MemoryWire extends Wire {
  /** Ends a read that is pending with `'timeout'`; without one, does nothing. */
  expire(): void;
}

/** A pair of connected wires; what one writes the other reads, chunk by chunk. TLS is a mark, no cipher. */
export function memoryWires(): [MemoryWire, MemoryWire] {
  const near = { address: '127.0.0.1', port: 25 };
  const far = { address: '127.0.0.1', port: 1025 };
  const one = new MemoryEnd(near, far);
  const other = new MemoryEnd(far, near);
  one.join(other);
  other.join(one);
  return [one, other];
}

const TLS: TlsInfo = { protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', authorized: false };

interface Pending {
  readonly resolve: (got: Got) => void;
  readonly reject: (error: Error) => void;
  readonly cancel: Cancel | undefined;
}

class MemoryEnd implements MemoryWire {
  readonly local: Endpoint;
  readonly peer: Endpoint;
  tls: TlsInfo | null = null;
  #other: MemoryEnd | null = null;
  #chunks: Uint8Array[] = [];
  #peerEnded = false;
  #broken = false;
  #pending: Pending | null = null;
  readonly #watched = new WeakSet<Cancel>();

  constructor(local: Endpoint, peer: Endpoint) {
    this.local = local;
    this.peer = peer;
  }

  join(other: MemoryEnd): void {
    this.#other = other;
  }

  read(_timeout: number, cancel?: Cancel): Promise<Got> {
    if (this.#pending) return Promise.reject(new Error('a read is pending already'));
    if (this.#broken) return Promise.reject(new Error('the connection is broken'));
    const chunk = this.#chunks.shift();
    if (chunk) return Promise.resolve(chunk);
    if (this.#peerEnded) return Promise.resolve(null);
    if (cancel?.aborted) return Promise.resolve('cancelled');
    if (cancel) this.#watch(cancel);
    return new Promise((resolve, reject) => (this.#pending = { resolve, reject, cancel }));
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#broken || !this.#other) throw new Error('the connection is broken');
    if (bytes.length > 0) this.#other.#arrived(new Uint8Array(bytes));
  }

  buffered(): number {
    return this.#chunks.reduce((octets, chunk) => octets + chunk.length, 0);
  }

  async startTls(): Promise<TlsInfo> {
    this.#chunks = [];
    this.tls = TLS;
    return TLS;
  }

  async close(): Promise<void> {
    if (this.#other) this.#other.#ended();
    this.#other = null;
  }

  destroy(): void {
    const other = this.#other;
    this.#other = null;
    this.#break();
    if (other) other.#break();
  }

  expire(): void {
    this.#settle('timeout');
  }

  /** A `Cancel` has no way to stop listening, so one that serves many reads is listened to once. */
  #watch(cancel: Cancel): void {
    if (this.#watched.has(cancel)) return;
    this.#watched.add(cancel);
    cancel.addEventListener('abort', () => {
      if (this.#pending?.cancel === cancel) this.#settle('cancelled');
    });
  }

  #arrived(bytes: Uint8Array): void {
    if (this.#pending) this.#settle(bytes);
    else this.#chunks.push(bytes);
  }

  #ended(): void {
    this.#peerEnded = true;
    this.#settle(null);
  }

  #break(): void {
    this.#broken = true;
    this.#pending?.reject(new Error('the connection is broken'));
    this.#pending = null;
  }

  #settle(got: Got): void {
    const pending = this.#pending;
    this.#pending = null;
    pending?.resolve(got);
  }
}
