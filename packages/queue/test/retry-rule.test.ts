import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DEFAULT_RETRY, nextAttempt, parseRetryRule, type RetryRule } from '@postino/queue';

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const ARRIVED = 1_700_000_000_000;

/** The times of all attempts, each at the moment it is due, until the rule gives up. */
function attempts(rule: RetryRule, random?: () => number): number[] {
  const times: number[] = [];
  let last: number | undefined;
  let next: number | null = ARRIVED;
  while (next !== null) {
    const now: number = next;
    times.push(now - ARRIVED);
    next = nextAttempt(rule, { arrived: ARRIVED, last, next: now, now, random });
    last = now;
  }
  return times;
}

test("Exim's rule gives Exim's attempts", () => {
  const hours = attempts(parseRetryRule(DEFAULT_RETRY)).map((time) => time / HOUR);
  const sixHourly = Array.from({ length: 14 }, (_, n) => 23.03125 + 6 * n);
  const quarters = Array.from({ length: 9 }, (_, n) => n / 4);
  const growing = [2.25, 3.25, 4.75, 7, 10.375, 15.4375];
  assert.deepEqual(hours, [...quarters, ...growing, ...sixHourly]);
  assert.equal(hours.length, 29);
  assert.equal(hours.at(-1), 101.03125);
});

const parsed: readonly (readonly [string, RetryRule])[] = [
  ['F,2h,15m', [{ type: 'F', until: 2 * HOUR, interval: 15 * MINUTE, factor: 1 }]],
  [' G , 1h30m , 90s , 2 ', [{ type: 'G', until: 90 * MINUTE, interval: 90_000, factor: 2 }]],
  [
    'F,1d,1h;G,1w,2h,1.25',
    [
      { type: 'F', until: DAY, interval: HOUR, factor: 1 },
      { type: 'G', until: 7 * DAY, interval: 2 * HOUR, factor: 1.25 },
    ],
  ],
];

for (const [text, rule] of parsed)
  test(`the rule ${text}`, () => assert.deepEqual(parseRetryRule(text), rule));

const wrong: readonly string[] = [
  '',
  ';',
  'F,2h',
  'F,2h,15m;',
  'F,2h,15m,1',
  'F,2h,15m,',
  'G,2h,15m',
  'G,2h,15m,1.5,2',
  'H,2h,15m,1.5',
  'f,2h,15m',
  'F,2,15m',
  'F,2h,0s',
  'F,0m,1s',
  'F,2h,-1s',
  'F,2h,1.5h',
  'F,2h,15 m',
  'F,9999999w,1s',
  'G,2h,15m,0.9',
  'G,2h,15m,1e3',
  'G,2h,15m,',
  'G,2h,15m,x',
  'G,2h,15m,Infinity',
  'F,2h,15m; F,2h,1h',
  'F,2h,15m; G,1h,1h,1.5',
];

for (const text of wrong)
  test(`the rule '${text}' is wrong, and the error says which part`, () => {
    assert.throws(() => parseRetryRule(text), TypeError);
  });

test('a rule that is wrong in one part names that part', () => {
  assert.throws(() => parseRetryRule('F,2h,15m; G,16h,1 hour,1.5'), /'G,16h,1 hour,1\.5'/);
  assert.throws(() => parseRetryRule('F,2h,15m; F,1h,1h'), /step 2/);
});

test('a queue that stood still, or was told to try at once, does not wait longer for that', () => {
  const rule = parseRetryRule(DEFAULT_RETRY);
  const wait = (...times: [last: number, next: number, now: number]): number => {
    const [last, next, now] = times.map((hours) => ARRIVED + hours * HOUR);
    return (nextAttempt(rule, { arrived: ARRIVED, last, next, now: now! })! - now!) / HOUR;
  };
  assert.equal(wait(3.25, 4.75, 4.75), 2.25);
  assert.equal(wait(3.25, 4.75, 14), 2.25);
  assert.equal(wait(7, 10.375, 9), 3);
  assert.equal(wait(7, 10.375, 7.01), 1);
});

test('jitter only lengthens a wait, by a tenth at most, and the end still comes', () => {
  const rule = parseRetryRule(DEFAULT_RETRY);
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(chance, fc.integer({ min: 0, max: 96 * HOUR }), (random, age) => {
      const attempt = { arrived: ARRIVED, now: ARRIVED + age };
      const plain = nextAttempt(rule, attempt)! - attempt.now;
      const wait = nextAttempt(rule, { ...attempt, random: () => random })! - attempt.now;
      assert.ok(Number.isInteger(wait) && wait >= plain && wait <= plain * 1.1);
    }),
  );
  const times = attempts(rule, () => 0.999);
  assert.ok(times.length > 20 && times.length < 29);
  assert.ok(times.at(-1)! > 96 * HOUR && times.at(-1)! < 103 * HOUR);
});

test('after the last step nothing is tried again', () => {
  const rule = parseRetryRule('F,1h,10m');
  assert.equal(nextAttempt(rule, { arrived: 0, now: HOUR }), HOUR + 10 * MINUTE);
  assert.equal(nextAttempt(rule, { arrived: 0, now: HOUR + 1 }), null);
});
