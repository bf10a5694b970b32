/**
 * The body of a message made ready to be hashed, as it flows. RFC 6376 §3.4.3, §3.4.4. What does not change goes out as
 * views into the chunk, in as long runs as there are; what may yet turn out to be the end of the body is only counted.
 * Only CRLF is a line end: a CR or LF alone is an octet like any other.
 */
import type { Canonicalization } from './canonicalization.ts';

/** Takes the canonical body piece by piece. */
export type Emit = (bytes: Uint8Array) => void;

/** One canonicalization at work. */
export interface CanonicalBody {
  write(chunk: Uint8Array): void;
  end(): void;
}

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

const LONE_CR = Uint8Array.of(CR);
const LONE_SPACE = Uint8Array.of(SPACE);
const CRLFS = new Uint8Array(512).map((_, at) => (at % 2 === 0 ? CR : LF));

/** A canonicalization that hands its output to `emit`. */
export function canonicalBody(how: Canonicalization, emit: Emit): CanonicalBody {
  return how === 'relaxed' ? new RelaxedBody(emit) : new SimpleBody(emit);
}

/** Empty lines at the end go, and a line end is there in any case. RFC 6376 §3.4.3. */
class SimpleBody implements CanonicalBody {
  readonly #emit: Emit;
  /** Line ends that came last. */
  #lines = 0;
  /** Whether a CR came last, which the next chunk may make a line end. */
  #cr = false;

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  write(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    const start = this.#cr ? this.#afterCr(chunk) : 0;
    this.#cr = chunk.length > start && chunk.at(-1) === CR;
    const end = this.#cr ? chunk.length - 1 : chunk.length;
    let tail = end;
    while (tail - 2 >= start && chunk[tail - 1] === LF && chunk[tail - 2] === CR) tail -= 2;
    if (tail > start) this.#put(chunk.subarray(start, tail));
    this.#lines += (end - tail) / 2;
  }

  end(): void {
    if (this.#cr) this.#put(LONE_CR);
    this.#emit(CRLFS.subarray(0, 2));
  }

  /** Where the chunk goes on behind a CR that ended the one before. */
  #afterCr(chunk: Uint8Array): number {
    if (chunk[0] !== LF) {
      this.#put(LONE_CR);
      return 0;
    }
    this.#lines++;
    return 1;
  }

  #put(bytes: Uint8Array): void {
    emitLines(this.#lines, this.#emit);
    this.#lines = 0;
    this.#emit(bytes);
  }
}

/**
 * White space within a line becomes one space, and at its end none; empty lines at the end go. RFC 6376 §3.4.4.
 *
 * The body is words and gaps. A gap is white space and line ends, and is only counted; with the next word it is known
 * what is left of it. Where that is what stands in the chunk, the run of octets that go out as they are is not broken.
 */
class RelaxedBody implements CanonicalBody {
  readonly #emit: Emit;
  /** The gap: how many line ends, and whether there was white space after the last. */
  #lines = 0;
  #space = false;
  /** Whether a CR came last, which the next chunk may make a line end. */
  #cr = false;
  /** Whether there was a word: a body without any is empty. */
  #any = false;

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  write(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    let at = this.#cr ? this.#afterCr(chunk) : 0;
    /** What stands from `run` to `end` goes out as it is. */
    let run = at;
    let end = at;
    let carried = this.#lines > 0 || this.#space;
    while ((at = this.#gap(chunk, at)) < chunk.length) {
      if (carried || !this.#standsIn(chunk, end, at)) {
        if (end > run) this.#emit(chunk.subarray(run, end));
        this.#emitGap();
        run = at;
      }
      carried = false;
      this.#forgetGap();
      at = end = wordEnd(chunk, at);
    }
    if (end > run) this.#emit(chunk.subarray(run, end));
    this.#any ||= end > run;
  }

  end(): void {
    if (this.#cr) this.#putCr();
    if (this.#any) this.#emit(CRLFS.subarray(0, 2));
  }

  /** Counts a gap, and says where the word behind it begins. */
  #gap(chunk: Uint8Array, start: number): number {
    for (let at = start; at < chunk.length; at++) {
      const octet = chunk[at];
      if (octet === SPACE || octet === TAB) {
        this.#space = true;
      } else if (octet !== CR) {
        return at;
      } else if (chunk[at + 1] === LF) {
        this.#lineEnd();
        at++;
      } else if (at + 1 < chunk.length) {
        return at;
      } else {
        this.#cr = true;
      }
    }
    return chunk.length;
  }

  /** Whether what is left of the gap is just what the chunk has from `start` to `end`: nothing of it was dropped. */
  #standsIn(chunk: Uint8Array, start: number, end: number): boolean {
    const left = 2 * this.#lines + (this.#space ? 1 : 0);
    return end - start === left && !(this.#space && chunk[end - 1] === TAB);
  }

  #emitGap(): void {
    emitLines(this.#lines, this.#emit);
    if (this.#space) this.#emit(LONE_SPACE);
  }

  #forgetGap(): void {
    this.#lines = 0;
    this.#space = false;
  }

  #lineEnd(): void {
    this.#lines++;
    this.#space = false;
  }

  /** Where the chunk goes on behind a CR that ended the one before. */
  #afterCr(chunk: Uint8Array): number {
    this.#cr = false;
    if (chunk[0] !== LF) {
      this.#putCr();
      return 0;
    }
    this.#lineEnd();
    return 1;
  }

  /** A CR that turned out to be a word. */
  #putCr(): void {
    this.#emitGap();
    this.#forgetGap();
    this.#emit(LONE_CR);
    this.#any = true;
  }
}

/**
 * Where the words end that begin at `at`: before a gap that may have to change. This loop sees every octet, so it also
 * steps over a single space, and over a single line end, that a word follows.
 */
function wordEnd(chunk: Uint8Array, at: number): number {
  for (; at < chunk.length; at++) {
    const octet = chunk[at]!;
    if (octet > SPACE) continue;
    const next = chunk[at + 1];
    if (octet === SPACE) {
      if (next === undefined || next <= SPACE) return at;
    } else if (octet === CR) {
      if (next === undefined) return at;
      if (next === LF && !(chunk[at + 2]! > SPACE)) return at;
    } else if (octet === TAB) {
      return at;
    }
  }
  return at;
}

function emitLines(lines: number, emit: Emit): void {
  for (let octets = 2 * lines; octets > 0; octets -= CRLFS.length) {
    emit(CRLFS.subarray(0, octets));
  }
}
