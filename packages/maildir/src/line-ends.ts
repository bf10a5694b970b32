/**
 * Lines end in CRLF on the wire and in LF on disk. Every octet string that has no lone LF and ends in CRLF comes back
 * octet for octet; a lone LF comes back as CRLF, and a missing last line end is added.
 *
 * A lone CR is kept. Since files that others wrote may have CRLF, a reader takes CR LF as it stands; so CR CR LF is
 * stored as it is, not as the CR LF that would then lose one CR. Where lines end in CRLF on disk too, all of this holds.
 */

const CR = 0x0d;
const LF = 0x0a;

/** How lines end on disk. */
export type LineEnds = 'lf' | 'crlf';

/** From the wire to the disk. */
export interface Encoder {
  /** Octets so far as `read()` will yield them. */
  readonly size: number;
  /** Octets so far on disk. */
  readonly diskSize: number;
  /** A copy of a chunk as it belongs on disk; a CR at its end may be held back until the next. */
  encode(chunk: Uint8Array): Uint8Array;
  /** What is left to write: the last line's end where it is missing. No content at all stays empty. */
  end(): Uint8Array;
}

/** With LF on disk. */
export class LfEncoder implements Encoder {
  #size = 0;
  #diskSize = 0;
  #last = LF;
  #beforeLast = LF;

  get size(): number {
    return this.#size;
  }

  get diskSize(): number {
    return this.#diskSize;
  }

  encode(chunk: Uint8Array): Uint8Array {
    const out = new Uint8Array(chunk.length + 1);
    let length = 0;
    let last = this.#last;
    let beforeLast = this.#beforeLast;
    let loneLfs = 0;
    if (last === CR) out[length++] = CR;
    for (let at = 0; at < chunk.length; at++) {
      const octet = chunk[at]!;
      if (octet === LF) {
        if (last !== CR) loneLfs++;
        else if (beforeLast !== CR) length--;
      }
      out[length++] = octet;
      beforeLast = last;
      last = octet;
    }
    if (last === CR) length--;
    this.#last = last;
    this.#beforeLast = beforeLast;
    this.#size += chunk.length + loneLfs;
    this.#diskSize += length;
    return out.subarray(0, length);
  }

  end(): Uint8Array {
    return this.encode(this.#last === LF ? new Uint8Array() : Uint8Array.of(CR, LF));
  }
}

/** From the disk to the wire. */
export class CrlfDecoder {
  #last = LF;

  /** A copy of a chunk as it belongs on the wire. */
  decode(chunk: Uint8Array): Uint8Array {
    const out = new Uint8Array(this.#sizeOf(chunk));
    let length = 0;
    let last = this.#last;
    for (let at = 0; at < chunk.length; at++) {
      const octet = chunk[at]!;
      if (octet === LF && last !== CR) out[length++] = CR;
      out[length++] = octet;
      last = octet;
    }
    this.#last = last;
    return out;
  }

  /** The last line's end, where it is missing. */
  end(): Uint8Array {
    return this.#last === LF ? new Uint8Array() : Uint8Array.of(CR, LF);
  }

  #sizeOf(chunk: Uint8Array): number {
    let size = chunk.length;
    for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, at + 1))
      if ((at === 0 ? this.#last : chunk[at - 1]) !== CR) size++;
    return size;
  }
}

/** With CRLF on disk: what a reader would make of it is written at once. */
export class CrlfEncoder implements Encoder {
  readonly #decoder = new CrlfDecoder();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get diskSize(): number {
    return this.#size;
  }

  encode(chunk: Uint8Array): Uint8Array {
    return this.#counted(this.#decoder.decode(chunk));
  }

  end(): Uint8Array {
    return this.#counted(this.#decoder.end());
  }

  #counted(bytes: Uint8Array): Uint8Array {
    this.#size += bytes.length;
    return bytes;
  }
}
