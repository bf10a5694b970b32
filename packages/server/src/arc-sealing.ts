/** Sealing what is forwarded: who gets it can see what we found out when it came. RFC 8617. */
import { seal, UnsignableError, type ArcSealerOptions } from '@postino/dkim/arc';
import {
  fieldBody,
  parseAuthenticationResults,
  readHeader,
  type HeaderBlock,
} from '@postino/message';

interface Sealing extends ArcSealerOptions {
  /** What goes above the message anyhow. */
  readonly signature: string;
}

/**
 * The ARC set of a message that came from outside, to be put above its signature; nothing for another. Only mail that was
 * judged here has our results: what we strip from all that comes in is ours where we find it.
 */
export async function sealForwarded(
  read: () => AsyncIterable<Uint8Array>,
  { signature, ...options }: Sealing,
): Promise<string> {
  if (!isJudged(await readHeader(read()), options.authservId)) return '';
  try {
    return await seal(below(signature, read()), options);
  } catch (error) {
    // It came before the chains of messages were looked at: nobody can say what became of its own.
    if (error instanceof UnsignableError) return '';
    throw error;
  }
}

function isJudged(header: HeaderBlock, authservId: string): boolean {
  return header
    .findAll('Authentication-Results')
    .some((field) => parseAuthenticationResults(fieldBody(field))?.authservId === authservId);
}

async function* below(
  field: string,
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield Buffer.from(field);
  yield* content;
}
