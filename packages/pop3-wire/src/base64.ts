/** Base64 as SASL wants it: no white space, no missing padding, no stray bits. RFC 4648 §4, RFC 5034 §4. */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Octets as base64. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const octet of bytes) {
    bits = ((bits << 8) | octet) & 0xffff;
    for (held += 8; held >= 6; held -= 6) text += ALPHABET.charAt((bits >> (held - 6)) & 63);
  }
  if (held > 0) text += ALPHABET.charAt((bits << (6 - held)) & 63);
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=');
}

/** The octets that this base64 stands for, or null where it is none. */
export function decodeBase64(text: string): Uint8Array | null {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
  const digits = text.replace(/=+$/, '');
  const bytes = new Uint8Array((digits.length * 6) >> 3);
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const digit of digits) {
    bits = ((bits << 6) | ALPHABET.indexOf(digit)) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes[at++] = (bits >> held) & 255;
  }
  // The bits left over must be nought, or one value would have several spellings. RFC 4648 §3.5.
  return (bits & ((1 << held) - 1)) === 0 ? bytes : null;
}
