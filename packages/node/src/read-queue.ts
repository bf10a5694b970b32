/**
 * What has arrived and was not read, and the one read that waits for more. It knows no socket: whoever does pushes into
 * it and looks at `octets` to hold the peer back.
 */
import { StateError, type Cancel } from '@postino/wire';
import { Deadline } from './deadline.ts';

/** How a read ends, see `Wire.read`. */
export type Got = Uint8Array | null | 'timeout' | 'cancelled';

interface PendingRead {
  readonly resolve: (got: Got) => void;
  readonly reject: (error: Error) => void;
  readonly cancel: Cancel | undefined;
}

export class ReadQueue {
  #chunks: Uint8Array[] = [];
  #octets = 0;
  #ended = false;
  #failure: Error | null = null;
  #pending: PendingRead | null = null;
  readonly #deadline = new Deadline(() => this.#settle('timeout'));
  readonly #watched = new WeakSet<Cancel>();

  /** Octets that arrived and were not read. */
  get octets(): number {
    return this.#octets;
  }

  /** A read waits. */
  get reading(): boolean {
    return this.#pending !== null;
  }

  /** The peer has ended its side. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The next chunk, as in `Wire.read`. What arrived before a failure is still given. */
  read(timeout: number, cancel?: Cancel): Promise<Got> {
    if (this.#pending) return Promise.reject(new StateError('a read is pending already'));
    const chunk = this.#chunks.shift();
    if (chunk) {
      this.#octets -= chunk.length;
      return Promise.resolve(chunk);
    }
    if (this.#ended) return Promise.resolve(null);
    if (this.#failure) return Promise.reject(this.#failure);
    if (cancel?.aborted) return Promise.resolve('cancelled');
    if (cancel) this.#watch(cancel);
    this.#deadline.set(timeout);
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject, cancel };
    });
  }

  /** Bytes from the peer: to the read that waits, else into the queue. */
  push(chunk: Uint8Array): void {
    if (this.#pending) return this.#settle(chunk);
    this.#chunks.push(chunk);
    this.#octets += chunk.length;
  }

  /** Bytes that were read and are somebody else's to read: they come first. */
  unread(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#chunks.unshift(bytes);
    this.#octets += bytes.length;
  }

  /** The peer has ended its side. */
  end(): void {
    this.#ended = true;
    this.#settle(null);
  }

  /** The connection broke; the first reason stands. */
  fail(error: Error): void {
    this.#failure ??= error;
    const pending = this.#take();
    this.#deadline.stop();
    pending?.reject(this.#failure);
  }

  /** Forgets all that was not read, and hands it over in its order. */
  clear(): Uint8Array[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#octets = 0;
    return chunks;
  }

  #settle(got: Got): void {
    this.#take()?.resolve(got);
  }

  #take(): PendingRead | null {
    const pending = this.#pending;
    this.#pending = null;
    this.#deadline.clear();
    return pending;
  }

  /** A `Cancel` has no way to stop listening, so one that serves many reads is listened to once. */
  #watch(cancel: Cancel): void {
    if (this.#watched.has(cancel)) return;
    this.#watched.add(cancel);
    cancel.addEventListener('abort', () => {
      if (this.#pending?.cancel === cancel) this.#settle('cancelled');
    });
  }
}
