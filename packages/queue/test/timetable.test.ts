import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Timetable } from '../src/timetable.ts';

const key = fc.integer({ min: 0, max: 20 });
const time = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(Infinity));

test('it says what a list of all would say', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(key, time)), (steps) => {
      const table = new Timetable<number>();
      const all = new Map<number, number>();
      for (const [which, when] of steps) {
        table.set(which, when);
        all.set(which, when);
        assert.equal(table.first, Math.min(...all.values()));
        for (const now of [-1, 0, 4, 9]) {
          const due = [...all.keys()].filter((one) => all.get(one)! <= now);
          assert.deepEqual(new Set(table.upTo(now)), new Set(due));
          assert.equal(table.upTo(now).length, due.length);
        }
      }
    }),
  );
});
