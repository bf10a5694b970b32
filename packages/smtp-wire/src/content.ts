/** The content of one message on its way in, by DATA or BDAT: counted and judged. RFC 5321 §4.5.2, RFC 1870 §6. */
import type { LineEndFault, Reply } from '@postino/wire';
import { REPLIES } from './replies.ts';

export interface ContentOptions {
  /** Octets. RFC 1870 §5. */
  readonly maxMessageSize: number;
  /** What a NUL means. RFC 5321 §4.5.2 keeps all octets. */
  readonly nul: 'keep' | 'refuse';
}

/** What finds the end of the content: a `DotReader` behind DATA, a `ChunkReader` behind BDAT. */
export interface ContentReader {
  push(chunk: Uint8Array): void;
  next(): Uint8Array | null;
  rest(): Uint8Array;
  readonly ended: boolean;
  readonly fault: LineEndFault | null;
  /** Whether commands come next: a chunk of BDAT is read, and others may follow. */
  readonly paused?: boolean;
}

/**
 * Gives the runs of the content up to the first octet that cannot be taken, then `'refused'`. From there it is read on
 * to its true end, unseen, so that nothing in it is ever taken for a command.
 */
export class Content {
  readonly #reader: ContentReader;
  readonly #options: ContentOptions;
  #size = 0;
  #refusal: Reply | null = null;
  #told = false;

  constructor(reader: ContentReader, options: ContentOptions) {
    this.#reader = reader;
    this.#options = options;
  }

  push(chunk: Uint8Array): void {
    this.#reader.push(chunk);
  }

  /** A run; `'refused'`, once; or null: the chunk is used up, or the end was seen. */
  next(): Uint8Array | 'refused' | null {
    const run = this.refusal ? null : this.#reader.next();
    // What was read together with a fault is not wanted any more.
    if (run && !this.#reader.fault) {
      const good = this.#judge(run);
      if (good.length > 0) return good;
    }
    if (!this.refusal) return null;
    while (this.#reader.next());
    return this.#tell();
  }

  /** The application's refusal; it comes before ours where it has not been told yet. */
  refuse(reply: Reply): void {
    if (!this.#told) this.#refusal = reply;
    this.#told = true;
  }

  /** Whether the end was seen: CRLF.CRLF, or the last octet of the last chunk. RFC 5321 §4.1.1.4, RFC 3030 §2. */
  get ended(): boolean {
    return this.#reader.ended;
  }

  /** Whether commands come next. */
  get paused(): boolean {
    return this.#reader.paused ?? this.#reader.ended;
  }

  /** Octets, the removed dots not counted. RFC 1870 §5. */
  get size(): number {
    return this.#size;
  }

  /** A lone CR or LF outweighs all else, so that the reply is the same however the octets arrive. */
  get refusal(): Reply | null {
    return this.#reader.fault ? REPLIES.bareLineEnd : this.#refusal;
  }

  /** What lies behind the end. */
  rest(): Uint8Array {
    return this.#reader.rest();
  }

  #tell(): 'refused' | null {
    if (this.#told) return null;
    this.#told = true;
    return 'refused';
  }

  /** The part of a run that can be taken. */
  #judge(run: Uint8Array): Uint8Array {
    const room = this.#options.maxMessageSize - this.#size;
    const nul = this.#options.nul === 'refuse' ? run.indexOf(0) : -1;
    this.#size += run.length;
    if (nul >= 0 && nul < room) this.#refusal = REPLIES.nulInContent;
    else if (run.length > room) this.#refusal = REPLIES.messageTooBig;
    else return run;
    return run.subarray(0, nul >= 0 ? Math.min(nul, room) : room);
  }
}
