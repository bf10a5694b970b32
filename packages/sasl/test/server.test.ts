import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loginServer, plainServer } from '@postino/sasl';
import type { SaslStep } from '@postino/sasl';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (octets: Uint8Array): string => new TextDecoder().decode(octets);
const malformed: SaslStep = { type: 'failure', reason: 'malformed' };
const credentials: SaslStep = { type: 'failure', reason: 'credentials' };

/** A directory with one user; `asked` tells who was looked up. */
function directory() {
  const asked: string[] = [];
  const verify = async (user: string, password: Uint8Array): Promise<boolean> => {
    asked.push(user);
    return user === 'tim' && text(password) === 'tanstaaf';
  };
  return { asked, verify };
}

test('PLAIN with an initial response', async () => {
  const step = await plainServer(directory()).start(bytes('\0tim\0tanstaaf'));
  assert.deepEqual(step, { type: 'success', user: 'tim' });
});

test('PLAIN after an empty challenge', async () => {
  const server = plainServer(directory());
  assert.deepEqual(await server.start(null), { type: 'challenge', bytes: new Uint8Array() });
  assert.deepEqual(await server.step(bytes('\0tim\0tanstaaf')), { type: 'success', user: 'tim' });
});

test('PLAIN with a wrong password, and with a message that is none', async () => {
  assert.deepEqual(await plainServer(directory()).start(bytes('\0tim\0wrong')), credentials);
  assert.deepEqual(await plainServer(directory()).start(new Uint8Array()), malformed);
  assert.deepEqual(await plainServer(directory()).start(bytes('tim')), malformed);
});

test('hostile 38: an authzid other than the user is refused unasked, the same one is taken', async () => {
  const { asked, verify } = directory();
  const server = plainServer({ verify });
  assert.deepEqual(await server.start(bytes('root\0tim\0tanstaaf')), credentials);
  assert.deepEqual(asked, []);
  const step = await server.start(bytes('tim\0tim\0tanstaaf'));
  assert.deepEqual(step, { type: 'success', user: 'tim' });
});

test('hostile 39: a NUL or a line break in the user is never looked up', async () => {
  const { asked, verify } = directory();
  for (const user of ['tim\n', 'ti\rm', 'tim\u007f', '\ttim']) {
    assert.deepEqual(await plainServer({ verify }).start(bytes(`\0${user}\0p`)), malformed);
    assert.deepEqual(await loginServer({ verify }).start(bytes(user)), malformed);
  }
  assert.deepEqual(await loginServer({ verify }).start(bytes('tim\0')), malformed);
  assert.deepEqual(asked, []);
});

test('what cannot be checked fails for now, and the cause is kept', async () => {
  const cause = new Error('disk');
  const verify = () => Promise.reject(cause);
  assert.deepEqual(await plainServer({ verify }).start(bytes('\0tim\0p')), {
    type: 'failure',
    reason: 'temporary',
    cause,
  });
});

test('LOGIN asks for the user, then for the password', async () => {
  const server = loginServer(directory());
  assert.deepEqual(await server.start(null), { type: 'challenge', bytes: bytes('Username:') });
  assert.deepEqual(await server.step(bytes('tim')), {
    type: 'challenge',
    bytes: bytes('Password:'),
  });
  assert.deepEqual(await server.step(bytes('tanstaaf')), { type: 'success', user: 'tim' });
});

test('LOGIN with the user as initial response', async () => {
  const server = loginServer(directory());
  assert.deepEqual(await server.start(bytes('tim')), {
    type: 'challenge',
    bytes: bytes('Password:'),
  });
  assert.deepEqual(await server.step(bytes('wrong')), credentials);
});

test('LOGIN with an empty, broken or long answer', async () => {
  const long = 'x'.repeat(256);
  for (const answer of ['', 'a\0b', long])
    assert.deepEqual(await loginServer(directory()).start(bytes(answer)), malformed);
  for (const answer of ['', 'a\0b', long]) {
    const server = loginServer(directory());
    await server.start(bytes('tim'));
    assert.deepEqual(await server.step(bytes(answer)), malformed);
  }
  const wide = loginServer({ ...directory(), maxOctets: 256 });
  assert.equal((await wide.start(bytes(long))).type, 'challenge');
});
