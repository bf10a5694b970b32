import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asciiBytes, latin1, StateError } from '@postino/wire';
import { ORDER, Pop3Server } from '../src/index.ts';
import type { Pop3ServerEvent, Pop3ServerOptions } from '../src/index.ts';
import { BLOCK } from '../src/output.ts';

const ENTRIES = [
  { size: 10, uid: 'a' },
  { size: 20, uid: 'b' },
];
const TLS = { protocol: 'TLSv1.3', cipher: 'any', authorized: false };

function pull(session: Pop3Server): Pop3ServerEvent[] {
  const events: Pop3ServerEvent[] = [];
  for (let event; (event = session.next());) events.push(event);
  return events;
}

function said(events: readonly Pop3ServerEvent[]): string {
  return events.map((event) => (event.type === 'send' ? latin1(event.bytes) : '')).join('');
}

/** Says this, and gives the events up to null. */
function say(session: Pop3Server, text: string): Pop3ServerEvent[] {
  session.receive(asciiBytes(text));
  return pull(session);
}

function open(options: Pop3ServerOptions = { allowPlaintextAuth: true }): Pop3Server {
  const session = new Pop3Server(options);
  pull(session);
  return session;
}

function loggedIn(options?: Pop3ServerOptions): Pop3Server {
  const session = open(options);
  say(session, 'USER u\r\nPASS p\r\n');
  session.accept({ entries: ENTRIES });
  pull(session);
  return session;
}

test('drain rule: receive() before next() gave null is a StateError', () => {
  const session = new Pop3Server();
  assert.throws(() => session.receive(asciiBytes('QUIT\r\n')), StateError);
  pull(session);
  session.receive(asciiBytes('CAPA\r\nCAPA\r\n'));
  assert.throws(() => session.receive(asciiBytes('QUIT\r\n')), StateError);
});

test('one question: while it is open only `send` comes, and nothing is received', () => {
  const session = open();
  session.receive(asciiBytes('USER u\r\nPASS p\r\nSTAT\r\n'));
  assert.equal(session.next()?.type, 'login');
  assert.equal(session.timeout, 0);
  assert.equal(session.next()?.type, 'send');
  assert.equal(session.next(), null);
  assert.equal(session.next(), null);
  for (const misuse of [
    () => session.receive(asciiBytes('x')),
    () => session.ended(),
    () => session.expire(),
    () => session.done(),
    () => session.content(asciiBytes('x')),
    () => session.challenge(asciiBytes('x')),
    () => session.secured(TLS),
  ]) {
    assert.throws(misuse, StateError);
  }
  session.accept({ entries: ENTRIES });
  assert.equal(said(pull(session)), '+OK Logged in.\r\n+OK 2 30\r\n');
  assert.equal(session.timeout, 600_000);
});

test('one question: an answer with no question open is a StateError', () => {
  const session = loggedIn();
  assert.throws(() => session.accept({ entries: [] }), StateError);
  assert.throws(() => session.reject({ text: 'no' }), StateError);
  assert.throws(() => session.challenge(asciiBytes('')), StateError);
});

test('an answer that fits no question is a TypeError, and leaves it open', () => {
  const session = open();
  say(session, 'USER u\r\nPASS p\r\n');
  assert.throws(() => session.accept(), TypeError);
  assert.throws(() => session.accept({ size: 1 }), TypeError);
  assert.throws(() => session.accept({ entries: [{ size: -1, uid: 'a' }] }), TypeError);
  for (const text of ['a\r\nb', 'é', '[AUTH] x', 'x'.repeat(500)]) {
    assert.throws(() => session.reject({ text }), TypeError);
  }
  session.accept({ entries: ENTRIES });
  pull(session);
  say(session, 'RETR 1\r\n');
  assert.throws(() => session.accept({ entries: [] }), TypeError);
  assert.throws(() => session.accept({ size: 0.5 }), TypeError);
  session.accept({ size: 3 });
  session.content(asciiBytes('x\r\n'));
  session.done();
  assert.equal(said(pull(session)), '+OK 3 octets\r\nx\r\n.\r\n');
});

test('flush rule: replies to pipelined commands leave together', () => {
  const session = loggedIn();
  const events = say(session, 'STAT\r\nLIST\r\nNOOP\r\nDELE 1\r\nFOO\r\nRSET\r\n');
  assert.deepEqual(
    events.map((event) => event.type),
    ['send'],
  );
});

test('flush rule: small messages leave together with the replies behind them', () => {
  const session = loggedIn();
  const events = say(session, 'RETR 1\r\nRETR 2\r\nNOOP\r\n');
  while (events.at(-1)?.type === 'retrieve') {
    session.accept({ size: 10 });
    session.content(asciiBytes('12345678\r\n'));
    session.done();
    events.push(...pull(session));
  }
  assert.deepEqual(
    events.map((event) => event.type),
    ['retrieve', 'retrieve', 'send'],
  );
});

test('a listing of 100,000 messages comes in pieces of a block, and waits until they are taken', () => {
  const session = open();
  say(session, 'USER u\r\nPASS p\r\n');
  const entries = Array.from({ length: 100_000 }, (_, n) => ({ size: n, uid: `uid-${n}` }));
  session.accept({ entries });
  pull(session);
  for (const command of ['LIST\r\n', 'UIDL\r\n']) {
    const events = say(session, `${command}NOOP\r\n`);
    for (const event of events) assert.ok(event.type === 'send' && event.bytes.length <= BLOCK);
    const lines = said(events).split('\r\n');
    assert.equal(lines.length, 100_000 + 4);
    assert.equal(lines[100_000], command === 'LIST\r\n' ? '100000 99999' : '100000 uid-99999');
    assert.deepEqual(lines.slice(-3), ['.', '+OK', '']);
  }
});

test('views: large content is passed on without a copy, and only while it is lent', () => {
  const session = loggedIn();
  say(session, 'RETR 1\r\n');
  const chunk = new Uint8Array(2 * BLOCK).fill(0x61);
  session.accept({ size: chunk.length });
  assert.equal(session.content(chunk), true);
  assert.throws(() => session.content(chunk), StateError);
  const events = pull(session);
  assert.equal(events.length, 2);
  assert.ok(events[1]?.type === 'send' && events[1].bytes.buffer === chunk.buffer);
});

test('TOP: the machine says when it wants no more', () => {
  const session = loggedIn();
  say(session, 'TOP 1 1\r\n');
  session.accept({ size: 100 });
  assert.equal(session.content(asciiBytes('A: b\r\n\r\n')), true);
  assert.equal(session.content(asciiBytes('one\r\ntwo\r\n')), false);
  assert.equal(session.content(asciiBytes('three\r\n')), false);
  session.done();
  assert.equal(said(pull(session)), '+OK\r\nA: b\r\n\r\none\r\n.\r\n');
});

test('after login no line may be longer than a command, and one that is is told before it ends', () => {
  const session = loggedIn();
  assert.equal(said(say(session, 'x'.repeat(255))), '');
  assert.equal(said(say(session, 'x')), '-ERR Input line too long.\r\n');
  assert.equal(said(say(session, 'x\r\nNOOP\r\n')), '+OK\r\n');
});

test('timeout: the session ends without a word, and without an update. RFC 1939 §3', () => {
  const session = loggedIn();
  say(session, 'DELE 1\r\n');
  assert.equal(session.timeout, 600_000);
  session.expire();
  assert.deepEqual(pull(session), [{ type: 'close', reason: 'timeout' }]);
  assert.throws(() => session.receive(asciiBytes('QUIT\r\n')), StateError);
});

test('shutdown: said before the next command, after the message that is on its way', () => {
  const session = loggedIn();
  say(session, 'RETR 1\r\nDELE 1\r\nQUIT\r\n');
  session.accept({ size: 3 });
  session.shutdown();
  assert.deepEqual(pull(session), []);
  session.content(asciiBytes('x\r\n'));
  session.done();
  const events = pull(session);
  assert.equal(said(events), '+OK 3 octets\r\nx\r\n.\r\n-ERR [SYS/TEMP] Server shutting down.\r\n');
  assert.deepEqual(events.at(-1), { type: 'close', reason: 'shutdown' });
});

test('shutdown: what arrives in the same moment is not carried out', () => {
  const session = loggedIn();
  session.shutdown();
  const events = say(session, 'DELE 1\r\nQUIT\r\n');
  assert.deepEqual(
    events.map((event) => event.type),
    ['send', 'close'],
  );
});

test('the peer ends its side: what it said before is carried out, half a line is not', () => {
  const session = loggedIn();
  assert.equal(said(say(session, 'NOOP\r\nQUIT')), '+OK\r\n');
  session.ended();
  assert.deepEqual(pull(session), [{ type: 'close', reason: 'closed' }]);
});

test('STLS: nothing is received before TLS stands', () => {
  const session = open({ startTls: true });
  const events = say(session, 'STLS\r\n');
  assert.deepEqual(
    events.map((event) => event.type),
    ['send', 'startTls'],
  );
  assert.throws(() => session.receive(asciiBytes('CAPA\r\n')), StateError);
  session.secured(TLS);
  assert.deepEqual(pull(session), []);
  assert.match(said(say(session, 'CAPA\r\n')), /\r\nUSER\r\n/);
});

test('a refusal may end the session', () => {
  const session = open();
  say(session, 'USER u\r\nPASS p\r\n');
  session.reject({ code: 'SYS/PERM', text: 'Account disabled.', close: true });
  const events = pull(session);
  assert.equal(said(events), '-ERR [SYS/PERM] Account disabled.\r\n');
  assert.deepEqual(events.at(-1), { type: 'close', reason: 'refused' });
});

test('the fifth login refused ends the session', () => {
  const session = open();
  for (let n = 1; n <= 5; n++) {
    say(session, 'USER u\r\nPASS p\r\n');
    session.reject({ text: 'Authentication failed.' });
    const events = pull(session);
    assert.equal(said(events), '-ERR [AUTH] Authentication failed.\r\n');
    assert.equal(events.at(-1)?.type, n < 5 ? 'send' : 'close');
  }
});

test('options that cannot be are TypeErrors', () => {
  for (const options of [
    { greeting: 'a\r\nb' },
    { greeting: '<1.2@mx>' },
    { greeting: '[X] y' },
    { implementation: 'é' },
    { mechanisms: ['plain'] },
    { mechanisms: ['PLAIN\r\n'] },
    { limits: { idle: 0 } },
    { limits: { commandLine: 1.5 } },
    { limits: { badCommands: Number.NaN } },
  ]) {
    assert.throws(() => new Pop3Server(options), TypeError, JSON.stringify(options));
  }
});

test("a greeting of one's own", () => {
  assert.equal(said(pull(new Pop3Server({ greeting: 'YOLO.' }))), '+OK YOLO.\r\n');
});

test('order: every phase that a command leads to has its row, and QUIT is there wherever commands are', () => {
  for (const row of Object.values(ORDER)) {
    for (const next of Object.values(row)) assert.ok(next in ORDER);
    if (Object.keys(row).length > 0) assert.ok(row.QUIT);
  }
});
