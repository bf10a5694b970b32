/** Ways to cut octets into chunks. */
import fc from 'fast-check';

/** Octets cut at these places, which may be anywhere and in any order. */
export function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [...new Set(places.map((place) => place % (bytes.length + 1)))].toSorted(
    (a, b) => a - b,
  );
  return [0, ...at].map((start, index) => bytes.subarray(start, at[index] ?? bytes.length));
}

/** Places to cut at. */
export const places: fc.Arbitrary<number[]> = fc.array(fc.nat(5000), { maxLength: 6 });

/** Text whose characters are octets. */
export function octets(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** Lines with LF, as files have them, as mail has them. */
export function crlf(text: string): Buffer {
  return octets(text.replaceAll('\n', '\r\n'));
}
