import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latin1, latin1Bytes } from '@postino/wire';
import fc from 'fast-check';
import { TopReader } from '../src/top.ts';

/** Content, lines wanted, what is left of it, whether the reader then knows that it has all. */
const TABLE: [string, number, string, boolean][] = [
  ['A: b\r\n\r\n1\r\n2\r\n', 0, 'A: b\r\n\r\n', true],
  ['A: b\r\n\r\n1\r\n2\r\n', 1, 'A: b\r\n\r\n1\r\n', true],
  ['A: b\r\n\r\n1\r\n2\r\n', 2, 'A: b\r\n\r\n1\r\n2\r\n', true],
  ['A: b\r\n\r\n1\r\n2\r\n', 3, 'A: b\r\n\r\n1\r\n2\r\n', false],
  ['A: b\r\n\r\n\r\n\r\n3\r\n', 2, 'A: b\r\n\r\n\r\n\r\n', true],
  ['A: b\r\n\r\n1\r\nlast', 2, 'A: b\r\n\r\n1\r\nlast', false],
  ['A: b\r\n', 0, 'A: b\r\n', false],
  ['A: b', 0, 'A: b', false],
  ['', 0, '', false],
  ['\r\nbody\r\n', 0, '\r\n', true],
  ['\r\nbody\r\nmore\r\n', 1, '\r\nbody\r\n', true],
  ['A: b\r\n \r\n\r\n1\r\n', 0, 'A: b\r\n \r\n\r\n', true],
  ['x\n\r\nbody', 0, 'x\n\r\n', true],
  ['A: b\r\n.\r\n\r\n.\r\n', 0, 'A: b\r\n.\r\n\r\n', true],
];

function top(
  content: string,
  lines: number,
  cuts: readonly number[],
): { text: string; ended: boolean } {
  const reader = new TopReader(lines);
  const bytes = latin1Bytes(content);
  const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length];
  let text = '';
  places
    .toSorted((a, b) => a - b)
    .forEach((from, n, all) => {
      text += latin1(reader.take(bytes.subarray(from, all[n + 1])));
    });
  return { text, ended: reader.ended };
}

for (const [content, lines, text, ended] of TABLE) {
  test(`top ${lines} of ${JSON.stringify(content)}, however it is cut`, () => {
    fc.assert(
      fc.property(fc.array(fc.nat(content.length)), (cuts) => {
        assert.deepEqual(top(content, lines, cuts), { text, ended });
      }),
    );
  });
}

test('top: any octets give the same, however they are cut', () => {
  const content = fc.string({ unit: fc.constantFrom('a', '.', '\r', '\n', '\r\n'), maxLength: 30 });
  fc.assert(
    fc.property(content, fc.nat(4), fc.array(fc.nat(40)), (text, lines, cuts) => {
      assert.deepEqual(top(text, lines, cuts), top(text, lines, []));
    }),
  );
});
