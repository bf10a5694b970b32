/**
 * Where a run of text ends: at the next octet that may be CR or LF. Megabytes are spent here, so it looks at four octets
 * at a time; anything up to CR counts, which makes that one subtraction.
 */

const CR = 0x0d;
const NO_WORDS = new Uint32Array(0);

/** The octets of a chunk four by four, from the first that is aligned. */
export function wordsOf(chunk: Uint8Array): Uint32Array {
  const lead = leadOf(chunk);
  if (chunk.length < lead + 4) return NO_WORDS;
  return new Uint32Array(chunk.buffer, chunk.byteOffset + lead, (chunk.length - lead) >> 2);
}

/** The place of the first octet from `from` on that is not above CR, or the chunk's length. */
export function textEnd(chunk: Uint8Array, from: number, words: Uint32Array): number {
  const lead = leadOf(chunk);
  let at = from;
  for (; at < chunk.length && ((at - lead) & 3) !== 0; at++) if (chunk[at]! <= CR) return at;
  if (at === chunk.length) return at;
  let word = (at - lead) >> 2;
  while (word < words.length && !hasControl(words[word]!)) word++;
  for (at = lead + word * 4; at < chunk.length && chunk[at]! > CR; at++);
  return at;
}

/** Octets before the first whose address is a multiple of four. */
function leadOf(chunk: Uint8Array): number {
  return -chunk.byteOffset & 3;
}

/** Whether one of the four octets is below 0x0e: the subtraction then borrows into its highest bit. */
function hasControl(word: number): boolean {
  return ((word - 0x0e0e0e0e) & ~word & 0x80808080) !== 0;
}
