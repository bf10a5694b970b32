/**
 * Bytes and text. The one place that decodes: the compiler hides the runtime's coders from cores, so the little that
 * is needed of them is declared here.
 */

declare const TextDecoder: new (
  label: 'utf-8',
  options: { fatal: true; ignoreBOM: true },
) => { decode(bytes: Uint8Array): string };
declare const TextEncoder: new () => { encode(text: string): Uint8Array };

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Text as UTF-8; a lone surrogate becomes U+FFFD. RFC 3629 §3. */
export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** The text that these bytes are in UTF-8, or null where they are none. RFC 3629 §3, RFC 6531 §3.1. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

/** ASCII text as bytes; a character past U+007F is our own fault and a `TypeError`. */
export function asciiBytes(text: string): Uint8Array {
  return toBytes(text, 0x7f);
}

/** Text whose characters are octets, as bytes; a character past U+00FF is our own fault and a `TypeError`. */
export function latin1Bytes(text: string): Uint8Array {
  return toBytes(text, 0xff);
}

/** Each octet as the character of the same number: never fails, and `latin1Bytes` gives the octets back. */
export function latin1(bytes: Uint8Array): string {
  let text = '';
  // In pieces, because a call takes a bounded number of arguments.
  for (let at = 0; at < bytes.length; at += 4096) {
    text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  }
  return text;
}

function toBytes(text: string, last: number): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > last)
      throw new TypeError(
        `character ${at} of a text for the wire is past U+00${last.toString(16)}`,
      );
    bytes[at] = code;
  }
  return bytes;
}
