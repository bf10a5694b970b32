import type { TlsInfo } from '@postino/wire';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SmtpServer } from '@postino/smtp-wire';
import { latin1, latin1Bytes } from '@postino/wire';
import { addressed, codes, Driver, greeted, HOST, receiving, TLS } from './session.ts';

function machine(): SmtpServer {
  return new SmtpServer({ hostname: HOST });
}

test('drain rule: receive() before next() gave null, or with a question open, throws', () => {
  const server = machine();
  assert.equal(server.next()?.type, 'connect');
  assert.throws(() => server.receive(latin1Bytes('x')), { name: 'StateError' });
  server.accept();
  assert.equal(server.next()?.type, 'send');
  assert.equal(server.next(), null);
  server.receive(latin1Bytes('NOOP\r\n'));
  assert.throws(() => server.receive(latin1Bytes('x')), { name: 'StateError' });
});

test('one question: while it is open, next() gives what was said, then null, and timeout is 0', () => {
  const { server } = greeted();
  server.receive(latin1Bytes('NOOP\r\nMAIL FROM:<a@b.example>\r\nNOOP\r\n'));
  assert.equal(server.next()?.type, 'mail');
  assert.equal(server.timeout, 0);
  const sent = server.next();
  assert.ok(sent?.type === 'send');
  assert.equal(latin1(sent.bytes), '250 2.0.0 OK\r\n');
  assert.equal(server.next(), null);
  assert.equal(server.next(), null);
  server.accept();
  const more = server.next();
  assert.ok(more?.type === 'send');
  assert.deepEqual(codes(latin1(more.bytes)), [250, 250]);
});

test('an answer with no question open throws', () => {
  const server = machine();
  assert.throws(() => server.accept(), { name: 'StateError' });
  assert.throws(() => server.reject({ code: 550, text: '' }), { name: 'StateError' });
  assert.throws(() => server.challenge(new Uint8Array(0)), { name: 'StateError' });
  assert.throws(() => server.refuse({ code: 550, text: '' }), { name: 'StateError' });
  assert.throws(() => server.secured(TLS), { name: 'StateError' });
  server.next();
  assert.throws(() => server.challenge(new Uint8Array(0)), { name: 'StateError' });
});

test('a reply that does not answer throws, and the question stays open', () => {
  const { server } = greeted();
  server.receive(latin1Bytes('MAIL FROM:<a@b.example>\r\n'));
  server.next();
  assert.throws(() => server.accept({ code: 550 }), TypeError);
  assert.throws(() => server.accept({ code: 354 }), TypeError);
  assert.throws(() => server.reject({ code: 250, text: '' }), TypeError);
  assert.throws(() => server.reject({ code: Number.NaN, text: '' }), TypeError);
  assert.throws(() => server.reject({ code: 550, status: '4.1.1', text: '' }), TypeError);
  server.reject({ code: 550, text: 'no' });
  const sent = server.next();
  assert.ok(sent?.type === 'send');
  assert.equal(latin1(sent.bytes), '550 5.0.0 no\r\n');
});

test('flush rule: the replies of a chunk leave together', () => {
  const { server } = greeted();
  server.receive(latin1Bytes('NOOP\r\nRSET\r\nNOOP\r\n'));
  const sent = server.next();
  assert.ok(sent?.type === 'send');
  assert.deepEqual(codes(latin1(sent.bytes)), [250, 250, 250]);
  assert.equal(server.next(), null);
});

test('views: content lies in the chunk that was handed in', () => {
  const { server } = receiving();
  const [abc, d] = ['abc'.repeat(30), 'd'.repeat(70)];
  const octets = `${abc}\r\n..${d}\r\n`;
  const chunk = latin1Bytes(octets);
  server.receive(chunk);
  const views = [server.next(), server.next()].map((event) =>
    event?.type === 'content' ? event.bytes : null,
  );
  assert.deepEqual(
    views.map((view) => view && latin1(view)),
    [`${abc}\r\n`, `.${d}\r\n`],
  );
  assert.ok(views.every((view) => view?.buffer === chunk.buffer));
  assert.equal(latin1(chunk), octets);
});

test('accept says what it is given', () => {
  const server = machine();
  server.next();
  server.accept({ text: ['ESMTP at your service', 'no spam'] });
  const sent = server.next();
  assert.ok(sent?.type === 'send');
  assert.equal(latin1(sent.bytes), '220-mx.example ESMTP at your service\r\n220 no spam\r\n');
  server.next();
  server.receive(latin1Bytes('EHLO c.example\r\n'));
  server.next();
  server.accept({ text: 'Hello you' });
  const hello = server.next();
  assert.ok(hello?.type === 'send');
  assert.match(latin1(hello.bytes), /^250-mx\.example Hello you\r\n250-SIZE/);
});

test('a refused connection may only QUIT, 421 closes at once', () => {
  const driver = new Driver();
  driver.server.next();
  driver.server.reject({ code: 554, status: '5.7.1', text: 'no service here' });
  assert.equal(driver.pump(), '554 no service here\r\n');
  assert.deepEqual(
    codes(driver.feed('EHLO c.example\r\nMAIL FROM:<>\r\nQUIT\r\n')),
    [503, 503, 221],
  );
  const busy = new Driver();
  busy.server.next();
  busy.server.reject({ code: 421, text: 'mx.example busy' });
  assert.equal(busy.pump(), '421 mx.example busy\r\n');
  assert.ok(busy.closed);
});

test('refuse: the rest is not shown, the reply waits for the end', () => {
  const { server } = receiving();
  server.receive(latin1Bytes('abc\r\n..d\r\n'));
  assert.equal(server.next()?.type, 'content');
  server.refuse({ code: 552, status: '5.2.2', text: 'mailbox full' });
  assert.deepEqual(server.next(), { type: 'reset' });
  assert.equal(server.next(), null);
  server.receive(latin1Bytes('more\r\n.\r\nNOOP\r\n'));
  const sent = server.next();
  assert.ok(sent?.type === 'send');
  assert.equal(latin1(sent.bytes), '552 5.2.2 mailbox full\r\n250 2.0.0 OK\r\n');
});

test('shutdown: 421 between commands, but a message in flight ends first', () => {
  const idle = greeted();
  idle.server.shutdown();
  assert.equal(idle.pump(), '421 4.3.2 mx.example shutting down, please try later\r\n');
  assert.ok(idle.closed);
  const busy = receiving();
  busy.feed('half ');
  busy.server.shutdown();
  assert.equal(busy.pump(), '');
  assert.deepEqual(codes(busy.feed('a message\r\n.\r\nNOOP\r\n')), [250, 421]);
  assert.deepEqual(busy.record.stored, ['half a message\r\n']);
});

function mechanisms(tls: TlsInfo | null): string[] {
  return tls ? ['X-Bound', 'PLAIN'] : ['PLAIN'];
}

test('mechanisms may be those that fit the TLS there is', () => {
  const driver = greeted({ startTls: true, mechanisms, allowPlaintextAuth: true });
  assert.match(driver.feed('EHLO c.example\r\n'), /AUTH PLAIN\r\n/);
  assert.deepEqual(codes(driver.feed('AUTH X-BOUND\r\n')), [504]);
  driver.feed('STARTTLS\r\n');
  assert.match(driver.feed('EHLO c.example\r\n'), /AUTH X-BOUND PLAIN\r\n/);
  assert.deepEqual(codes(driver.feed('AUTH X-BOUND\r\n')), [334]);
  const secure = greeted({ mechanisms, tls: TLS });
  assert.match(secure.feed('EHLO c.example\r\n'), /AUTH X-BOUND PLAIN\r\n/);
  assert.throws(
    () => new SmtpServer({ hostname: HOST, mechanisms: () => ['PLA IN'] }),
    /mechanisms/,
  );
});

test('three failed logins close', () => {
  const driver = greeted({ mechanisms: ['PLAIN'], tls: TLS });
  const wrong = 'AUTH PLAIN AGFsZQB3cm9uZw==\r\n';
  assert.deepEqual(codes(driver.feed(wrong + wrong)), [535, 535]);
  assert.deepEqual(codes(driver.feed(wrong)), [535, 421]);
  assert.ok(driver.closed);
});

test('a message that was taken forgives errors and idle commands', () => {
  const driver = new Driver({ limits: { errors: 2, idleCommands: 2 } });
  driver.pump();
  driver.feed('HELO c.example\r\n');
  for (let i = 0; i < 5; i++) {
    driver.feed('WHAT\r\nWHAT\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<b@b.example>\r\nDATA\r\n');
    assert.deepEqual(codes(driver.feed('x\r\n.\r\nNOOP\r\nNOOP\r\n')), [250, 250, 250]);
  }
});

test('a line longer than 512 octets is taken when it is within the limit', () => {
  assert.deepEqual(codes(greeted().feed(`NOOP ${'x'.repeat(2041)}\r\n`)), [250]);
});

test('timeout is whole again for a new line, also behind content in many pieces', () => {
  const driver = receiving();
  for (let i = 0; i < 100; i++) driver.feed('a line of content\r\n');
  assert.equal(driver.server.timeout, 180_000);
  driver.feed('.\r\n');
  assert.equal(driver.server.timeout, 300_000);
  for (const piece of ['N', 'O', 'O', 'P']) driver.feed(piece);
  assert.equal(driver.server.timeout, 60_000);
  driver.feed('\r\n');
  assert.equal(driver.server.timeout, 300_000);
});

test('options that cannot be throw a TypeError that names them', () => {
  assert.throws(() => new SmtpServer({ hostname: '' }), /hostname/);
  assert.throws(() => new SmtpServer({ hostname: 'a b' }), /hostname/);
  assert.throws(() => new SmtpServer({ hostname: HOST, maxMessageSize: -1 }), /maxMessageSize/);
  assert.throws(() => new SmtpServer({ hostname: HOST, mechanisms: ['PLA IN'] }), /mechanisms/);
  assert.throws(
    () => new SmtpServer({ hostname: HOST, limits: { recipients: Number.NaN } }),
    /recipients/,
  );
});

test('after the end nothing comes any more', () => {
  const driver = addressed();
  driver.feed('QUIT\r\n');
  assert.deepEqual(driver.record.events.slice(-2), ['reset', 'close']);
  assert.equal(driver.server.next(), null);
  driver.server.ended();
  driver.server.expire();
  assert.equal(driver.server.next(), null);
  assert.throws(() => driver.server.receive(latin1Bytes('x')), { name: 'StateError' });
});

test('a peer that goes on where it must wait is seen, and refused by option', () => {
  for (const ahead of ['NOOP\r\nNOOP\r\n', 'EHLO c.example\r\nNOOP\r\n', 'VRFY a\r\nRSET\r\n']) {
    const taken = greeted();
    assert.equal(taken.server.unsynchronized, false);
    assert.deepEqual(codes(taken.feed(ahead)).length, 2);
    assert.equal(taken.server.unsynchronized, true);
    const refused = greeted({ unsynchronized: 'refuse' });
    assert.deepEqual(codes(refused.feed(ahead)), [554]);
    assert.ok(refused.closed);
  }
});

test('what PIPELINING allows is not out of step, but HELO allows none of it', () => {
  const group = 'MAIL FROM:<a@b.example>\r\nRCPT TO:<b@b.example>\r\nDATA\r\n';
  const options = { unsynchronized: 'refuse' } as const;
  assert.deepEqual(codes(greeted(options).feed(group)), [250, 250, 354]);
  assert.deepEqual(codes(greeted(options).feed(`${group}.\r\n`)), [250, 250, 554]);
  const old = new Driver(options);
  old.pump();
  old.feed('HELO c.example\r\n');
  assert.deepEqual(codes(old.feed('RSET\r\n')), [250]);
  assert.deepEqual(codes(old.feed(group)), [554]);
});

/** The time for a line after the greeting, EHLO, AUTH, and its end. */
function timesOf(driver: Driver): number[] {
  return ['', 'EHLO c.example\r\n', 'AUTH LOGIN\r\n', '*\r\n'].map((line) => {
    if (line === '') driver.pump();
    else driver.feed(line);
    return driver.server.timeout;
  });
}

test('each phase has its time, and what is not given is as for a command', () => {
  const auth = { mechanisms: ['LOGIN'], allowPlaintextAuth: true };
  const timeouts = { hello: 1000, command: 2000, auth: 3000 };
  assert.deepEqual(timesOf(new Driver({ ...auth, timeouts })), [1000, 2000, 3000, 2000]);
  const same = { ...auth, timeouts: { command: 2000 } };
  assert.deepEqual(timesOf(new Driver(same)), [2000, 2000, 2000, 2000]);
  assert.throws(() => new SmtpServer({ hostname: HOST, timeouts: { hello: 0 } }), /hello/);
});
