/**
 * Whether a message can be signed as it is.
 */
import type { HeaderBlock } from '@postino/message';

import type { MessageParts } from './message-parts.ts';

/** A message that cannot be signed as it is: its header block is too large, or has a line that ends in LF alone. */
export class UnsignableError extends Error {
  override readonly name = 'UnsignableError';
}

/** Ends the message and gives its header block, or throws an `UnsignableError`. */
export function endSignable(parts: MessageParts): HeaderBlock {
  const header = parts.end();
  if (parts.fault) throw new UnsignableError('the header block is too large');
  if (hasBareLf(header)) {
    // RFC 6376 §5.3: a signature over lines that will be changed on their way would never hold.
    throw new UnsignableError('a line of the header ends in LF alone: sign what will be sent');
  }
  return header;
}

function hasBareLf(header: HeaderBlock): boolean {
  return [...header.fields, header.separator].some((bytes) => {
    for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) {
      if (bytes[at - 1] !== 0x0d) return true;
    }
    return false;
  });
}
