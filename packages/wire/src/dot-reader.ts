/**
 * Content without its dot-stuffing, up to the one sequence that ends it: CRLF.CRLF, where the start counts as after a
 * CRLF. RFC 5321 §4.1.1.4, §4.5.2; RFC 1939 §3. Whatever else looks like an end is content, and is noted as a fault.
 */
import { StateError } from './state-error.ts';
import { textEnd, wordsOf } from './text-run.ts';

const LF = 0x0a;
const CR = 0x0d;
const DOT = 0x2e;
const EMPTY: Uint8Array = new Uint8Array(0);

/** A CR or LF that stood alone. RFC 5321 §2.3.8. */
export type LineEndFault = 'bareCr' | 'bareLf';

/** Where the reader stands. A leading dot is dropped whether it ends or stuffs, so nothing is ever held back. */
type State =
  | 'LINE' // at the beginning of a line
  | 'DOTTED' // after a dot that began a line
  | 'DOTTED_CR' // after CR behind that dot
  | 'TEXT' // within a line
  | 'TEXT_CR'; // after CR within a line

/**
 * Takes chunks and gives back the runs of content between removed dots, as views into the chunk.
 *
 * A fault does not stop the reading: it goes on to the true end, so that what follows is never taken for commands.
 * But no more runs come from there on, since the content will be refused.
 */
export class DotReader {
  #chunk: Uint8Array = EMPTY;
  #words: Uint32Array = wordsOf(EMPTY);
  #at = 0;
  #state: State = 'LINE';
  #ended = false;
  #fault: LineEndFault | null = null;

  /** Takes a chunk. Only after `next()` gave null, and not after the end. */
  push(chunk: Uint8Array): void {
    if (this.#ended || this.#at < this.#chunk.length) {
      throw new StateError('push() before next() gave null, or after the end');
    }
    this.#chunk = chunk;
    this.#words = wordsOf(chunk);
    this.#at = 0;
  }

  /** The next run of content, or null: the chunk is used up, or the end was seen. */
  next(): Uint8Array | null {
    while (this.#at < this.#chunk.length && !this.#ended) {
      if (this.#state === 'DOTTED') this.#afterDot();
      else if (this.#state === 'DOTTED_CR') this.#afterDotCr();
      else {
        const run = this.#run();
        if (run.length > 0 && this.#fault === null) return run;
      }
    }
    return null;
  }

  /** Whether CRLF.CRLF was seen. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The first line ending that was none, if there was one. */
  get fault(): LineEndFault | null {
    return this.#fault;
  }

  /** Hands over what lies behind the end in the chunk, a view, and forgets it. */
  rest(): Uint8Array {
    const rest = this.#chunk.subarray(this.#at);
    this.#chunk = EMPTY;
    this.#at = 0;
    return rest;
  }

  #afterDot(): void {
    if (this.#chunk[this.#at] === CR) {
      this.#state = 'DOTTED_CR';
      this.#at++;
    } else this.#state = 'TEXT';
  }

  #afterDotCr(): void {
    if (this.#chunk[this.#at] === LF) {
      this.#ended = true;
      this.#at++;
    } else {
      this.#fault ??= 'bareCr';
      this.#state = 'TEXT';
    }
  }

  /** Content up to the next leading dot, which is passed, or to the end of the chunk. */
  #run(): Uint8Array {
    const chunk = this.#chunk;
    const start = this.#at;
    let state = this.#state;
    let at = start;
    while (at < chunk.length && !(state === 'LINE' && chunk[at] === DOT)) {
      const control = state === 'TEXT_CR' ? at : textEnd(chunk, at, this.#words);
      if (chunk[control] === CR && chunk[control + 1] === LF && state !== 'TEXT_CR') {
        // A whole line end, by far the most common: one step for both octets.
        at = control + 2;
        state = 'LINE';
      } else {
        state = control < chunk.length ? this.#step(state, chunk[control]!) : 'TEXT';
        at = control + 1;
      }
    }
    this.#state = at < chunk.length ? 'DOTTED' : state;
    this.#at = Math.min(at + 1, chunk.length);
    return chunk.subarray(start, at);
  }

  /** Where an octet of a run leads. */
  #step(state: State, octet: number): State {
    if (octet === LF && state === 'TEXT_CR') return 'LINE';
    if (octet === LF) this.#fault ??= 'bareLf';
    else if (state === 'TEXT_CR') this.#fault ??= 'bareCr';
    return octet === CR ? 'TEXT_CR' : 'TEXT';
  }
}
