import assert from 'node:assert/strict';
import { test } from 'node:test';
import { externalClient, externalServer } from '@postino/sasl';
import type { SaslStep } from '@postino/sasl';
import { bytes, exchange } from './exchange.ts';

const MALFORMED: SaslStep = { type: 'failure', reason: 'malformed' };
const WRONG: SaslStep = { type: 'failure', reason: 'credentials' };
/** The certificate says that it is tim, who may also act as list. */
const server = () =>
  externalServer({
    authorize: (authzid) =>
      ['', 'tim'].includes(authzid) ? 'tim' : authzid === 'list' ? 'list' : null,
  });

test('who is known from outside logs in, as itself or as whom it may act', async () => {
  for (const [authzid, user] of [
    ['', 'tim'],
    ['tim', 'tim'],
    ['list', 'list'],
  ] as const)
    for (const initial of [true, false]) {
      const client = externalClient({ authzid });
      const step = await exchange(client, server(), initial ? client.start() : null);
      assert.deepEqual(step, { type: 'success', user });
    }
  const client = externalClient({ authzid: 'root' });
  assert.deepEqual(await exchange(client, server(), client.start()), WRONG);
  assert.equal(client.step(new Uint8Array()), null);
});

test('what is no identity is malformed; what cannot be found out is temporary', async () => {
  for (const bad of [bytes('a\0b'), bytes('a\nb'), Uint8Array.of(0xff), bytes('x'.repeat(256))])
    assert.deepEqual(await server().start(bad), MALFORMED);
  const cause = new Error('EIO');
  const broken = externalServer({ authorize: () => Promise.reject(cause) });
  assert.deepEqual(await broken.start(new Uint8Array()), {
    type: 'failure',
    reason: 'temporary',
    cause,
  });
  assert.throws(() => externalClient({ authzid: 'a\0b' }), TypeError);
});
