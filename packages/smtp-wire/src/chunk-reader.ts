/** The octets of BDAT: so many as each command says, over all chunks of a message. RFC 3030 §2. */
import { StateError, type LineEndFault } from '@postino/wire';
import type { ContentReader } from './content.ts';

const LF = 0x0a;
const CR = 0x0d;
const EMPTY: Uint8Array = new Uint8Array(0);

/** What BDAT says of its chunk. */
export interface ChunkSize {
  readonly size: number;
  readonly last: boolean;
}

/** A chunk that is not binary is text: a lone CR or LF is a fault here too. RFC 3030 §2, RFC 5321 §2.3.8. */
export class ChunkReader implements ContentReader {
  readonly #binary: boolean;
  #chunk: Uint8Array = EMPTY;
  #at = 0;
  #left = 0;
  #last = false;
  /** The last octet was CR, and LF must follow. */
  #afterCr = false;
  #fault: LineEndFault | null = null;

  constructor({ binary }: { readonly binary: boolean }) {
    this.#binary = binary;
  }

  begin({ size, last }: ChunkSize): void {
    if (!this.paused || this.ended) throw new StateError('a chunk begins where the last one ended');
    this.#left = size;
    this.#last = last;
  }

  push(chunk: Uint8Array): void {
    this.#chunk = chunk;
    this.#at = 0;
  }

  next(): Uint8Array | null {
    const run = this.#chunk.subarray(this.#at, this.#at + this.#left);
    this.#at += run.length;
    this.#left -= run.length;
    if (!this.#binary && !this.#fault) this.#look(run);
    return run.length > 0 ? run : null;
  }

  get paused(): boolean {
    return this.#left === 0;
  }

  get ended(): boolean {
    return this.#last && this.paused;
  }

  get fault(): LineEndFault | null {
    return this.#fault ?? (this.ended && this.#afterCr ? 'bareCr' : null);
  }

  rest(): Uint8Array {
    const rest = this.#chunk.subarray(this.#at);
    this.#chunk = EMPTY;
    this.#at = 0;
    return rest;
  }

  #look(run: Uint8Array): void {
    if (run.length === 0) return;
    let at = this.#afterCr && run[0] === LF ? 1 : 0;
    if (this.#afterCr && at === 0) this.#fault = 'bareCr';
    this.#afterCr = false;
    while (!this.#fault && at < run.length) {
      const lf = run.indexOf(LF, at);
      const cr = run.subarray(at, lf < 0 ? run.length : lf).indexOf(CR);
      const end = lf < 0 ? run.length : lf;
      if (cr >= 0 && at + cr < end - 1) this.#fault = 'bareCr';
      else if (lf >= 0 && cr < 0) this.#fault = 'bareLf';
      else if (lf < 0) this.#afterCr = cr >= 0;
      at = end + 1;
    }
  }
}
