import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectionLimits } from '@postino/node';

test('so many from one address, so many in all, and room again when one leaves', () => {
  const limits = new ConnectionLimits({ total: 3, perAddress: 2 });
  const leave = limits.enter('192.0.2.1');
  assert.ok(leave);
  assert.ok(limits.enter('192.0.2.1'));
  assert.equal(limits.enter('192.0.2.1'), null);
  assert.ok(limits.enter('192.0.2.2'));
  assert.equal(limits.enter('192.0.2.3'), null);
  leave();
  assert.ok(limits.enter('192.0.2.3'));
  assert.equal(limits.enter('192.0.2.1'), null);
});

test('an IPv6 /64 is one address', () => {
  const limits = new ConnectionLimits({ perAddress: 1 });
  assert.ok(limits.enter('2001:db8:1:2::1'));
  assert.equal(limits.enter('2001:db8:1:2:ffff:ffff:ffff:ffff'), null);
  assert.ok(limits.enter('2001:db8:1:3::1'));
  assert.ok(limits.enter('::1'));
  assert.equal(limits.enter('::2'), null);
  assert.ok(limits.enter('64:ff9b::192.0.2.1'));
  assert.ok(limits.enter('192.0.2.1'));
});

test('a limit that is none is our own fault', () => {
  for (const total of [0, -1, 1.5, Number.NaN]) {
    assert.throws(() => new ConnectionLimits({ total }), TypeError);
  }
  assert.ok(new ConnectionLimits({ total: Infinity, perAddress: Infinity }).enter('::1'));
});
