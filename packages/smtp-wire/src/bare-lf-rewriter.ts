/**
 * Content in which a lone LF becomes CRLF, for clients that know no better. A signature over such a message breaks.
 * Deviation: RFC 5321 §2.3.8 has no line end but CRLF, hence an option. What ends the content stays CRLF.CRLF alone.
 */
import { DotReader, insertOctet, type LineEndFault } from '@postino/wire';
import type { ContentReader } from './content.ts';

const LF = 0x0a;
const CR = 0x0d;

/** Reads DATA. Runs are views where nothing was to be rewritten, else copies. */
export class BareLfRewriter implements ContentReader {
  readonly #dots = new DotReader({ bareLf: 'keep' });
  #afterCr = false;

  push(chunk: Uint8Array): void {
    this.#dots.push(chunk);
  }

  next(): Uint8Array | null {
    const run = this.#dots.next();
    if (!run) return null;
    const places = this.#bareLfs(run);
    this.#afterCr = run.at(-1) === CR;
    return places.length === 0 ? run : insertOctet(run, CR, places);
  }

  get ended(): boolean {
    return this.#dots.ended;
  }

  get fault(): LineEndFault | null {
    return this.#dots.fault;
  }

  rest(): Uint8Array {
    return this.#dots.rest();
  }

  #bareLfs(run: Uint8Array): number[] {
    const places: number[] = [];
    for (let at = run.indexOf(LF); at >= 0; at = run.indexOf(LF, at + 1)) {
      const afterCr = at === 0 ? this.#afterCr : run[at - 1] === CR;
      if (!afterCr) places.push(at);
    }
    return places;
  }
}
