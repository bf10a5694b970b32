/** The top of a message: its header, the blank line, and so many lines of the body. RFC 1939 §7 (TOP). */

const LF = 0x0a;
const CR = 0x0d;

/** Counts lines over a stream. A message without a blank line is all header. */
export class TopReader {
  /** Lines still wanted behind the blank line. */
  #lines: number;
  #inBody = false;
  /** Octets of the line that is being read, so far, and whether the first of them is CR. */
  #length = 0;
  #beginsWithCr = false;

  constructor(lines: number) {
    this.#lines = lines;
  }

  /** Whether nothing more is wanted. */
  get ended(): boolean {
    return this.#inBody && this.#lines === 0;
  }

  /** How much of the next bytes belongs to the top: a view. */
  take(bytes: Uint8Array): Uint8Array {
    let from = 0;
    while (!this.ended) {
      const lf = bytes.indexOf(LF, from);
      this.#look(bytes, from, lf < 0 ? bytes.length : lf);
      if (lf < 0) return bytes;
      this.#endLine();
      from = lf + 1;
    }
    return bytes.subarray(0, from);
  }

  #look(bytes: Uint8Array, from: number, to: number): void {
    if (this.#length === 0) this.#beginsWithCr = bytes[from] === CR;
    this.#length += to - from;
  }

  #endLine(): void {
    if (this.#inBody) this.#lines--;
    else this.#inBody = this.#length === 0 || (this.#length === 1 && this.#beginsWithCr);
    this.#length = 0;
  }
}
