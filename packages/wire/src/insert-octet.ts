/** A copy of the bytes with one more octet before each of these places, which go upwards. */
export function insertOctet(
  bytes: Uint8Array,
  octet: number,
  places: readonly number[],
): Uint8Array {
  const out = new Uint8Array(bytes.length + places.length);
  let from = 0;
  for (const [n, place] of places.entries()) {
    out.set(bytes.subarray(from, place), from + n);
    out[place + n] = octet;
    from = place;
  }
  out.set(bytes.subarray(from), from + places.length);
  return out;
}
