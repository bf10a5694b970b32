/** Content behind DATA: looked at, then dot-stuffed. RFC 5321 §4.5.2. */
import { DotWriter, type Reply } from '@postino/wire';
import { ContentCheck, type ContentRules } from './content-check.ts';
import type { ContentWriter, Written } from './content-writer.ts';

export class DottedContent implements ContentWriter {
  readonly #dots = new DotWriter();
  readonly #check: ContentCheck;

  constructor(rules: ContentRules) {
    this.#check = new ContentCheck(rules);
  }

  write(bytes: Uint8Array): Written | Reply {
    const fault = this.#check.fault(bytes);
    return fault ?? { pieces: [this.#dots.write(bytes)], answered: false };
  }

  /** A dot on a line of its own. RFC 5321 §4.1.1.4. */
  end(): Written | Reply {
    return this.#check.endFault ?? { pieces: [this.#dots.end()], answered: true };
  }
}
