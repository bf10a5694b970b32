/**
 * Text to bytes and back. The compiler hides the runtime's coders from cores, so the little that is needed of them is
 * declared here.
 */

declare const TextDecoder: new (
  label: 'utf-8',
  options: { fatal: boolean; ignoreBOM: true },
) => { decode(bytes: Uint8Array): string };
declare const TextEncoder: new () => { encode(text: string): Uint8Array };

const decoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });
const encoder = new TextEncoder();

/** Text as UTF-8; a lone surrogate becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** The text that these octets are in UTF-8; what is no UTF-8 becomes U+FFFD. */
export function decodeUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** How many octets a text has in UTF-8. */
export function octetLength(text: string): number {
  return /^[\t -~]*$/.test(text) ? text.length : encodeUtf8(text).length;
}

/** The longest beginning of a text that has at most `octets` octets in UTF-8; no character is cut in two. */
export function cutToOctets(text: string, octets: number): string {
  const bytes = encodeUtf8(text);
  if (bytes.length <= octets) return text;
  let end = octets;
  while (isContinuation(bytes[end])) end--;
  return text.slice(0, decodeUtf8(bytes.subarray(0, end)).length);
}

/** Whether an octet is within a character, past its first one. RFC 3629 §3. */
function isContinuation(octet: number | undefined): boolean {
  return octet !== undefined && (octet & 0xc0) === 0x80;
}
