/** LIST and UIDL of a whole maildrop, in pieces. RFC 1939 §5 (LIST), §7 (UIDL). */
import type { Maildrop } from './maildrop.ts';
import type { Output } from './output.ts';

/** The lines of the messages that are not marked, and the dot that ends them. */
export class Listing {
  #maildrop: Maildrop;
  #field: 'size' | 'uid';
  #index = 0;

  constructor(maildrop: Maildrop, field: 'size' | 'uid') {
    this.#maildrop = maildrop;
    this.#field = field;
  }

  /** Fills the output up to a block; true once all is said. */
  write(output: Output): boolean {
    const { entries } = this.#maildrop;
    for (; this.#index < entries.length && !output.full; this.#index++) {
      if (this.#maildrop.isDeleted(this.#index)) continue;
      output.text(`${this.#index + 1} ${entries[this.#index]?.[this.#field]}\r\n`);
    }
    if (this.#index < entries.length) return false;
    output.text('.\r\n');
    return true;
  }
}
