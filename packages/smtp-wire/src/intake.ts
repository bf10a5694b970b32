/** Where the octets of the peer go: into lines, or into content by DATA or BDAT. RFC 5321 §3.3, RFC 3030 §2. */
import { DotReader, LineReader, type Line, type Reply } from '@postino/wire';
import { BareLfRewriter } from './bare-lf-rewriter.ts';
import { ChunkReader, type ChunkSize } from './chunk-reader.ts';
import { Content } from './content.ts';
import type { ResolvedOptions } from './options.ts';

/** The content of DATA, seen as a chunk. */
const WHOLE: ChunkSize = { size: 0, last: true };

/** What is held of the peer: one chunk and one line, by construction. */
export class Intake {
  readonly #options: ResolvedOptions;
  readonly #lines: LineReader;
  #content: Content | null = null;
  /** What BDAT has begun: it goes on with each chunk. */
  #message: { readonly content: Content; readonly reader: ChunkReader } | null = null;
  #chunk: ChunkSize = WHOLE;

  constructor(options: ResolvedOptions) {
    this.#options = options;
    this.#lines = new LineReader(options.limits.commandLine);
  }

  push(chunk: Uint8Array): void {
    if (this.#content) this.#content.push(chunk);
    else this.#lines.push(chunk);
  }

  /** The content that is under way; null while lines are read. */
  get content(): Content | null {
    return this.#content;
  }

  /** Whether BDAT has begun a message. */
  get chunked(): boolean {
    return this.#message !== null;
  }

  /** The chunk that BDAT announced; DATA has but one, its last. */
  get chunk(): ChunkSize {
    return this.#chunk;
  }

  /** Octets that came and were not looked at. */
  get buffered(): number {
    return this.#lines.buffered;
  }

  /** The next line of at most so many octets. */
  line(limit: number): Line | null {
    this.#lines.limit = limit;
    return this.#lines.next();
  }

  beginData(): void {
    this.#chunk = WHOLE;
    const reader = this.#options.rewriteBareLf ? new BareLfRewriter() : new DotReader();
    this.#content = new Content(reader, this.#options);
    // What lies behind DATA came before its 354, against RFC 2920 §3.1, but it can only be content.
    this.#content.push(this.#lines.rest());
  }

  /** A BDAT command was read; its octets follow. */
  announce(chunk: ChunkSize): void {
    this.#chunk = chunk;
  }

  beginChunks({ binary }: { readonly binary: boolean }): void {
    const reader = new ChunkReader({ binary });
    this.#message = { content: new Content(reader, this.#options), reader };
    this.nextChunk();
  }

  /** The announced chunk goes on with the message that BDAT has begun. */
  nextChunk(): void {
    if (this.#message) this.#readChunk(this.#message);
  }

  /** The octets of a refused chunk are read and dropped before the reply, so that the stream stays in step. RFC 3030 §2. */
  discardChunk(reply: Reply): void {
    const reader = new ChunkReader({ binary: true });
    const content = new Content(reader, this.#options);
    content.refuse(reply);
    this.#readChunk({ content, reader });
  }

  /** The content, or a chunk of it, was read: what lies behind is a line again. */
  backToLines(): void {
    if (this.#content) this.#lines.push(this.#content.rest());
    this.#content = null;
  }

  /** The message that BDAT has begun is over. */
  forgetMessage(): void {
    this.#message = null;
  }

  /** Forgets all that was received, half a line included. RFC 3207 §4.2. */
  reset(): void {
    this.#lines.reset();
  }

  #readChunk({ content, reader }: { content: Content; reader: ChunkReader }): void {
    reader.begin(this.#chunk);
    this.#content = content;
    content.push(this.#lines.rest());
  }
}
