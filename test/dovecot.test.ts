/** Our POP3 client against Dovecot, over real sockets. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { dial, selfSigned } from '@postino/node';
import {
  connectPop3,
  type ConnectPop3Options,
  type Pop3Connection,
  type Pop3Failure,
} from '@postino/pop3-wire';
import { loginClient, plainClient, scramClient } from '@postino/sasl';
import type { Sink } from '@postino/wire';
import { Dovecot, DOVECOT_LOGIN } from './dovecot.ts';
import { programTest } from './program-test.ts';

const POP3 = '/usr/lib/dovecot/pop3';
const CERTIFICATE = selfSigned(['mx.peer.example']);

const HEADER = 'From: ann@example.net\r\nSubject: hello\r\n\r\n';
const MESSAGES = [
  `${HEADER}Hello.\r\n`,
  `${HEADER}.\r\n..\r\n.dot\r\n\r\n.\r\n`,
  `${HEADER}${'.a line of text\r\n..\r\n'.repeat(200_000)}`,
  `${HEADER}${'x'.repeat(900)}\r\n.${'\xe9'.repeat(900)}\r\n`,
];

/** Connects and logs in, as the options say. */
async function open(
  { port }: Dovecot,
  options: ConnectPop3Options,
): Promise<{ connection: Pop3Connection } | { failure: Pop3Failure }> {
  const wire = await dial(
    { address: '127.0.0.1', port },
    { authorities: [CERTIFICATE.certificate] },
  );
  return connectPop3(wire, options);
}

const plainly: ConnectPop3Options = { login: DOVECOT_LOGIN, startTls: 'never' };
const TRUST = { serverName: 'mx.peer.example', verify: 'pki' } as const;
const overTls: ConnectPop3Options = { login: DOVECOT_LOGIN, handshake: TRUST };
type Login = typeof DOVECOT_LOGIN;

async function opened(dovecot: Dovecot, options: ConnectPop3Options): Promise<Pop3Connection> {
  const connected = await open(dovecot, options);
  assert.ok('connection' in connected, JSON.stringify(connected));
  return connected.connection;
}

async function refused(dovecot: Dovecot, options: ConnectPop3Options): Promise<Pop3Failure> {
  const connected = await open(dovecot, options);
  assert.ok('failure' in connected);
  return connected.failure;
}

function text(): Sink<string> {
  const pieces: Buffer[] = [];
  return {
    write: (bytes) => void pieces.push(Buffer.from(bytes)),
    end: async () => Buffer.concat(pieces).toString('latin1'),
    abort: async () => {},
  };
}

async function listed(maildrop: Pop3Connection): Promise<{ size: number; uid: string | null }[]> {
  const list = await maildrop.list();
  assert.ok('messages' in list, JSON.stringify(list));
  return list.messages;
}

function dovecotTest(name: string, body: (context: TestContext) => Promise<void>): void {
  programTest('dovecot', { name, at: POP3 }, body);
}

dovecotTest('gives every message octet for octet, with its true size', async (context) => {
  const maildrop = await opened(await Dovecot.start(context, MESSAGES), plainly);
  const sizes = (await listed(maildrop)).map(({ size }) => size);
  assert.deepEqual(
    sizes,
    MESSAGES.map((message) => message.length),
  );
  for (const [index, message] of MESSAGES.entries()) {
    const fetched = await maildrop.retrieve(index + 1, text());
    assert.ok('kept' in fetched && fetched.kept === message, `message ${index + 1}`);
  }
  assert.equal(await maildrop.quit(), null);
});

dovecotTest('gives the header and so many lines (TOP)', async (context) => {
  const maildrop = await opened(await Dovecot.start(context, MESSAGES), plainly);
  assert.deepEqual(await maildrop.top(2, 0, text()), { kept: HEADER });
  assert.deepEqual(await maildrop.top(2, 2, text()), { kept: `${HEADER}.\r\n..\r\n` });
  assert.deepEqual(await maildrop.top(1, 99, text()), { kept: MESSAGES[0] });
  await maildrop.quit();
});

dovecotTest('keeps what stays, and unique-ids last over sessions', async (context) => {
  const dovecot = await Dovecot.start(context, MESSAGES);
  const first = await opened(dovecot, plainly);
  const uids = (await listed(first)).map(({ uid }) => uid);
  assert.equal(new Set(uids).size, MESSAGES.length);
  assert.equal(await first.mark(1), null);
  assert.equal(await first.mark(3), null);
  assert.match(String((await first.mark(3))?.text), /deleted/i);
  assert.equal(await first.unmark(), null);
  assert.equal(await first.mark(2), null);
  assert.equal(await first.quit(), null);
  assert.equal(dovecot.kept, MESSAGES.length - 1);
  const second = await opened(dovecot, plainly);
  const left = (await listed(second)).map(({ uid }) => uid);
  assert.deepEqual(left, [uids[0], uids[2], uids[3]]);
  assert.equal(await second.mark(1), null);
  await second.abandon();
  const third = await opened(dovecot, plainly);
  assert.deepEqual(
    (await listed(third)).map(({ uid }) => uid),
    left,
  );
  assert.equal(await third.quit(), null);
});

dovecotTest('says no to a message that is not there, and goes on', async (context) => {
  const maildrop = await opened(await Dovecot.start(context, [MESSAGES[0]!]), plainly);
  const fetched = await maildrop.retrieve(2, text());
  assert.ok('failure' in fetched && fetched.failure.status, JSON.stringify(fetched));
  assert.equal(await maildrop.noop(), null);
  assert.deepEqual(await maildrop.retrieve(1, text()), { kept: MESSAGES[0] });
  await maildrop.quit();
});

dovecotTest('with STLS: its certificate must be right', async (context) => {
  const dovecot = await Dovecot.start(context, MESSAGES, CERTIFICATE);
  const maildrop = await opened(dovecot, overTls);
  assert.equal((await listed(maildrop)).length, MESSAGES.length);
  assert.equal(await maildrop.quit(), null);
  const otherName = { serverName: 'mx.other.example', verify: 'pki' } as const;
  assert.match((await refused(dovecot, { ...overTls, handshake: otherName })).text, /TLS/);
  const { text: stranger } = await refused(
    await Dovecot.start(context, MESSAGES, selfSigned(['mx.peer.example'])),
    overTls,
  );
  assert.match(stranger, /TLS/);
});

dovecotTest('without TLS: nobody logs in unless it is said', async (context) => {
  const dovecot = await Dovecot.start(context, MESSAGES);
  assert.match((await refused(dovecot, { login: DOVECOT_LOGIN })).text, /no TLS/);
  const maildrop = await opened(dovecot, { login: DOVECOT_LOGIN, startTls: 'offered' });
  assert.equal(await maildrop.quit(), null);
});

dovecotTest('with SASL: takes the right password alone', async (context) => {
  const dovecot = await Dovecot.start(context, MESSAGES, CERTIFICATE);
  for (const client of [
    plainClient,
    loginClient,
    (login: Login) => scramClient({ ...login, mechanism: 'SCRAM-SHA-256' }),
  ]) {
    const as = (login: Login): ConnectPop3Options => ({
      handshake: TRUST,
      mechanisms: [client(login)],
    });
    const maildrop = await opened(dovecot, as(DOVECOT_LOGIN));
    assert.equal(await maildrop.quit(), null);
    const failure = await refused(dovecot, as({ ...DOVECOT_LOGIN, password: 'wrong' }));
    assert.equal(failure.status?.code, 'AUTH');
  }
});
