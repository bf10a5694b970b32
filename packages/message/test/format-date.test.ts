import { formatDate } from '@postino/message';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';

const cases: [epochMs: number, offset: number, text: string][] = [
  [920_367_873_000, 0, 'Tue, 02 Mar 1999 09:44:33 +0000'],
  [0, 0, 'Thu, 01 Jan 1970 00:00:00 +0000'],
  [-1, 0, 'Wed, 31 Dec 1969 23:59:59 +0000'],
  [951_782_400_000, 0, 'Tue, 29 Feb 2000 00:00:00 +0000'],
  [4_107_456_000_000, 0, 'Sun, 28 Feb 2100 00:00:00 +0000'],
  [4_107_542_400_000, 0, 'Mon, 01 Mar 2100 00:00:00 +0000'],
  [920_367_873_999, 60, 'Tue, 02 Mar 1999 10:44:33 +0100'],
  [920_367_873_000, -330, 'Tue, 02 Mar 1999 04:14:33 -0530'],
  [920_332_800_000, -1, 'Mon, 01 Mar 1999 23:59:00 -0001'],
];
for (const [epochMs, offset, text] of cases) {
  test(`${epochMs} at ${offset} is ${text}`, () => assert.equal(formatDate(epochMs, offset), text));
}

for (const [epochMs, offset] of [
  [Number.NaN, 0],
  [Infinity, 0],
  [0, 0.5],
  [0, 6000],
  [0, Number.NaN],
  [-3e12, 0],
  [3e14, 0],
] as const) {
  test(`not a date: ${epochMs} at ${offset}`, () =>
    assert.throws(() => formatDate(epochMs, offset), TypeError));
}

const FIRST = Date.UTC(1900, 0, 2);
const LAST = Date.UTC(9999, 11, 30);

test('property: a date agrees with the calendar of the runtime', () => {
  const zones = fc.integer({ min: -23 * 60, max: 23 * 60 });
  fc.assert(
    fc.property(fc.integer({ min: FIRST, max: LAST }), zones, (epochMs, offset) => {
      // `Fri, 02 Jan 1970 00:00:00 GMT`
      const local = new Date(epochMs + offset * 60_000).toUTCString();
      const sign = offset < 0 ? '-' : '+';
      const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60].map(
        (part) => String(part).padStart(2, '0'),
      );
      assert.equal(formatDate(epochMs, offset), local.replace('GMT', `${sign}${hours}${minutes}`));
    }),
  );
});

test('every day of four hundred years agrees with the calendar of the runtime', () => {
  for (let day = Date.UTC(1900, 0, 1); day < Date.UTC(2300, 0, 1); day += 86_400_000) {
    assert.equal(formatDate(day), new Date(day).toUTCString().replace('GMT', '+0000'));
  }
});

test('property: the runtime reads the moment back', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: FIRST, max: LAST }),
      fc.integer({ min: -720, max: 840 }),
      (epochMs, offset) => {
        assert.equal(Date.parse(formatDate(epochMs, offset)), Math.floor(epochMs / 1000) * 1000);
      },
    ),
  );
});
