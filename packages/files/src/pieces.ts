import type { OpenFile } from './types.ts';

const PIECE_SIZE = 64 << 10;

/** Octets of an open file from `from` up to `to`, or to its end, in pieces that are the reader's own. */
export async function* pieces(
  file: OpenFile,
  from: number,
  to: number = Infinity,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = from; at < to;) {
    const buffer = Buffer.allocUnsafe(Math.min(PIECE_SIZE, to - at));
    const length = await file.read(buffer, at);
    if (length === 0) return;
    yield buffer.subarray(0, length);
    at += length;
  }
}
