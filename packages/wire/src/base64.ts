/** Base64 as SASL has it on the wire: padded, with nothing between, one spelling for each value. RFC 4648 §4. */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The sextet of each ASCII character; -1 where it is none. */
const SEXTETS: Int8Array = new Int8Array(128).fill(-1);
for (let value = 0; value < 64; value++) SEXTETS[ALPHABET.charCodeAt(value)] = value;

/** The text that stands for these octets. RFC 4648 §4. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [first, second, third] = [bytes[at]!, bytes[at + 1], bytes[at + 2]];
    const bits = (first << 16) | ((second ?? 0) << 8) | (third ?? 0);
    text += ALPHABET[bits >> 18]! + ALPHABET[(bits >> 12) & 63]!;
    text += second === undefined ? '=' : ALPHABET[(bits >> 6) & 63]!;
    text += third === undefined ? '=' : ALPHABET[bits & 63]!;
  }
  return text;
}

/** The octets that this text stands for, or null where it is no base64. RFC 4648 §3.3, §3.5. */
export function decodeBase64(text: string): Uint8Array | null {
  if (text.length % 4 !== 0) return null;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < text.length - padding; i++) {
    const sextet = SEXTETS[text.charCodeAt(i)] ?? -1;
    if (sextet < 0) return null;
    bits = ((bits << 6) | sextet) & 0xffff;
    held += 6;
    if (held >= 8) bytes[at++] = (bits >> (held -= 8)) & 0xff;
  }
  // The bits left over must be nought, or one value would have several spellings. RFC 4648 §3.5.
  return (bits & ((1 << held) - 1)) === 0 ? bytes : null;
}
