/** The strings that PLAIN and LOGIN carry: UTF-8, never empty, no NUL, bounded. */

/** What every server must take, and the most that ours takes unless told otherwise. RFC 4616 §2. */
export const MAX_FIELD_OCTETS = 255;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Is this `1*SAFE`: well-formed UTF-8, at least one character, no NUL? RFC 4616 §2. */
export function isSafe(bytes: Uint8Array, maxOctets: number): boolean {
  return (
    bytes.length > 0 &&
    bytes.length <= maxOctets &&
    !bytes.includes(0) &&
    decodeText(bytes) !== null
  );
}

/**
 * An identity as text, or null. Control characters are refused, as SASLprep would (RFC 4013 §2.3): a line break in a
 * name is an attack on whoever looks it up.
 */
// Not done: SASLprep (RFC 4013). Strings are compared as they come, which RFC 4616 §2 leaves to the server.
export function readIdentity(bytes: Uint8Array, maxOctets: number): string | null {
  const text = isSafe(bytes, maxOctets) ? decodeText(bytes) : null;
  return text !== null && isIdentity(text, maxOctets) ? text : null;
}

/** The same of an identity that stands within a message: never empty, no control characters, not too long. */
export function isIdentity(text: string, maxOctets: number): boolean {
  return text !== '' && !/\p{Cc}/u.test(text) && encoder.encode(text).length <= maxOctets;
}

/** A string of ours as octets; a `TypeError` for what the grammar cannot carry. */
export function writeField(name: string, text: string): Uint8Array {
  if (text === '' || text.includes('\0') || !text.isWellFormed())
    throw new TypeError(`${name} must be well-formed text, not empty and without NUL`);
  return encoder.encode(text);
}

/** UTF-8 as text; null for what is none. */
export function decodeText(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}
