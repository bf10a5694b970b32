/** Replies out of chunks, of bounded size. RFC 5321 §4.2, §4.5.3.1.5. */
import { decodeUtf8, latin1, LineReader, type Reply } from '@postino/wire';
import { parseReply } from './reply.ts';

/** Why what came is no reply; nothing behind it can be trusted. */
export type ReplyFault = 'lineTooLong' | 'tooManyLines' | 'malformed';

const REPLY_LINE = /^[2-5][0-9][0-9](?:[ -]|$)/;

/** Memory: one chunk, and one reply of at most `maxLines` lines. */
export class ReplyReader {
  readonly #lines: LineReader;
  readonly #maxLines: number;
  #held: string[] = [];

  constructor(lineLimit: number, maxLines: number) {
    this.#lines = new LineReader(lineLimit);
    this.#maxLines = maxLines;
  }

  /** Octets a line may have, its CRLF counted. May be changed between two replies. */
  set lineLimit(octets: number) {
    this.#lines.limit = octets;
  }

  /** Takes a chunk. Only after `next()` gave null. */
  push(chunk: Uint8Array): void {
    this.#lines.push(chunk);
  }

  /**
   * The next whole reply, or null when the chunk is used up. Text that is no UTF-8 comes octet by octet.
   * RFC 6531 §3.7.4.
   */
  next(): Reply | ReplyFault | null {
    for (let line; (line = this.#lines.next());) {
      if (line.fault) return line.fault === 'tooLong' ? 'lineTooLong' : 'malformed';
      const text = decodeUtf8(line.bytes) ?? latin1(line.bytes);
      // Seen at once: what only looks like the first line of a reply need not be followed by another.
      if (!REPLY_LINE.test(text)) return 'malformed';
      this.#held.push(text);
      if (text[3] !== '-') return this.#whole();
      if (this.#held.length === this.#maxLines) return 'tooManyLines';
    }
    return null;
  }

  /** Octets were received that are no whole reply yet, or were not looked at. */
  get buffered(): boolean {
    return this.#held.length > 0 || this.#lines.buffered > 0;
  }

  #whole(): Reply | ReplyFault {
    const text = this.#held.map((line) => `${line}\r\n`).join('');
    this.#held = [];
    return parseReply(text) ?? 'malformed';
  }
}
