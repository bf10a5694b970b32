/** The base64 of crypt(3): its own digits, the least significant first. */

const DIGITS = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * Octets of a digest, three to four digits; `order` names them, the most significant of each three first. A last group
 * may be of one or two.
 */
export function crypt64(digest: Uint8Array, order: readonly (readonly number[])[]): string {
  return order.map((group) => digits(group.map((at) => digest[at] ?? 0))).join('');
}

/** So many digits drawn at random octets: a salt. */
export function saltOf(octets: Uint8Array): string {
  return Array.from(octets, (octet) => DIGITS.charAt(octet & 63)).join('');
}

function digits(octets: readonly number[]): string {
  let value = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  let text = '';
  for (let count = 0; count <= octets.length; count++) {
    text += DIGITS.charAt(value & 63);
    value >>= 6;
  }
  return text;
}
