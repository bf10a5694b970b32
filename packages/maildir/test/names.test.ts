import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { byArrival } from '../src/arrival.ts';
import {
  formatFileName,
  isUniqueName,
  nameFor,
  parseFileName,
  uidOf,
  uniqueName,
  type FileName,
} from '@postino/maildir';

const parsed: readonly (readonly [string, FileName | null])[] = [
  ['foo', { unique: 'foo', flags: '' }],
  ['foo:2,', { unique: 'foo', flags: '' }],
  ['foo:2,FRS', { unique: 'foo', flags: 'FRS' }],
  ['foo:2,SRFFa', { unique: 'foo', flags: 'FRSa' }],
  ['foo:2,S,more', { unique: 'foo', flags: 'S' }],
  ['foo:1,junk', { unique: 'foo', flags: '' }],
  ['foo:S370', { unique: 'foo', flags: '' }],
  ['1.M2P3.host,S=370', { unique: '1.M2P3.host', diskSize: 370, flags: '' }],
  ['1.M2P3.host,S=370,W=380:2,S', { unique: '1.M2P3.host', diskSize: 370, size: 380, flags: 'S' }],
  ['1.host,U=7,W=9:2,', { unique: '1.host', size: 9, flags: '' }],
  ['1.host,S=,W=-1,W=1e3,S=99999999999999999999', { unique: '1.host', flags: '' }],
  ['', null],
  ['.hidden', null],
  ['.', null],
  [':2,S', null],
  [',S=1', null],
  ['a/b', null],
  ['a\0b', null],
  ['a\uFFFDb', null],
];

for (const [text, name] of parsed)
  test(`hostile 63: the file name ${JSON.stringify(text)}`, () => {
    assert.deepEqual(parseFileName(text), name);
  });

test('parse and format are inverse', () => {
  const size = fc.option(fc.nat(), { nil: undefined });
  const flags = fc.subarray('DFPRSTabz'.split('')).map((letters) => letters.join(''));
  fc.assert(
    fc.property(size, size, flags, (diskSize, size, flags) => {
      const name = {
        unique: uniqueName(0),
        ...(diskSize !== undefined && { diskSize }),
        ...(size !== undefined && { size }),
        flags,
      };
      assert.deepEqual(parseFileName(formatFileName(name)), name);
    }),
  );
});

test('hostile 63: odd characters of a host name are escaped', () => {
  assert.match(
    uniqueName(1_700_000_000_123, 'a/b:c'),
    /^1700000000\.M123000P\d+Q\d+R[0-9a-f]{16}\.a\\057b\\072c$/,
  );
  assert.match(uniqueName(0, 'x,y z\\\n\u00e9'), /\.x\\054y\\040z\\134\\012\\303\\251$/);
  assert.ok(uniqueName(0, 'h'.repeat(500)).length < 200);
});

test('hostile 61: names are unique, with one process number and a clock that stands or goes back', () => {
  const names = [5000, 5000, 4000, 5000].flatMap((now) =>
    Array.from({ length: 500 }, () => uniqueName(now, 'host')),
  );
  assert.equal(new Set(names).size, 2000);
  const withoutCount = names.map((name) => name.replace(/Q\d+/, ''));
  assert.equal(
    new Set(withoutCount).size,
    2000,
    'two containers may share all but the random part',
  );
});

test('a key has one name', () => {
  const name = nameFor(1_700_000_000_123, 'id1 ale', 'host');
  assert.match(name, /^1700000000\.M123000R[0-9a-f]{32}\.host$/);
  assert.equal(nameFor(1_700_000_000_123, 'id1 ale', 'host'), name);
  assert.notEqual(nameFor(1_700_000_000_123, 'id1 bob', 'host'), name);
  assert.ok(isUniqueName(name));
});

test('what a caller may name a message', () => {
  for (const name of ['a', 'a.b', '1.M2R3.host\\057x', '~'.repeat(180)])
    assert.ok(isUniqueName(name));
  for (const name of ['', '.a', 'a/b', 'a:b', 'a,b', 'a b', 'a\n', '\u00e9', '~'.repeat(181)])
    assert.ok(!isUniqueName(name), name);
});

test('hostile 73: a unique-id has 1 to 70 octets of 0x21 to 0x7E, and is another for another name', () => {
  assert.equal(uidOf('~'.repeat(70)), '~'.repeat(70));
  const odd = ['~'.repeat(71), '~'.repeat(72), 'with space', '\u00e9', '\u00e8'];
  for (const name of odd) assert.match(uidOf(name), /^[!-~]{1,70}$/);
  assert.equal(new Set(odd.map(uidOf)).size, odd.length);
  assert.equal(uidOf('with space'), uidOf('with space'));
});

test('the oldest comes first: seconds, microseconds, count, name; no time is the oldest', () => {
  const order = [
    'a-name',
    'b-name',
    '9.1_0.host',
    '10.M5P9Q9R0.host',
    '10.M5P9Q10R0.host',
    '10.M40P1Q1R0.host',
    '1700000000.1_0.host',
    '1700000000.2_0.host',
  ].map((name) => ({ name }));
  fc.assert(
    fc.property(fc.shuffledSubarray(order, { minLength: order.length }), (shuffled) => {
      assert.deepEqual(byArrival(shuffled), order);
    }),
  );
});
