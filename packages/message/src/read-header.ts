/**
 * The header block of a message that comes in pieces, and nothing of its body.
 */
import type { HeaderBlock } from './header-block.ts';
import { HeaderReader, type HeaderReaderOptions } from './header-reader.ts';

/** Reads as far as the header block goes, and closes the source. Rejects when the source does. */
export async function readHeader(
  message: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  options?: HeaderReaderOptions,
): Promise<HeaderBlock> {
  const reader = new HeaderReader(options);
  for await (const chunk of message) {
    reader.push(chunk);
    if (reader.header) return reader.header;
  }
  reader.end();
  return reader.header!;
}
