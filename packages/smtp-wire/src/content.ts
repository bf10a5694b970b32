/** The content of one message on its way in: un-stuffed, counted, judged. RFC 5321 §4.5.2, RFC 1870 §6. */
import { DotReader, type Reply } from '@postino/wire';
import { REPLIES } from './replies.ts';

export interface ContentOptions {
  /** Octets. RFC 1870 §5. */
  readonly maxMessageSize: number;
  /** What a NUL in it means. RFC 5321 §4.5.2 keeps all octets. */
  readonly nul: 'keep' | 'refuse';
}

/**
 * Gives the runs of the content, or `'refused'`, once, where it cannot be taken. It is then read on to its true end,
 * unseen, so that nothing in it is ever taken for a command.
 */
export class Content {
  readonly #dots = new DotReader();
  readonly #options: ContentOptions;
  #size = 0;
  #refusal: Reply | null = null;

  constructor(options: ContentOptions) {
    this.#options = options;
  }

  push(chunk: Uint8Array): void {
    this.#dots.push(chunk);
  }

  /** A run, `'refused'`, or null: the chunk is used up, or the end was seen. */
  next(): Uint8Array | 'refused' | null {
    const run = this.#dots.next();
    if (this.#refusal) return this.#drain(run);
    if (run) this.#size += run.length;
    this.#refusal = this.#judge(run);
    return this.#refusal ? 'refused' : run;
  }

  refuse(reply: Reply): void {
    this.#refusal ??= reply;
  }

  /** Whether CRLF.CRLF was seen. RFC 5321 §4.1.1.4. */
  get ended(): boolean {
    return this.#dots.ended;
  }

  /** Octets, the removed dots not counted. RFC 1870 §5. */
  get size(): number {
    return this.#size;
  }

  get refusal(): Reply | null {
    return this.#refusal;
  }

  /** What lies behind the end. */
  rest(): Uint8Array {
    return this.#dots.rest();
  }

  #drain(first: Uint8Array | null): null {
    for (let run = first; run; run = this.#dots.next());
    return null;
  }

  #judge(run: Uint8Array | null): Reply | null {
    if (this.#dots.fault) return REPLIES.bareLineEnd;
    if (this.#size > this.#options.maxMessageSize) return REPLIES.messageTooBig;
    return this.#options.nul === 'refuse' && run?.includes(0) ? REPLIES.nulInContent : null;
  }
}
