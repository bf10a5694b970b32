import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GuessLimiter, networkOf } from '../src/guess-limiter.ts';

const MINUTE = 60_000;

test('hostile 42: the delay grows with each wrong guess, is bounded, and concerns one address alone', () => {
  const limiter = new GuessLimiter({ maxDelay: 30_000 });
  const delays = Array.from({ length: 8 }, () => {
    const delay = limiter.delay('192.0.2.1', 0);
    limiter.wrong('192.0.2.1', 0);
    return delay;
  });
  assert.deepEqual(delays, [0, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  for (let guess = 0; guess < 2000; guess++) limiter.wrong('192.0.2.1', 0);
  assert.equal(limiter.delay('192.0.2.1', 0), 30_000);
  assert.equal(limiter.delay('192.0.2.2', 0), 0);
});

test('hostile 42: an IPv6 client is its /64', () => {
  const limiter = new GuessLimiter({ maxDelay: 30_000 });
  limiter.wrong('2001:db8:1:2::1', 0);
  assert.equal(limiter.delay('2001:db8:1:2:ffff::9', 0), 1000);
  assert.equal(limiter.delay('2001:db8:1:3::1', 0), 0);
  for (const [address, network] of [
    ['2001:db8::1', '2001:db8:0:0'],
    ['2001:db8:0:1:2:3:4:5', '2001:db8:0:1'],
    ['::1', '0:0:0:0'],
    ['fe80::', 'fe80:0:0:0'],
    ['192.0.2.1', '192.0.2.1'],
  ] as const)
    assert.equal(networkOf(address), network);
});

test('hostile 42: wrong guesses are forgotten after a while, and only a bounded number of networks is remembered', () => {
  const limiter = new GuessLimiter({ maxDelay: 30_000 });
  limiter.wrong('192.0.2.1', 0);
  assert.equal(limiter.delay('192.0.2.1', 15 * MINUTE), 1000);
  assert.equal(limiter.delay('192.0.2.1', 15 * MINUTE + 1), 0);
  limiter.wrong('192.0.2.1', 20 * MINUTE);
  assert.equal(limiter.delay('192.0.2.1', 20 * MINUTE), 1000);
  for (let host = 0; host < 10_000; host++)
    limiter.wrong(`10.0.${host >> 8}.${host & 255}`, 20 * MINUTE);
  assert.equal(limiter.delay('192.0.2.1', 20 * MINUTE), 0);
});
