import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { oauthBearerClient, oauthBearerServer } from '@postino/sasl';
import type { BearerMessage, OAuthBearerServerOptions, SaslStep } from '@postino/sasl';
import { bytes, exchange, text } from './exchange.ts';

const MALFORMED: SaslStep = { type: 'failure', reason: 'malformed' };
const WRONG: SaslStep = { type: 'failure', reason: 'credentials' };
const TOKEN = 'vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==';
/** RFC 7628 §4.1, the one for SMTP. */
const EXAMPLE =
  'bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9NTg3AWF1dGg9QmVhcmVyIHZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB';
const OPTIONS: OAuthBearerServerOptions = {
  verify: (token) => (token === TOKEN ? 'user@example.com' : null),
  scope: 'example_scope',
  openidConfiguration: 'https://example.com/.well-known/openid-configuration',
};

test('the example of RFC 7628 §4.1, both sides', async () => {
  const client = oauthBearerClient({
    token: TOKEN,
    user: 'user@example.com',
    host: 'server.example.com',
    port: 587,
  });
  assert.equal(Buffer.from(client.start()!).toString('base64'), EXAMPLE);
  const seen: BearerMessage[] = [];
  const server = oauthBearerServer({
    verify(token, message) {
      seen.push(message);
      return token === TOKEN ? 'user@example.com' : null;
    },
  });
  assert.deepEqual(await server.start(Buffer.from(EXAMPLE, 'base64')), {
    type: 'success',
    user: 'user@example.com',
  });
  const expected = {
    token: TOKEN,
    authzid: 'user@example.com',
    host: 'server.example.com',
    port: 587,
  };
  assert.deepEqual(seen, [expected]);
});

test('the failed exchange of RFC 7628 §4.3: who sends no token is told what is needed', async () => {
  const message =
    'bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9AQE=';
  const server = oauthBearerServer({ ...OPTIONS, verify: () => assert.fail('no token') });
  const step = await server.start(Buffer.from(message, 'base64'));
  assert.ok(step.type === 'challenge');
  assert.deepEqual(JSON.parse(text(step.bytes)), {
    status: 'invalid_token',
    scope: 'example_scope',
    'openid-configuration': 'https://example.com/.well-known/openid-configuration',
  });
  assert.deepEqual(await server.step(Uint8Array.of(1)), WRONG);
});

test('a client answers the error once', async () => {
  const client = oauthBearerClient({ token: 'expired' });
  const server = oauthBearerServer({ verify: () => null });
  assert.deepEqual(await exchange(client, server, client.start()), WRONG);
  assert.equal(client.step(bytes('{}')), null);
  const later = oauthBearerClient({ token: TOKEN });
  const success = { type: 'success', user: 'user@example.com' };
  assert.deepEqual(await exchange(later, oauthBearerServer(OPTIONS), null), success);
});

test('hostile 38: a token is for whom it is for', async () => {
  const client = oauthBearerClient({ token: TOKEN, user: 'root@example.com' });
  assert.deepEqual(await exchange(client, oauthBearerServer(OPTIONS), client.start()), WRONG);
});

test('a verifier that rejects is a temporary failure', async () => {
  const cause = new Error('ECONNREFUSED');
  const client = oauthBearerClient({ token: TOKEN });
  const server = oauthBearerServer({ verify: () => Promise.reject(cause) });
  const expected = { type: 'failure', reason: 'temporary', cause };
  assert.deepEqual(await exchange(client, server, client.start()), expected);
});

test('what is no message is malformed', async () => {
  const auth = `auth=Bearer ${TOKEN}\x01`;
  const good = [
    `n,,\x01${auth}\x01`,
    `y,a=user@example.com,\x01x=\r\n\x01${auth.replace('B', 'b')}\x01`,
  ];
  for (const message of good)
    assert.equal((await oauthBearerServer(OPTIONS).start(bytes(message))).type, 'success', message);
  const bad = [
    '',
    '\x01',
    'n,,\x01\x01',
    `n,,\x01${auth}`,
    `n,,${auth}\x01`,
    `,,\x01${auth}\x01`,
    `p=tls-exporter,,\x01${auth}\x01`,
    `n,user=a@b,\x01${auth}\x01`,
    `n,a=x=y,\x01${auth}\x01`,
    `n,a=x\ny,\x01${auth}\x01`,
    `n,,\x01port=0\x01${auth}\x01`,
    `n,,\x01port=99999999\x01${auth}\x01`,
    'n,,\x01auth=Basic dGltOng=\x01\x01',
    'n,,\x01auth=Bearer a b\x01\x01',
    `n,,\x01h=\u00e9\x01${auth}\x01`,
  ];
  for (const message of bad)
    assert.deepEqual(
      await oauthBearerServer(OPTIONS).start(bytes(message)),
      MALFORMED,
      JSON.stringify(message),
    );
  assert.deepEqual(await oauthBearerServer(OPTIONS).start(Uint8Array.of(0xff)), MALFORMED);
});

test('a client refuses at once what cannot be sent', () => {
  for (const options of [
    { token: '' },
    { token: 'a b' },
    { token: 'a', host: 'a\x01b' },
    { token: 'a', user: 'a\0b' },
  ])
    assert.throws(() => oauthBearerClient(options), TypeError);
});

test('property: what a client says is what the verifier hears', async () => {
  const token = fc.stringMatching(/^[A-Za-z0-9._~+/-]{1,40}={0,2}$/);
  const user = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    .filter((one) => !/\p{Cc}/u.test(one));
  await fc.assert(
    fc.asyncProperty(
      token,
      user,
      fc.integer({ min: 1, max: 65_535 }),
      async (token, user, port) => {
        const client = oauthBearerClient({ token, user, host: 'mx.example.org', port });
        const server = oauthBearerServer({
          verify: (given, message) =>
            given === token && message.port === port ? message.authzid : null,
        });
        assert.deepEqual(await exchange(client, server, client.start()), { type: 'success', user });
      },
    ),
  );
});
