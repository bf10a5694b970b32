/** How the client logs in. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  connectSmtp,
  run,
  SmtpServer,
  type ClientMechanism,
  type Connected,
  type ConnectOptions,
} from '@postino/smtp-wire';
import { asciiBytes, CancelSource, latin1, memoryWires, type TlsInfo } from '@postino/wire';
import { connectionOf, failureOf, Peer } from './peer.ts';
import { ME } from './client-driver.ts';
import { Mailroom } from './session.ts';

/** A mechanism that says these things, one after the other. */
function mechanism(name: string, ...says: (string | null)[]): ClientMechanism {
  const next = (): Uint8Array | null => {
    const text = says.shift() ?? null;
    return text === null ? null : asciiBytes(text);
  };
  return { mechanism: name, start: next, step: next };
}

/** The server of this package, with a mailroom. */
async function withServer(options: Partial<ConnectOptions>): Promise<Connected> {
  const [near, far] = memoryWires();
  const server = new SmtpServer({
    hostname: 'mx.example',
    mechanisms: ['PLAIN', 'LOGIN'],
    startTls: true,
    limits: { failedLogins: 2 },
  });
  void run(server, near, new Mailroom());
  return connectSmtp(far, { hostname: ME, ...options });
}

test('a login: the first mechanism that is offered, behind TLS', async () => {
  const cases: ClientMechanism[][] = [
    [mechanism('SCRAM-SHA-256', 'x'), mechanism('plain', '\0ale\0secret'), mechanism('LOGIN')],
    [mechanism('LOGIN', null, 'ale', 'secret')],
    [mechanism('PLAIN', null, '\0ale\0secret')],
  ];
  for (const mechanisms of cases) {
    const connection = connectionOf(await withServer({ mechanisms }));
    assert.notEqual(connection.tls, null);
    await connection.close();
  }
});

test('a login that fails, is not offered, or may not be in the clear: there is no connection', async () => {
  const cases: [Partial<ConnectOptions>, string][] = [
    [{ mechanisms: [mechanism('PLAIN', '\0ale\0wrong')] }, '535 5.7.8 auth'],
    [{ mechanisms: [mechanism('LOGIN', null, 'ale', null)] }, '501 5.7.0 auth'],
    [{ mechanisms: [mechanism('X', 'x')] }, '451 4.7.4 auth local'],
    [{ mechanisms: [] }, '451 4.7.4 auth local'],
  ];
  for (const [options, expected] of cases)
    assert.equal(failureOf(await withServer(options)), expected);
  const peer = new Peer();
  const mechanisms = [mechanism('PLAIN', 'x')];
  const connected = connectSmtp(peer.client, { hostname: ME, mechanisms });
  await peer.greet();
  assert.equal(await peer.hear(), 'QUIT\r\n');
  await peer.say('221 bye\r\n');
  assert.equal(failureOf(await connected), '538 5.7.11 auth local');
});

test('the server hangs up in the middle of a login', async () => {
  const peer = new Peer();
  const login = { mechanisms: [mechanism('PLAIN', 'x')], allowPlaintextAuth: true };
  const connected = connectSmtp(peer.client, { hostname: ME, ...login });
  await peer.greet();
  assert.equal(await peer.hear(), 'AUTH PLAIN eA==\r\n');
  await peer.wire.close();
  assert.equal(failureOf(await connected), '451 4.4.2 auth local');
});

test('a mechanism that throws rejects, and the wire is cut', async () => {
  const peer = new Peer();
  const bad: ClientMechanism = {
    ...mechanism('PLAIN'),
    start: () => {
      throw new RangeError('no password');
    },
  };
  await assert.rejects(peer.connect({ mechanisms: [bad], allowPlaintextAuth: true }), RangeError);
  await assert.rejects(peer.wire.read(0));
});

/** A server that shows at the end that it knows the password: two challenges, the second its proof. */
function mutual(proof: string): ClientMechanism & { verified: boolean } {
  return {
    mechanism: 'SCRAM-SHA-256',
    verified: false,
    start: async () => asciiBytes('first'),
    async step(challenge) {
      if (latin1(challenge) === 'challenge') return asciiBytes('final');
      this.verified = latin1(challenge) === proof;
      return this.verified ? new Uint8Array() : null;
    },
  };
}

test('a server that must show that it knows the password: it does, it does not, it never tries', async () => {
  const cases: [string[], string | null][] = [
    [['334 Y2hhbGxlbmdl', '334 cHJvb2Y=', '235 2.7.0 in'], null],
    [['334 Y2hhbGxlbmdl', '334 ZmFsc2U=', '501 5.7.0 cancelled'], '501 5.7.0 auth'],
    [['334 Y2hhbGxlbmdl', '235 2.7.0 in'], '451 4.7.0 auth local'],
  ];
  for (const [says, expected] of cases) {
    const peer = new Peer();
    const heard: string[] = [];
    const connected = connectSmtp(peer.client, {
      hostname: ME,
      mechanisms: [mutual('proof')],
      allowPlaintextAuth: true,
    });
    await peer.greet(['AUTH SCRAM-SHA-256']);
    for (const line of says) {
      heard.push(await peer.hearLine());
      await peer.say(`${line}\r\n`);
    }
    if (expected !== null) {
      assert.equal(await peer.hearLine(), 'QUIT\r\n');
      await peer.say('221 bye\r\n');
    }
    const result = await connected;
    if (expected === null) connectionOf(result);
    else assert.equal(failureOf(result), expected);
    // The proof is answered by an empty line, what is none by cancelling.
    const last = { 'cHJvb2Y=': '\r\n', 'ZmFsc2U=': '*\r\n' }[says[1]!.slice(4)] ?? [];
    const usual = ['AUTH SCRAM-SHA-256 Zmlyc3Q=\r\n', 'ZmluYWw=\r\n'];
    assert.deepEqual(heard, usual.concat(last));
  }
});

test('mechanisms are made for the TLS that stands', async () => {
  const asked: (TlsInfo | null)[] = [];
  const connection = connectionOf(
    await withServer({
      mechanisms: (tls) => {
        asked.push(tls);
        return [mechanism('PLAIN', '\0ale\0secret')];
      },
    }),
  );
  assert.deepEqual(asked, [connection.tls]);
  assert.notEqual(connection.tls, null);
});

test('cancelled while a mechanism thinks: the connection ends, and what it says is not sent', async () => {
  const peer = new Peer();
  const cancel = new CancelSource();
  const thinking = Promise.withResolvers<Uint8Array>();
  const slow: ClientMechanism = {
    mechanism: 'PLAIN',
    start: () => null,
    step: () => thinking.promise,
  };
  const login = { mechanisms: [slow], allowPlaintextAuth: true };
  const connected = connectSmtp(peer.client, { hostname: ME, ...login, cancel });
  await peer.greet();
  assert.equal(await peer.hearLine(), 'AUTH PLAIN\r\n');
  await peer.say('334 \r\n');
  await new Promise((resolve) => setImmediate(resolve));
  cancel.fire();
  thinking.resolve(asciiBytes('secret'));
  assert.equal(failureOf(await connected), '451 4.4.2 auth local');
  await assert.rejects(peer.wire.read(0));
});
