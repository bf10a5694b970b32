/**
 * What stands between two words of a body, and is only counted until the second one comes: line ends, and white space
 * after the last of them. A word is all that is neither, a CR or LF alone too.
 */
import { type Emit, Pieces } from './pieces.ts';

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

const LONE_CR = Uint8Array.of(CR);
const LONE_SPACE = Uint8Array.of(SPACE);
const CRLF = Uint8Array.of(CR, LF);

/** A gap that is carried from chunk to chunk, and the way out for what stands around it. */
export class Gap {
  readonly #pieces: Pieces;
  #lines = 0;
  #space = false;
  /** Whether a CR came last, which the next chunk may make a line end. */
  #cr = false;
  #hadWords = false;

  constructor(emit: Emit) {
    this.#pieces = new Pieces(emit);
  }

  /** Whether a gap stands open. */
  get open(): boolean {
    return this.#lines > 0 || this.#space;
  }

  /** Whether there was any word. */
  get hadWords(): boolean {
    return this.#hadWords;
  }

  /** With a new chunk: decides on a CR that ended the one before, and says where to go on. */
  resume(chunk: Uint8Array): number {
    if (!this.#cr || chunk.length === 0) return 0;
    if (chunk[0] !== LF) {
      this.finish();
      return 0;
    }
    this.#cr = false;
    this.#lineEnd();
    return 1;
  }

  /** No LF comes: a CR that was held is a word. */
  finish(): void {
    if (!this.#cr) return;
    this.#cr = false;
    this.close();
    this.put(LONE_CR, 0, 1);
  }

  /** Counts on from `start`, and says where the next word begins. */
  skip(chunk: Uint8Array, start: number): number {
    let at = start;
    for (; at < chunk.length; at++) {
      const octet = chunk[at];
      if (octet === SPACE || octet === TAB) {
        this.#space = true;
      } else if (octet === CR && chunk[at + 1] === LF) {
        this.#lineEnd();
        at++;
      } else if (octet === CR && at + 1 === chunk.length) {
        this.#cr = true;
      } else {
        break;
      }
    }
    return at;
  }

  /** Whether what is left of the gap is just what stands from `start` to `end`: nothing of it was dropped. */
  isAsWritten(chunk: Uint8Array, start: number, end: number): boolean {
    const left = 2 * this.#lines + (this.#space ? 1 : 0);
    return end - start === left && !(this.#space && chunk[end - 1] === TAB);
  }

  /** A word comes: writes what is left of the gap. */
  close(): void {
    for (let line = 0; line < this.#lines; line++) this.put(CRLF, 0, 2);
    if (this.#space) this.put(LONE_SPACE, 0, 1);
    this.forget();
  }

  /** A word comes, and the gap needs no writing: it goes out with the words around it. */
  forget(): void {
    this.#lines = 0;
    this.#space = false;
    this.#hadWords = true;
  }

  /** Lets octets out that are no gap. */
  put(bytes: Uint8Array, start: number, end: number): void {
    this.#pieces.add(bytes, start, end);
  }

  /** Lets out what was put together. */
  flush(): void {
    this.#pieces.flush();
  }

  #lineEnd(): void {
    this.#lines++;
    this.#space = false;
  }
}
