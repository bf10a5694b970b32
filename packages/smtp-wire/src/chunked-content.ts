/** Content in chunks, each behind a BDAT that says how long it is. RFC 3030 §2. */
import { asciiBytes, type Reply } from '@postino/wire';
import { ContentCheck, type ContentRules } from './content-check.ts';
import type { ContentWriter, Written } from './content-writer.ts';

const CRLF = asciiBytes('\r\n');

/** Memory: the pieces of one chunk, as they were given. */
export class ChunkedContent implements ContentWriter {
  readonly #size: number;
  readonly #check: ContentCheck;
  #held: Uint8Array[] = [];
  #octets = 0;

  /** `size`: octets from which on a chunk is sent; the piece that fills it is not cut. */
  constructor(size: number, rules: ContentRules) {
    this.#size = size;
    this.#check = new ContentCheck(rules);
  }

  write(bytes: Uint8Array): Written | Reply {
    const fault = this.#check.fault(bytes);
    if (fault) return fault;
    this.#hold(bytes);
    return this.#octets < this.#size ? { pieces: [], answered: false } : this.#chunk('');
  }

  /** The last chunk; a line that was not ended is, as with DATA, so that the message is the same. */
  end(): Written | Reply {
    const fault = this.#check.endFault;
    if (fault) return fault;
    if (this.#check.inLine) this.#hold(CRLF);
    return this.#chunk(' LAST');
  }

  #hold(bytes: Uint8Array): void {
    this.#held.push(bytes);
    this.#octets += bytes.length;
  }

  #chunk(mark: '' | ' LAST'): Written {
    const pieces = [asciiBytes(`BDAT ${this.#octets}${mark}\r\n`), ...this.#held];
    this.#held = [];
    this.#octets = 0;
    return { pieces, answered: true };
  }
}
