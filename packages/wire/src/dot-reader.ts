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
  | 'TEXT_CR' // after CR within a line
  | 'BARE_LF'; // after an LF that stood alone and was kept

export interface DotReaderOptions {
  /**
   * `keep`: an LF that stands alone is content, but a fault still before a dot and behind one that begins a line; default
   * `fault`.
   */
  readonly bareLf?: 'fault' | 'keep';
}

/** Octets of a run that goes out as a view; a shorter one costs less as part of a copy. Measured. */
const SHORT = 64;
/** Octets of such a copy. */
const COPY = 4096;

/**
 * Takes chunks and gives back the runs of content between removed dots, as views into the chunk. Where dots lie so close
 * together that the runs are short, several of them come as one copy, which nobody else holds.
 *
 * A fault does not stop the reading: it goes on to the true end, so that what follows is never taken for commands.
 * But no more runs come from there on, since the content will be refused.
 */
export class DotReader {
  readonly #keepsLf: boolean;
  #chunk: Uint8Array = EMPTY;
  #words: Uint32Array = wordsOf(EMPTY);
  #at = 0;
  /** Where the latest run lies in the chunk; what of it is still to be given. */
  #from = 0;
  #to = 0;
  #state: State = 'LINE';
  #ended = false;
  #fault: LineEndFault | null = null;

  constructor({ bareLf = 'fault' }: DotReaderOptions = {}) {
    this.#keepsLf = bareLf === 'keep';
  }

  /** Takes a chunk. Only after `next()` gave null, and not after the end. */
  push(chunk: Uint8Array): void {
    if (this.#ended || this.#at < this.#chunk.length || this.#from < this.#to) {
      throw new StateError('push() before next() gave null, or after the end');
    }
    this.#chunk = chunk;
    this.#words = wordsOf(chunk);
    this.#at = 0;
    this.#from = 0;
    this.#to = 0;
  }

  /** The next run of content, or null: the chunk is used up, or the end was seen. */
  next(): Uint8Array | null {
    if (!this.#find()) return null;
    const { length } = this.#chunk;
    const start = this.#from;
    const end = this.#to;
    this.#from = end;
    if (end - start >= SHORT || this.#at === length || !this.#find())
      return this.#chunk.subarray(start, end);
    const copy = new Uint8Array(Math.min(COPY, length - start));
    return this.#gather(copy, this.#put(copy, 0, start, end));
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
    this.#from = 0;
    this.#to = 0;
    return rest;
  }

  /** Fills a copy of which `at` octets are there already. What no longer fits is for the next call. */
  #gather(copy: Uint8Array, filled: number): Uint8Array {
    let at = filled;
    while (at < copy.length && this.#find()) {
      const end = Math.min(this.#to, this.#from + copy.length - at);
      at = this.#put(copy, at, this.#from, end);
      this.#from = end;
    }
    return copy.subarray(0, at);
  }

  /** Copies a piece of the chunk to `at`; where the next one goes. */
  #put(copy: Uint8Array, at: number, from: number, to: number): number {
    if (to - from >= SHORT) copy.set(this.#chunk.subarray(from, to), at);
    else for (let i = from; i < to; i++) copy[at + i - from] = this.#chunk[i]!;
    return at + to - from;
  }

  /** Whether a run is there to be given: what is left of the latest, or the next that is not empty and has no fault. */
  #find(): boolean {
    while (this.#from === this.#to) {
      if (this.#at >= this.#chunk.length || this.#ended) return false;
      if (this.#state === 'DOTTED') this.#afterDot();
      else if (this.#state === 'DOTTED_CR') this.#afterDotCr();
      else this.#run();
    }
    return true;
  }

  #afterDot(): void {
    if (this.#chunk[this.#at] === CR) {
      this.#state = 'DOTTED_CR';
      this.#at++;
    } else {
      if (this.#chunk[this.#at] === LF) this.#fault ??= 'bareLf';
      this.#state = 'TEXT';
    }
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

  /** Content up to the next leading dot, which is passed, or to the end of the chunk; empty when there is a fault. */
  #run(): void {
    const chunk = this.#chunk;
    const start = this.#at;
    let state = this.#state;
    let at = start;
    if (state === 'BARE_LF') this.#afterBareLf(at);
    while (at < chunk.length && !(state === 'LINE' && chunk[at] === DOT)) {
      const control = state === 'TEXT_CR' ? at : textEnd(chunk, at, this.#words);
      if (chunk[control] === CR && chunk[control + 1] === LF && state !== 'TEXT_CR') {
        // A whole line end, by far the most common: one step for both octets.
        at = control + 2;
        state = 'LINE';
      } else {
        state = control < chunk.length ? this.#step(state, chunk[control]!) : 'TEXT';
        at = control + 1;
        if (state === 'BARE_LF') this.#afterBareLf(at);
      }
    }
    this.#state = at < chunk.length ? 'DOTTED' : state;
    this.#at = Math.min(at + 1, chunk.length);
    // Behind an octet that was the chunk's last, `at` is past its end.
    this.#to = Math.min(at, chunk.length);
    this.#from = this.#fault === null ? start : this.#to;
  }

  /** A kept LF that a dot follows is a fault all the same. */
  #afterBareLf(at: number): void {
    if (this.#chunk[at] === DOT) this.#fault ??= 'bareLf';
  }

  /** Where an octet of a run leads. */
  #step(state: State, octet: number): State {
    if (octet === LF && state === 'TEXT_CR') return 'LINE';
    if (octet === LF && this.#keepsLf) return 'BARE_LF';
    if (octet === LF) this.#fault ??= 'bareLf';
    else if (state === 'TEXT_CR') this.#fault ??= 'bareCr';
    return octet === CR ? 'TEXT_CR' : 'TEXT';
  }
}
