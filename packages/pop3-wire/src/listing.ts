/** LIST and UIDL of a whole maildrop, in pieces. RFC 1939 §5 (LIST), §7 (UIDL). */
import type { Maildrop } from './maildrop.ts';
import type { Output } from './output.ts';

/** The lines of the messages that are not marked, and the dot that ends them. */
export class Listing {
  readonly #maildrop: Maildrop;
  readonly #field: 'size' | 'uid';
  #number = 1;

  constructor(maildrop: Maildrop, field: 'size' | 'uid') {
    this.#maildrop = maildrop;
    this.#field = field;
  }

  /** Fills the output up to a block; true once all is said. */
  write(output: Output): boolean {
    for (let entry; (entry = this.#maildrop.at(this.#number)); this.#number++) {
      if (output.full) return false;
      if (this.#maildrop.isMarked(this.#number)) continue;
      output.text(`${this.#number} ${entry[this.#field]}\r\n`);
    }
    output.text('.\r\n');
    return true;
  }
}
