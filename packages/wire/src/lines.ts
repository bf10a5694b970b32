/**
 * Command lines out of chunks. A line ends with CRLF and with nothing else, RFC 5321 §2.3.8: what stands after a bare
 * LF never becomes a command of its own.
 */
import { StateError } from './state-error.ts';

const LF = 0x0a;
const CR = 0x0d;
const EMPTY: Uint8Array = new Uint8Array(0);

/** Why a line is none: over the limit, or holding a bare CR, a bare LF or a NUL. */
export type LineFault = 'tooLong' | 'bareCr' | 'bareLf' | 'nul';

/** A line without its CRLF, good until the next `push`; with a fault, `bytes` is empty. */
export interface Line {
  readonly bytes: Uint8Array;
  readonly fault: LineFault | null;
}

/**
 * Cuts chunks into lines of at most `limit` octets, the CRLF counted. Memory: one chunk and one line.
 *
 * A faulty line is one `Line` too. `tooLong` and `bareLf` are told as soon as they are seen, so that a client which
 * never sends CRLF learns why; the rest, up to the true CRLF, is then dropped in silence.
 */
export class LineReader {
  /** Octets a line may have, its CRLF counted. May be changed between two lines. */
  limit: number;
  #chunk: Uint8Array = EMPTY;
  #at = 0;
  /** The beginning of a line that was cut by the edge of a chunk. */
  #held: Uint8Array = EMPTY;
  #skipping = false;
  /** While skipping: the last octet seen was CR. */
  #afterCr = false;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Takes a chunk. Only after `next()` gave null, or after `rest()`. */
  push(chunk: Uint8Array): void {
    if (this.#at < this.#chunk.length) throw new StateError('push() before next() gave null');
    this.#chunk = chunk;
    this.#at = 0;
  }

  /** The next line, or null when the chunk is used up. */
  next(): Line | null {
    if (this.#skipping && !this.#skip()) return null;
    const lf = this.#chunk.indexOf(LF, this.#at);
    const end = lf < 0 ? this.#chunk.length : lf + 1;
    if (this.#held.length + end - this.#at > this.limit) return this.#tooLong(lf);
    const bytes = this.#take(end);
    if (lf >= 0) return finished(bytes) ?? this.#bareLf();
    // A copy, because a view would pin the whole chunk for as long as the peer likes; and `slice` of a Buffer is a view.
    if (bytes.length > 0) this.#held = new Uint8Array(bytes);
    return null;
  }

  /** Hands over what is unread of the chunk, a view, and forgets it: content or TLS begins there. */
  rest(): Uint8Array {
    const rest = this.#chunk.subarray(this.#at);
    this.#chunk = EMPTY;
    this.#at = 0;
    return rest;
  }

  /** Octets held or unread: more than nothing means that the peer has said something that was not looked at. */
  get buffered(): number {
    return this.#held.length + this.#chunk.length - this.#at;
  }

  /** Forgets all that was received, half a line included. RFC 3207 §4.2. */
  reset(): void {
    this.#chunk = EMPTY;
    this.#held = EMPTY;
    this.#at = 0;
    this.#skipping = false;
    this.#afterCr = false;
  }

  #take(end: number): Uint8Array {
    const tail = this.#chunk.subarray(this.#at, end);
    this.#at = end;
    if (this.#held.length === 0) return tail;
    const bytes = new Uint8Array(this.#held.length + tail.length);
    bytes.set(this.#held);
    bytes.set(tail, this.#held.length);
    this.#held = EMPTY;
    return bytes;
  }

  #tooLong(lf: number): Line {
    const crlf = lf >= 0 && this.#endsInCrlf(lf);
    if (lf < 0) this.#afterCr = this.#chunk.at(-1) === CR;
    this.#skipping = !crlf;
    this.#at = lf < 0 ? this.#chunk.length : lf + 1;
    this.#held = EMPTY;
    return { bytes: EMPTY, fault: 'tooLong' };
  }

  #bareLf(): Line {
    this.#skipping = true;
    this.#afterCr = false;
    return { bytes: EMPTY, fault: 'bareLf' };
  }

  #endsInCrlf(lf: number): boolean {
    return (lf > this.#at ? this.#chunk[lf - 1] : this.#held.at(-1)) === CR;
  }

  /** Drops octets up to the next CRLF; false when the chunk ends before it. */
  #skip(): boolean {
    while (this.#skipping && this.#at < this.#chunk.length) {
      const octet = this.#chunk[this.#at++];
      this.#skipping = !(octet === LF && this.#afterCr);
      this.#afterCr = octet === CR;
    }
    return !this.#skipping;
  }
}

/** The line that `bytes`, ending in LF, are; null where that LF is bare. */
function finished(bytes: Uint8Array): Line | null {
  const end = bytes.length - 2;
  if (bytes[end] !== CR) return null;
  const line = bytes.subarray(0, end);
  const fault = line.includes(CR) ? 'bareCr' : line.includes(0) ? 'nul' : null;
  return { bytes: fault ? EMPTY : line, fault };
}
