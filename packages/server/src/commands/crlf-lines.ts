/** A message as it lies in a file, with the ends of line that it had on the wire. */

const [CR, LF] = [13, 10];

/** Every LF that has no CR before it gets one. */
export async function* crlfLines(content: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array> {
  let last = 0;
  for await (const chunk of content) {
    yield withCrs(chunk, last);
    last = chunk.at(-1) ?? last;
  }
}

function withCrs(chunk: Uint8Array, before: number): Uint8Array {
  const out: Uint8Array[] = [];
  let from = 0;
  for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, at + 1)) {
    if ((at === 0 ? before : chunk[at - 1]) === CR) continue;
    out.push(chunk.subarray(from, at), Uint8Array.of(CR));
    from = at;
  }
  return Buffer.concat([...out, chunk.subarray(from)]);
}
