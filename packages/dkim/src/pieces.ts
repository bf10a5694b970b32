/**
 * Octets on their way to hashes: short pieces are put together, long ones go on as the views they are. A call of a hash
 * costs more than copying a few octets, and copying many costs more than a call.
 */

/** Takes octets, which are only there for the time of the call. */
export type Emit = (bytes: Uint8Array) => void;

/** Octets of a piece that goes on by itself. */
const LONG = 512;
/** Octets that are put together at most: few enough to come out of the pool of buffers. */
const ROOM = 2048;

/** Puts pieces together. */
export class Pieces {
  readonly #emit: Emit;
  #room: Buffer | null = null;
  #held = 0;

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  /** The octets of `bytes` from `start` to `end`. */
  add(bytes: Uint8Array, start: number, end: number): void {
    const size = end - start;
    if (this.#held + size > ROOM || size >= LONG) this.flush();
    if (size >= LONG) return this.#emit(bytes.subarray(start, end));
    const room = (this.#room ??= Buffer.allocUnsafe(ROOM));
    let to = this.#held;
    for (let at = start; at < end; at++) room[to++] = bytes[at]!;
    this.#held = to;
  }

  /** Hands over what is held. */
  flush(): void {
    if (this.#held > 0) this.#emit(this.#room!.subarray(0, this.#held));
    this.#held = 0;
  }
}
