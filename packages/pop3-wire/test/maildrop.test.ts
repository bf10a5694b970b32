import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Listing } from '../src/listing.ts';
import { Maildrop } from '../src/maildrop.ts';
import { Output } from '../src/output.ts';

test('maildrop: marks count once and leave the numbers where they are', () => {
  const maildrop = new Maildrop([
    { size: 10, uid: 'a' },
    { size: 20, uid: 'b' },
    { size: 30, uid: 'c' },
  ]);
  maildrop.mark(3);
  maildrop.mark(2);
  maildrop.mark(2);
  assert.deepEqual([maildrop.count, maildrop.octets], [1, 10]);
  assert.deepEqual(maildrop.marked(), [1, 2]);
  assert.equal(maildrop.at(3)?.uid, 'c');
  assert.equal(maildrop.isMarked(3), true);
  maildrop.reset();
  assert.deepEqual([maildrop.count, maildrop.octets], [3, 60]);
  assert.deepEqual(maildrop.marked(), []);
});

test('maildrop: marks are named in the order of the messages, past nine too', () => {
  const entries = Array.from({ length: 12 }, (_, n) => ({ size: 1, uid: `u${n}` }));
  const maildrop = new Maildrop(entries);
  for (const number of [12, 3, 10]) maildrop.mark(number);
  assert.deepEqual(maildrop.marked(), [2, 9, 11]);
});

test('listing: it is written block by block, as fast as blocks are taken', () => {
  const entries = Array.from({ length: 10_000 }, (_, n) => ({ size: n, uid: `u${n}` }));
  const listing = new Listing(new Maildrop(entries), 'size');
  const output = new Output();
  assert.equal(listing.write(output), false);
  assert.ok(output.take());
  assert.ok((output.take()?.length ?? 0) < 100);
  assert.equal(output.take(), null);
});

test('maildrop: totals go past 32 bits', () => {
  const size = 3 * 2 ** 31;
  assert.equal(
    new Maildrop([
      { size, uid: 'a' },
      { size, uid: 'b' },
    ]).octets,
    2 * size,
  );
});

test('maildrop: a size or a unique-id that cannot go on the wire is a TypeError', () => {
  for (const size of [-1, 1.5, Number.NaN, Infinity, 2 ** 53]) {
    assert.throws(() => new Maildrop([{ size, uid: 'a' }]), TypeError);
  }
  for (const uid of ['', 'a b', 'a\r\n', 'é', '\u007f', 'x'.repeat(71)]) {
    assert.throws(() => new Maildrop([{ size: 1, uid }]), TypeError);
  }
  assert.equal(new Maildrop([{ size: 1, uid: `!~${'x'.repeat(68)}` }]).count, 1);
});
