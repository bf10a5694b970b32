/** What waits to be sent: small pieces gathered into blocks, large ones passed on as they are. */

/** Octets of a block: large enough that a write costs little beside it, small enough for ten thousand sessions. */
export const BLOCK = 32_768;
const SMALLEST = 512;

/** A queue of octets. Blocks grow as they fill and are never used again, since the taker may hold them. */
export class Output {
  #block = new Uint8Array(0);
  #used = 0;
  #ready: Uint8Array[] = [];

  /** Whether a whole block waits; it should be taken before more is put in. */
  get full(): boolean {
    return this.#ready.length > 0;
  }

  /** Puts in ASCII text. */
  text(text: string): void {
    this.#makeRoom(text.length);
    for (let at = 0; at < text.length; at++) this.#block[this.#used++] = text.charCodeAt(at);
  }

  /** Puts in octets: copied, but for a block or more, which stays a view until it is taken. */
  bytes(bytes: Uint8Array): void {
    if (bytes.length >= BLOCK) {
      this.#seal();
      this.#ready.push(bytes);
      return;
    }
    this.#makeRoom(bytes.length);
    this.#block.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  /** The next block, or what there is of one; null when nothing waits. */
  take(): Uint8Array | null {
    if (this.#ready.length === 0) this.#seal();
    return this.#ready.shift() ?? null;
  }

  #makeRoom(length: number): void {
    if (this.#used + length <= this.#block.length) return;
    if (this.#used + length > BLOCK) this.#seal();
    // Behind a full block there is more to come, and growing again would cost more than the room.
    const least = this.full ? BLOCK : Math.max(2 * this.#block.length, SMALLEST);
    const block = new Uint8Array(Math.max(this.#used + length, Math.min(least, BLOCK)));
    block.set(this.#block.subarray(0, this.#used));
    this.#block = block;
  }

  #seal(): void {
    if (this.#used > 0) this.#ready.push(this.#block.subarray(0, this.#used));
    this.#block = new Uint8Array(0);
    this.#used = 0;
  }
}
