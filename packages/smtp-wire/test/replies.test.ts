import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOST_REPLIES, REPLIES } from '@postino/smtp-wire';
import type { Reply } from '@postino/wire';

/** The reply codes that a status goes with; null: not given. RFC 5248 §2.4, table 1; then those of later RFCs. */
const ASSOCIATED: Readonly<Record<string, readonly number[] | null>> = {
  '0.0': null, // any
  '1.0': null,
  '1.1': [451, 550],
  '1.3': [501],
  '1.5': [250],
  '1.7': null,
  '1.8': [451, 501],
  '3.0': [221, 250, 421, 451, 550, 554],
  '3.2': [453],
  '3.4': [552, 554],
  '4.1': [451],
  '4.2': [421],
  '5.0': [220, 250, 251, 252, 253, 451, 452, 454, 458, 459, 501, 502, 503, 554],
  '5.1': [430, 500, 501, 503, 530, 550, 554, 555],
  '5.2': [500, 501, 502, 550, 555],
  '5.3': [451],
  '5.4': [451, 501, 502, 503, 504, 550, 555],
  '5.6': [500],
  '6.0': null,
  '6.1': null,
  '6.3': [554],
  '6.7': [550, 553], // RFC 6531 §3.5
  '6.9': [550, 554], // RFC 6531 §3.5
  '7.0': [220, 235, 450, 454, 500, 501, 503, 504, 530, 535, 550],
  '7.4': [504],
  '7.8': [535, 554],
  '7.10': [523],
  '7.11': [524, 538],
  '7.30': [550], // RFC 8689 §5
};

/** Pairs that the table, which calls itself incomplete, does not have, and whose they are. */
const OTHERS: Readonly<Record<string, string>> = {
  '502 5.5.1': 'RFC 5321 §4.2.4; X.5.1 is "invalid command", RFC 3463 §3.6',
  '421 4.3.2':
    'X.3.2, "system not accepting network messages", is for shutdowns too, RFC 3463 §3.4',
  '421 4.7.0': 'a policy closes: no other X.7 says so, RFC 3463 §3.8',
  '452 4.5.3': 'RFC 5321 §4.5.3.1.10 has 452 for too many recipients, RFC 3463 §3.6 X.5.3',
};

function pairs(): [string, Reply][] {
  const hosts = Object.entries(HOST_REPLIES).map(([name, reply]): [string, Reply] => [
    name,
    reply('mx.example'),
  ]);
  return [...Object.entries<Reply>(REPLIES), ...hosts];
}

for (const [name, { code, status }] of pairs()) {
  test(`the status of ${name} is of the code's class, and known to go with it`, () => {
    // RFC 2034 §4: the greeting, EHLO and 3xx have none.
    if (status === undefined) return assert.ok(code === 354 || name === 'helloSyntax', name);
    assert.equal(status[0], String(code)[0]);
    const detail = status.slice(2);
    assert.ok(detail in ASSOCIATED, `${status} is in no table`);
    const codes = ASSOCIATED[detail];
    assert.ok(
      !codes || codes.includes(code) || `${code} ${status}` in OTHERS,
      `${code} ${status} is not known to go together`,
    );
  });
}

test('every pair beside the table is in use', () => {
  const used = new Set(pairs().map(([, { code, status }]) => `${code} ${status}`));
  assert.deepEqual(
    Object.keys(OTHERS).filter((pair) => !used.has(pair)),
    [],
  );
});
