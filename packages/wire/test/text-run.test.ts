import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { textEnd, wordsOf } from '../src/text-run.ts';

const octet = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 14, max: 255 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }) },
);

test('text run: agrees with a plain search, wherever the chunk and the search begin', () => {
  fc.assert(
    fc.property(
      fc.array(octet, { maxLength: 40 }),
      fc.nat(7),
      fc.nat(40),
      (octets, offset, start) => {
        const memory = new Uint8Array(offset + octets.length + 5);
        const chunk = memory.subarray(offset, offset + octets.length);
        chunk.set(octets);
        const from = Math.min(start, octets.length);
        const found = octets.findIndex((value, at) => at >= from && value <= 13);
        assert.equal(textEnd(chunk, from, wordsOf(chunk)), found < 0 ? octets.length : found);
      },
    ),
    { numRuns: 2000 },
  );
});
