/**
 * The body of a message made ready to be hashed, as it flows. RFC 6376 §3.4.3, §3.4.4. What does not change goes out as
 * views into the chunk, or copied where it is short; what may yet turn out to be the end of the body is only counted.
 */
import type { Canonicalization } from './canonicalization.ts';
import { Gap } from './gap.ts';
import type { Emit } from './pieces.ts';

/** One canonicalization at work. */
export interface CanonicalBody {
  write(chunk: Uint8Array): void;
  end(): void;
}

/** A canonicalization that hands its output to `emit`. */
export function canonicalBody(how: Canonicalization, emit: Emit): CanonicalBody {
  return how === 'relaxed' ? new RelaxedBody(emit) : new SimpleBody(emit);
}

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const CRLF = Uint8Array.of(CR, LF);

/** Octets that are asked for white space at once: base64 has none, and is not looked at octet by octet. */
const WINDOW = 4096;

/** Empty lines at the end go, and a line end is there in any case. RFC 6376 §3.4.3. */
class SimpleBody implements CanonicalBody {
  readonly #gap: Gap;

  constructor(emit: Emit) {
    this.#gap = new Gap(emit);
  }

  write(chunk: Uint8Array): void {
    writeSolid(chunk, this.#gap.resume(chunk), this.#gap);
  }

  end(): void {
    this.#gap.finish();
    this.#gap.put(CRLF, 0, 2);
    this.#gap.flush();
  }
}

/** White space becomes one space, and at the end of a line none; empty lines at the end go. RFC 6376 §3.4.4. */
class RelaxedBody implements CanonicalBody {
  readonly #gap: Gap;

  constructor(emit: Emit) {
    this.#gap = new Gap(emit);
  }

  write(chunk: Uint8Array): void {
    const gap = this.#gap;
    for (let at = 0; at < chunk.length; at += WINDOW) {
      // A Buffer, whose search is many times faster than that of a Uint8Array.
      const size = Math.min(WINDOW, chunk.length - at);
      const window = Buffer.from(chunk.buffer, chunk.byteOffset + at, size);
      const start = gap.resume(window);
      if (window.includes(SPACE) || window.includes(TAB)) writeWords(window, start, gap);
      // Line ends at its beginning belong to a gap that may have begun with white space.
      else writeSolid(window, gap.skip(window, start), gap);
    }
  }

  /** A body without any word is empty, and one with words ends with a line end. */
  end(): void {
    this.#gap.finish();
    if (this.#gap.hadWords) this.#gap.put(CRLF, 0, 2);
    this.#gap.flush();
  }
}

/** A chunk that goes out as it is, but for the line ends at its end, which are held back. */
function writeSolid(chunk: Uint8Array, start: number, gap: Gap): void {
  const end = lastWordEnd(chunk, start);
  if (end > start) {
    gap.close();
    gap.put(chunk, start, end);
  }
  gap.skip(chunk, end);
}

/** A chunk with white space. Words, and gaps that stay as they are, make a run; a gap that changes ends it. */
function writeWords(chunk: Uint8Array, start: number, gap: Gap): void {
  let run = start;
  let end = start;
  let carried = gap.open;
  for (let at = gap.skip(chunk, end); at < chunk.length; at = gap.skip(chunk, end)) {
    if (carried || !gap.isAsWritten(chunk, end, at)) {
      gap.put(chunk, run, end);
      gap.close();
      run = at;
    } else {
      gap.forget();
    }
    carried = false;
    end = wordsEnd(chunk, at);
  }
  gap.put(chunk, run, end);
}

/** Where the line ends begin that a chunk ends with, the last of which may only be a CR yet. */
function lastWordEnd(chunk: Uint8Array, start: number): number {
  let end = chunk.length;
  if (end > start && chunk[end - 1] === CR) end--;
  while (end - 2 >= start && chunk[end - 1] === LF && chunk[end - 2] === CR) end -= 2;
  return end;
}

/**
 * Where the words end that begin at `start`: before a gap that may have to change. Every octet comes by here, so a single
 * space and a single line end that a word follows are stepped over too.
 */
function wordsEnd(chunk: Uint8Array, start: number): number {
  const { length } = chunk;
  for (let at = start; ;) {
    let octet;
    do {
      if (at === length) return length;
      octet = chunk[at++]!;
    } while (octet > SPACE);
    const lineEnd = octet === CR && (at === length || chunk[at] === LF);
    if (octet === TAB || ((octet === SPACE || lineEnd) && !isWord(chunk, lineEnd ? at + 1 : at))) {
      return at - 1;
    }
    if (lineEnd) at++;
  }
}

function isWord(chunk: Uint8Array, at: number): boolean {
  return at < chunk.length && chunk[at]! > SPACE;
}
