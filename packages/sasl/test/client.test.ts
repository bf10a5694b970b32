import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loginClient, loginServer, plainClient, plainServer } from '@postino/sasl';
import { exchange } from './exchange.ts';

const text = (octets: Uint8Array): string => new TextDecoder().decode(octets);
const verify = (user: string, password: Uint8Array): boolean =>
  user === 'jürgen' && text(password) === 'süß';
const account = { user: 'jürgen', password: 'süß' };

test('our clients log in to our servers', async () => {
  const success = { type: 'success', user: 'jürgen' };
  const plain = plainClient(account);
  assert.deepEqual(await exchange(plain, plainServer({ verify }), plain.start()), success);
  assert.deepEqual(await exchange(plainClient(account), plainServer({ verify }), null), success);
  assert.deepEqual(await exchange(loginClient(account), loginServer({ verify }), null), success);
});

test('a client has nothing to say to a challenge too many', () => {
  const plain = plainClient(account);
  plain.start();
  assert.equal(plain.step(new Uint8Array()), null);
  const login = loginClient(account);
  assert.equal(login.start(), null);
  assert.equal(text(login.step(new Uint8Array()) ?? new Uint8Array()), 'jürgen');
  assert.equal(text(login.step(new Uint8Array()) ?? new Uint8Array()), 'süß');
  assert.equal(login.step(new Uint8Array()), null);
});

test('a client refuses at once what cannot be sent', () => {
  const bad = [
    { user: '', password: 'p' },
    { user: 'u', password: '' },
    { user: 'a\0b', password: 'p' },
    { user: 'u', password: 'a\0b' },
    { user: '\ud800', password: 'p' },
  ];
  for (const options of bad) {
    assert.throws(() => plainClient(options), TypeError);
    assert.throws(() => loginClient(options), TypeError);
  }
});
