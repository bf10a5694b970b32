/**
 * A message that is in memory as a whole.
 */
import type { HeaderBlock } from './header-block.ts';
import { HeaderReader, type HeaderFault, type HeaderReaderOptions } from './header-reader.ts';

export interface SplitMessage {
  readonly header: HeaderBlock;
  /** A view into the message. */
  readonly body: Uint8Array;
  readonly fault: HeaderFault | null;
}

/** Header block and body of a whole message, as `HeaderReader` finds them. */
export function splitMessage(message: Uint8Array, options?: HeaderReaderOptions): SplitMessage {
  const reader = new HeaderReader(options);
  const [body] = [...reader.push(message), ...reader.end()];
  const start = message.length - (body?.length ?? 0);
  return { header: reader.header!, body: message.subarray(start), fault: reader.fault };
}
