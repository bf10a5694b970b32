import assert from 'node:assert/strict';
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { MIN_ITERATIONS, scramClient, scramServer, tlsExporter } from '@postino/sasl';
import type {
  ChannelBinding,
  SaslStep,
  ScramClientOptions,
  ScramCredentials,
  ScramMechanism,
  ScramServerOptions,
} from '@postino/sasl';
import { bytes, exchange, text } from './exchange.ts';

const MALFORMED: SaslStep = { type: 'failure', reason: 'malformed' };
const WRONG: SaslStep = { type: 'failure', reason: 'credentials' };
const CHANNEL: ChannelBinding = { type: 'tls-exporter', data: Uint8Array.of(0, 1, 255) };

/** The keys of a password, written out once more. RFC 5802 §3. */
function credentialsOf(
  mechanism: ScramMechanism,
  password: string,
  { salt = Uint8Array.of(1, 2, 3), iterations = MIN_ITERATIONS } = {},
): ScramCredentials {
  const [name, length] = mechanism.includes('256')
    ? (['sha256', 32] as const)
    : (['sha1', 20] as const);
  const salted = pbkdf2Sync(password, salt, iterations, length, name);
  const hmac = (label: string): Buffer => createHmac(name, salted).update(label).digest();
  const storedKey = createHash(name).update(hmac('Client Key')).digest();
  return { iterations, salt, storedKey, serverKey: hmac('Server Key') };
}

/** The examples of the two RFCs. */
const EXAMPLES = {
  'RFC 5802 §5': {
    mechanism: 'SCRAM-SHA-1',
    nonces: ['fyko+d2lbbFgONRv9qkxdawL', '3rfcNHYJY1ZVvWVs7j'],
    salt: 'QSXCR+Q6sek8bf92',
    messages: [
      'n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL',
      'r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096',
      'c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
      'v=rmF9pqV8S7suAoZWja4dJRkFsKQ=',
    ],
  },
  'RFC 7677 §3': {
    mechanism: 'SCRAM-SHA-256',
    nonces: ['rOprNGfwEbeRWgbNEkqO', '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0'],
    salt: 'W22ZaJ0SNY7soEsUEjb6gQ==',
    messages: [
      'n,,n=user,r=rOprNGfwEbeRWgbNEkqO',
      'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
      'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
      'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
    ],
  },
} as const;

for (const [name, { mechanism, nonces, salt, messages }] of Object.entries(EXAMPLES))
  test(`the example of ${name}, both sides`, async () => {
    const credentials = credentialsOf(mechanism, 'pencil', { salt: Buffer.from(salt, 'base64') });
    const server = scramServer({
      mechanism,
      credentials: (user) => (user === 'user' ? credentials : null),
      nonce: () => nonces[1],
    });
    const client = scramClient({
      mechanism,
      user: 'user',
      password: 'pencil',
      nonce: () => nonces[0],
    });
    const [first, serverFirst, final, serverFinal] = messages;
    assert.equal(text(client.start()), first);
    assert.deepEqual(await server.start(bytes(first)), challenge(serverFirst));
    assert.equal(text(client.step(bytes(serverFirst))), final);
    assert.equal(client.verified, false);
    assert.deepEqual(await server.step(bytes(final)), challenge(serverFinal));
    assert.equal(text(client.step(bytes(serverFinal))), '');
    assert.equal(client.verified, true);
    assert.deepEqual(await server.step(new Uint8Array()), { type: 'success', user: 'user' });
    assert.equal(client.step(new Uint8Array()), null);
  });

function challenge(message: string): SaslStep {
  return { type: 'challenge', bytes: Buffer.from(message) };
}

/** A server with one user, and what comes of a client that logs in to it. */
async function logIn(
  client: Partial<ScramClientOptions>,
  server: Partial<ScramServerOptions> = {},
): Promise<SaslStep | null> {
  const mechanism = client.mechanism ?? 'SCRAM-SHA-256';
  const one = scramClient({ mechanism, user: 'tim', password: 'tanstaaf', ...client });
  const credentials = credentialsOf(mechanism, 'tanstaaf');
  const other = scramServer({
    mechanism,
    credentials: (user) => (user === 'tim' ? credentials : null),
    ...server,
  });
  return exchange(one, other, one.start());
}

const ask = async (user: string): Promise<string> => {
  const server = scramServer({
    mechanism: 'SCRAM-SHA-256',
    credentials: () => null,
    nonce: () => 'x',
  });
  const step = await server.start(bytes(`n,,n=${user},r=a`));
  return step.type === 'challenge' ? text(step.bytes) : step.type;
};

test('a wrong password and an unknown user fail at the end, and alike', async () => {
  assert.deepEqual(await logIn({}), { type: 'success', user: 'tim' });
  assert.deepEqual(await logIn({ password: 'wrong' }), WRONG);
  assert.deepEqual(await logIn({ user: 'eve' }), WRONG);
  assert.match(await ask('eve'), /^r=ax,s=[A-Za-z\d+/]{22}==,i=4096$/);
  assert.equal(await ask('eve'), await ask('eve'));
  assert.notEqual(await ask('eve'), await ask('ann'));
});

test('credentials that cannot be looked up are a temporary failure', async () => {
  const cause = new Error('EIO');
  const step = await logIn({}, { credentials: () => Promise.reject(cause) });
  assert.deepEqual(step, { type: 'failure', reason: 'temporary', cause });
});

test('a login is tied to its channel', async () => {
  const plus = { mechanism: 'SCRAM-SHA-256-PLUS', channelBinding: CHANNEL } as const;
  assert.deepEqual(await logIn(plus, { channelBinding: CHANNEL }), {
    type: 'success',
    user: 'tim',
  });
  const another = { ...CHANNEL, data: Uint8Array.of(9) };
  assert.deepEqual(await logIn(plus, { channelBinding: another }), WRONG);
  const unique = { ...CHANNEL, type: 'tls-unique' };
  assert.deepEqual(await logIn(plus, { channelBinding: unique }), MALFORMED);
  assert.throws(
    () => scramClient({ ...plus, user: 'a', password: 'b', channelBinding: null }),
    TypeError,
  );
  assert.throws(
    () => scramServer({ mechanism: plus.mechanism, credentials: () => null }),
    TypeError,
  );
});

test('who took the channel binding from the list is found out', async () => {
  // The client could have used it, and was told that we do not have it.
  assert.deepEqual(
    await logIn({ channelBinding: CHANNEL }, { channelBinding: CHANNEL }),
    MALFORMED,
  );
  // We have none, so it was told the truth.
  assert.equal((await logIn({ channelBinding: CHANNEL }))?.type, 'success');
  // It has none itself.
  assert.equal((await logIn({}, { channelBinding: CHANNEL }))?.type, 'success');
});

const exporter = (label: string, length: number): Uint8Array => bytes(`${label} ${length}`);

test('the channel binding of TLS', () => {
  const binding = tlsExporter({ protocol: 'TLSv1.3', exporter });
  assert.equal(binding?.type, 'tls-exporter');
  assert.equal(text(binding?.data ?? null), 'EXPORTER-Channel-Binding 32');
  assert.equal(tlsExporter({ protocol: 'TLSv1.2', exporter }), null);
  assert.equal(tlsExporter({ protocol: 'TLSv1.3' }), null);
  assert.equal(tlsExporter(null), null);
});

const BAD_FIRST = [
  '',
  'n,,',
  'n,,n=tim',
  'n,,r=a,n=tim',
  'n,n=tim,r=a',
  'x,,n=tim,r=a',
  'p,,n=tim,r=a',
  'p=tls-exporter,,n=tim,r=a',
  'n,,n=,r=a',
  'n,,n=tim,r=',
  'n,,n=tim,r=a b',
  'n,,n=tim,r=\u00e9',
  'n,,n=t=im,r=a',
  'n,,n=t=2cim,r=a',
  'n,,n=ti\0m,r=a',
  'n,,n=ti\nm,r=a',
  'n,,m=x,n=tim,r=a',
  'n,,n=tim,r=a,m=x',
  'n,,n=tim,r=a,',
  'n,,n=tim,r=a,x',
  `n,,n=${'x'.repeat(256)},r=a`,
];

test('what is no first message is malformed, and nobody is looked up', async () => {
  for (const message of BAD_FIRST) {
    const credentials = (): never => assert.fail(message);
    const server = scramServer({ mechanism: 'SCRAM-SHA-256', credentials });
    assert.deepEqual(await server.start(bytes(message)), MALFORMED, message);
  }
  const server = scramServer({ mechanism: 'SCRAM-SHA-256', credentials: () => null });
  assert.deepEqual(await server.start(Uint8Array.of(0xff)), MALFORMED);
  assert.deepEqual(await server.start(null), challenge(''));
});

test('hostile 38: nobody acts as somebody else', async () => {
  const credentials = credentialsOf('SCRAM-SHA-256', 'x');
  const begin = (message: string): SaslStep | Promise<SaslStep> =>
    scramServer({ mechanism: 'SCRAM-SHA-256', credentials: () => credentials }).start(
      bytes(message),
    );
  assert.deepEqual(await begin('n,a=root,n=tim,r=a'), WRONG);
  assert.equal((await begin('n,a=tim,n=tim,r=a,z=ext')).type, 'challenge');
});

const attempt = async (change: (final: string) => string): Promise<SaslStep> => {
  const mechanism = 'SCRAM-SHA-256';
  const credentials = credentialsOf(mechanism, 'tanstaaf');
  const server = scramServer({ mechanism, credentials: () => credentials });
  const client = scramClient({ mechanism, user: 'tim', password: 'tanstaaf' });
  const first = await server.start(client.start());
  assert.ok(first.type === 'challenge');
  return server.step(bytes(change(text(client.step(first.bytes)))));
};

test('what is no final message, or one of another exchange, is refused', async () => {
  assert.equal((await attempt((final) => final)).type, 'challenge');
  for (const bad of ['', 'x', 'c=biws', 'c=biws,r=a', 'c=biws,r=a,p=', 'c=biws,r=a,p=%', 'v=x'])
    assert.deepEqual(await attempt(() => bad), MALFORMED, bad);
  assert.deepEqual(await attempt((final) => final.replace(/r=[^,]+/, 'r=other')), WRONG);
  assert.deepEqual(await attempt((final) => final.replace('c=biws', 'c=eSws')), WRONG);
  assert.deepEqual(await attempt((final) => final.replace(/p=.*/, 'p=AAAA')), WRONG);
  assert.deepEqual(await attempt((final) => final.replace(',p=', ',z=1,p=')), WRONG);
});

test('after the proof only an empty answer is taken', async () => {
  const mechanism = 'SCRAM-SHA-256';
  const credentials = credentialsOf(mechanism, 'tanstaaf');
  const server = scramServer({ mechanism, credentials: () => credentials });
  const client = scramClient({ mechanism, user: 'tim', password: 'tanstaaf' });
  const first = await server.start(client.start());
  assert.ok(first.type === 'challenge');
  assert.equal((await server.step(client.step(first.bytes)!)).type, 'challenge');
  assert.deepEqual(await server.step(bytes('x')), MALFORMED);
});

const answer = (message: string): string => {
  const client = scramClient({
    mechanism: 'SCRAM-SHA-256',
    user: 'tim',
    password: 'x',
    nonce: () => 'abc',
    maxIterations: 10_000,
  });
  client.start();
  const answered = text(client.step(bytes(message)));
  if (answered === 'null') assert.equal(client.step(bytes('v=AAAA')), null);
  assert.equal(client.verified, false);
  return answered;
};

test('a client stops where a server asks for too little, too much, or repeats itself', () => {
  assert.match(answer('r=abcd,s=AAAA,i=4096'), /^c=biws,r=abcd,p=/);
  assert.match(answer('r=abcd,s=AAAA,i=10000,x=y'), /^c=biws,r=abcd,p=/);
  for (const bad of [
    'r=abc,s=AAAA,i=4096',
    'r=xabcd,s=AAAA,i=4096',
    'r=abcd,s=AAAA,i=4095',
    'r=abcd,s=AAAA,i=10001',
    'r=abcd,s=AAAA,i=0',
    'r=abcd,s=AAAA,i=4096x',
    'r=abcd,s=%,i=4096',
    'r=abcd,s=,i=4096',
    'r=abcd,s=AAAA',
    'm=x,r=abcd,s=AAAA,i=4096',
    'r=abcd,s=AAAA,i=4096,m=x',
    'e=other-error',
    '',
  ])
    assert.equal(answer(bad), 'null', bad);
});

test('a server that does not know the password is found out', () => {
  for (const final of ['v=AAAA', 'e=invalid-proof', 'v=', '']) {
    const client = scramClient({
      mechanism: 'SCRAM-SHA-256',
      user: 'tim',
      password: 'x',
      nonce: () => 'a',
    });
    client.start();
    client.step(bytes('r=ab,s=AAAA,i=4096'));
    assert.equal(client.step(bytes(final)), null, final);
    assert.equal(client.verified, false);
  }
});

test('property: whoever knows the password logs in, with any name and any channel, and nobody else', async () => {
  const name = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    .filter((one) => !/\p{Cc}/u.test(one) && one.isWellFormed());
  const password = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 20 })
    .filter((one) => !one.includes('\0') && one.isWellFormed());
  const mechanism = fc.constantFrom<ScramMechanism[]>(
    'SCRAM-SHA-256-PLUS',
    'SCRAM-SHA-256',
    'SCRAM-SHA-1-PLUS',
    'SCRAM-SHA-1',
  );
  const salt = fc.uint8Array({ minLength: 1, maxLength: 24 });
  const data = fc.uint8Array({ minLength: 1, maxLength: 32 });
  await fc.assert(
    fc.asyncProperty(
      name,
      password,
      mechanism,
      salt,
      data,
      async (user, right, mechanism, salt, data) => {
        const few = { minIterations: 1 };
        const channelBinding = mechanism.endsWith('-PLUS') ? { type: 'tls-exporter', data } : null;
        const credentials = credentialsOf(mechanism, right, { salt, iterations: 1 });
        const server = (): ReturnType<typeof scramServer> =>
          scramServer({
            mechanism,
            channelBinding,
            decoyIterations: 1,
            credentials: (asked) => (asked === user ? credentials : null),
          });
        const client = scramClient({ ...few, mechanism, channelBinding, user, password: right });
        const expected = { type: 'success', user };
        assert.deepEqual(await exchange(client, server(), client.start()), expected);
        assert.equal(client.verified, true);
        const later = scramClient({ ...few, mechanism, channelBinding, user, password: right });
        assert.deepEqual(await exchange(later, server(), null), expected);
        const wrong = scramClient({
          ...few,
          mechanism,
          channelBinding,
          user,
          password: `${right}x`,
        });
        assert.deepEqual(await exchange(wrong, server(), wrong.start()), WRONG);
      },
    ),
    { numRuns: 40 },
  );
});
