import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { latin1, latin1Bytes } from '@postino/wire';
import { CrlfDecoder, LfEncoder } from '../src/line-ends.ts';

/** [from the wire, on disk, back on the wire] */
const table: readonly (readonly [string, string, string])[] = [
  ['', '', ''],
  ['a\r\n', 'a\n', 'a\r\n'],
  ['\r\n\r\n', '\n\n', '\r\n\r\n'],
  ['no end', 'no end\n', 'no end\r\n'],
  ['a\nb\n', 'a\nb\n', 'a\r\nb\r\n'],
  ['mixed\r\nlines\nhere\r\n', 'mixed\nlines\nhere\n', 'mixed\r\nlines\r\nhere\r\n'],
  ['lone\rCR\r\n', 'lone\rCR\n', 'lone\rCR\r\n'],
  ['a\r\r\n', 'a\r\r\n', 'a\r\r\n'],
  ['a\r\r\r\nb\r\n', 'a\r\r\r\nb\n', 'a\r\r\r\nb\r\n'],
  ['ends in CR\r', 'ends in CR\r\r\n', 'ends in CR\r\r\n'],
  ['\r', '\r\r\n', '\r\r\n'],
  ['\n', '\n', '\r\n'],
];

for (const [wire, disk, back] of table)
  test(`hostile 64: ${JSON.stringify(wire)} is ${JSON.stringify(disk)} on disk, cut anywhere`, () => {
    for (let cut = 0; cut <= wire.length; cut++) {
      const stored = encode([latin1Bytes(wire.slice(0, cut)), latin1Bytes(wire.slice(cut))]);
      assert.deepEqual(stored, { bytes: disk, size: back.length, diskSize: disk.length });
    }
    for (let cut = 0; cut <= disk.length; cut++)
      assert.equal(decode([latin1Bytes(disk.slice(0, cut)), latin1Bytes(disk.slice(cut))]), back);
  });

test('a file that another program wrote with CRLF is read as it stands', () => {
  assert.equal(decode([latin1Bytes('a\r\nb\nc')]), 'a\r\nb\r\nc\r\n');
});

test('any octets without a lone LF that end in CRLF come back, however they are cut', () => {
  const token = fc.constantFrom('a', '\r', '\r\n', '.', '\0', '\xff');
  const content = fc.array(fc.array(token).map((tokens) => tokens.join('')));
  fc.assert(
    fc.property(content, fc.infiniteStream(fc.nat(7)), (pieces, cuts) => {
      const text = `${pieces.join('')}\r\n`;
      const stored = encode(cut(text, cuts));
      assert.equal(decode(cut(stored.bytes, cuts)), text);
      assert.equal(stored.size, text.length);
      assert.equal(stored.diskSize, stored.bytes.length);
    }),
  );
});

test('for any octets, the size is what comes back', () => {
  const content = fc.array(fc.constantFrom('a', '\r', '\n')).map((octets) => octets.join(''));
  fc.assert(
    fc.property(content, fc.infiniteStream(fc.nat(3)), (text, cuts) => {
      const stored = encode(cut(text, cuts));
      assert.equal(decode(cut(stored.bytes, cuts)).length, stored.size);
    }),
  );
});

function* cut(text: string, cuts: Iterator<number>): Generator<Uint8Array> {
  for (let at = 0; at < text.length;) {
    const length = (cuts.next().value as number) + 1;
    yield latin1Bytes(text.slice(at, at + length));
    at += length;
  }
}

function encode(pieces: Iterable<Uint8Array>): { bytes: string; size: number; diskSize: number } {
  const encoder = new LfEncoder();
  let bytes = '';
  for (const piece of pieces) bytes += latin1(encoder.encode(piece));
  bytes += latin1(encoder.end());
  return { bytes, size: encoder.size, diskSize: encoder.diskSize };
}

function decode(pieces: Iterable<Uint8Array>): string {
  const decoder = new CrlfDecoder();
  let text = '';
  for (const piece of pieces) text += latin1(decoder.decode(piece));
  return text + latin1(decoder.end());
}
