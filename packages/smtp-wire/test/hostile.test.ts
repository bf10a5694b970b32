/** The hostile inputs that fall to the machine, by their number in the project's list. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latin1, latin1Bytes } from '@postino/wire';
import { addressed, codes, Driver, greeted, receiving, TLS } from './session.ts';

const EOD = '\r\n.\r\n';

/** Sends content with an embedded sequence that must not end it, then its true end; gives the reply. */
function smuggle(content: string): { said: string; driver: Driver } {
  const driver = receiving();
  const said = driver.feed(`${content}MAIL FROM:<evil@example.org>\r\nB${EOD}`);
  return { said, driver };
}

function assertNotSmuggled(content: string): void {
  const { said, driver } = smuggle(content);
  assert.match(said, /^554 5\.6\.0 [^\r]*\r\n$/, JSON.stringify(content));
  assert.deepEqual(driver.record.stored, []);
  assert.equal(driver.record.events.at(-1), 'reset');
  assert.equal(driver.feed('NOOP\r\n'), '250 2.0.0 OK\r\n');
}

test('hostile 1: CRLF.CRLF split at every octet is the same end', () => {
  const whole = latin1Bytes(`a${EOD}NOOP\r\n`);
  for (let at = 1; at < whole.length; at++) {
    const driver = receiving();
    const said = driver.feed(whole.subarray(0, at)) + driver.feed(whole.subarray(at));
    assert.equal(said, '250 2.0.0 OK\r\n250 2.0.0 OK\r\n');
    assert.deepEqual(driver.record.stored, ['a\r\n']);
  }
});

test('hostile 2: LF.LF does not end a message, and refuses it', () => assertNotSmuggled('a\n.\n'));
test('hostile 3: LF.CRLF does not end a message, and refuses it', () =>
  assertNotSmuggled('a\n.\r\n'));
test('hostile 4: CRLF.LF does not end a message, and refuses it', () =>
  assertNotSmuggled('a\r\n.\n'));
test('hostile 5: CR.CR, CR.CRLF and CRLF.CR with a letter do not end a message, and refuse it', () => {
  for (const sequence of ['\r.\r', '\r.\r\n', '\r\n.\rx']) assertNotSmuggled(`a${sequence}`);
});
test('hostile 6: CRLF.CRCRLF does not end a message, and refuses it', () =>
  assertNotSmuggled('a\r\n.\r\r\n'));

test('hostile 7: CRCRLF.CRLF ends at its CRLF.CRLF, and the stray CR refuses the message', () => {
  const driver = receiving();
  assert.deepEqual(codes(driver.feed('a\r\r\n.\r\nNOOP\r\n')), [554, 250]);
  assert.deepEqual(driver.record.stored, []);
});

test('hostile 8: a NUL is kept, or refused by option, and ends nothing', () => {
  const content = 'a\0b\r\n\0.\r\nLF\0.\r\n';
  const keeping = receiving();
  assert.deepEqual(codes(keeping.feed(`${content}.\r\n`)), [250]);
  assert.deepEqual(keeping.record.stored, [content]);
  const refusing = receiving({ nul: 'refuse' });
  assert.equal(refusing.feed(`${content}.\r\n`), '554 5.6.0 Message refused: it holds a NUL\r\n');
  assert.deepEqual(refusing.record.stored, []);
});

test('hostile 9: a dot right behind 354 ends an empty message', () => {
  const driver = receiving();
  assert.deepEqual(codes(driver.feed('.\r\n')), [250]);
  assert.deepEqual(driver.record.stored, ['']);
});

test('hostile 10: a stuffed dot is removed once, on the first line and on any other', () => {
  const driver = receiving();
  driver.feed('..x\r\n...y\r\nz..\r\n.\r\n');
  assert.deepEqual(driver.record.stored, ['.x\r\n..y\r\nz..\r\n']);
});

test('hostile 11: a single leading dot is removed too, and is no end', () => {
  const driver = receiving();
  driver.feed('.x\r\ny\r\n.\r\n');
  assert.deepEqual(driver.record.stored, ['x\r\ny\r\n']);
});

test('hostile 12: a header with LF line ends does not make the reader lenient', () => {
  assertNotSmuggled('Subject: x\nTo: y\n\nbody\r\n.\n');
});

test('hostile 13: too much, even in one line, is read to its end unseen, then refused, and the session lives', () => {
  const driver = receiving({ maxMessageSize: 1000 });
  const chunk = latin1Bytes('x'.repeat(65_536));
  for (let i = 0; i < 800; i++) assert.equal(driver.feed(chunk), '');
  assert.deepEqual(codes(driver.feed(`${EOD}MAIL FROM:<a@example.org>\r\n`)), [552, 250]);
  assert.deepEqual(driver.record.stored, []);
  assert.deepEqual(driver.record.events, [
    'connect',
    'hello',
    'mail',
    'rcpt',
    'data',
    'reset',
    'mail',
  ]);
});

test('hostile 14: SIZE must be 1 to 20 digits, and no more than the limit', () => {
  const driver = greeted({ maxMessageSize: 1000, limits: { errors: 100 } });
  for (const size of ['-1', '1e3', '', '1.0', '0x10', '١', '100000000000000000000', ' 1']) {
    assert.deepEqual(
      codes(driver.feed(latin1Bytes(`MAIL FROM:<> SIZE=`)) + feedUtf8(driver, `${size}\r\n`)),
      [501],
      size,
    );
  }
  assert.deepEqual(codes(driver.feed('MAIL FROM:<> SIZE\r\n')), [501]);
  for (const size of ['99999999999999999999', '1001']) {
    assert.deepEqual(codes(driver.feed(`MAIL FROM:<> SIZE=${size}\r\n`)), [552], size);
  }
  assert.deepEqual(codes(driver.feed('MAIL FROM:<> SIZE=1000\r\n')), [250]);
});

test('hostile 15: octets that are no UTF-8 in a command are 501, and the session lives', () => {
  const driver = greeted();
  assert.deepEqual(
    codes(driver.feed('MAIL FROM:<\xff@example.org>\r\n\xc3\x28\r\nNOOP\xed\xa0\x80\r\nNOOP\r\n')),
    [501, 501, 501, 250],
  );
});

test('hostile 16: a peer that speaks before the greeting is refused, or known as early by option', () => {
  const refusing = new Driver();
  assert.equal(
    refusing.feed('EHLO a.example\r\n'),
    '554 SMTP synchronization error: you must wait for the reply\r\n',
  );
  assert.deepEqual(refusing.record.events, ['close']);
  const asking = new Driver({ earlyTalkers: 'ask' });
  asking.server.receive(latin1Bytes('NOOP\r\n'));
  assert.deepEqual(asking.server.next(), { type: 'connect', early: true });
  asking.server.accept();
  assert.deepEqual(codes(asking.pump()), [220, 250]);
});

test('hostile 17: what lies behind DATA is content, or ends the session where DATA is refused', () => {
  const taken = addressed();
  assert.deepEqual(
    codes(taken.feed(`DATA\r\nRSET\r\nMAIL FROM:<evil@example.org>${EOD}NOOP\r\n`)),
    [354, 250, 250],
  );
  assert.deepEqual(taken.record.stored, ['RSET\r\nMAIL FROM:<evil@example.org>\r\n']);

  const refused = greeted();
  const group =
    'MAIL FROM:<a@example.org>\r\nRCPT TO:<no1@example.org>\r\nRCPT TO:<no2@example.org>\r\nDATA\r\n';
  assert.deepEqual(
    codes(refused.feed(`${group}RSET\r\nMAIL FROM:<evil@example.org>${EOD}`)),
    [250, 550, 550, 503, 554],
  );
  assert.deepEqual(refused.record.events, [
    'connect',
    'hello',
    'mail',
    'rcpt',
    'rcpt',
    'reset',
    'close',
  ]);

  const { server } = addressed();
  server.receive(latin1Bytes(`DATA\r\nRSET\r\n`));
  assert.equal(server.next()?.type, 'data');
  server.reject({ code: 451, text: 'not now' });
  assert.deepEqual(server.next(), { type: 'reset' });
  const said = server.next();
  assert.ok(said?.type === 'send');
  assert.deepEqual(codes(latin1(said.bytes)), [451, 554]);

  const waiting = greeted();
  assert.deepEqual(codes(waiting.feed(group)), [250, 550, 550, 503]);
  assert.deepEqual(codes(waiting.feed('RCPT TO:<b@example.org>\r\nDATA\r\n')), [250, 354]);
});

test('hostile 18: what lies behind STARTTLS ends the session, and half a line before it is gone after it', () => {
  const injected = greeted({ startTls: true });
  assert.deepEqual(codes(injected.feed('STARTTLS\r\nMAIL FROM:<evil@example.org>\r\n')), [554]);
  assert.deepEqual(injected.record.events, ['connect', 'hello', 'close']);

  const half = greeted({ startTls: true });
  assert.deepEqual(codes(half.feed('STARTTLS\r\nMAIL FR')), [554]);

  const { server } = greeted({ startTls: true });
  server.receive(latin1Bytes('STARTTLS\r\n'));
  assert.equal(server.next()?.type, 'send');
  assert.equal(server.next()?.type, 'startTls');
  assert.equal(server.next(), null);
  assert.throws(() => server.receive(latin1Bytes('MAIL FR')), { name: 'StateError' });
  server.secured(TLS);
  assert.equal(server.next(), null);
  server.receive(latin1Bytes('EHLO c.example\r\n'));
  assert.equal(server.next()?.type, 'hello');
});

test('hostile 19: STARTTLS twice, with an argument, in a transaction, within AUTH', () => {
  const twice = greeted({ startTls: true });
  twice.feed('STARTTLS\r\n');
  assert.deepEqual(codes(twice.feed('EHLO c.example\r\n')), [250]);
  assert.deepEqual(codes(twice.feed('STARTTLS\r\n')), [503]);
  assert.deepEqual(codes(greeted({ startTls: true }).feed('STARTTLS now\r\n')), [501]);
  assert.deepEqual(codes(addressed({ startTls: true }).feed('STARTTLS\r\n')), [503]);
  const login = greeted({ startTls: true, mechanisms: ['LOGIN'], allowPlaintextAuth: true });
  assert.deepEqual(codes(login.feed('AUTH LOGIN\r\n')), [334]);
  assert.deepEqual(codes(login.feed('STARTTLS\r\nNOOP\r\n')), [535, 250]);
  assert.deepEqual(login.record.events, ['connect', 'hello', 'auth', 'authResponse']);
});

test('hostile 20: TLS forgets EHLO and AUTH, offers AUTH and no more STARTTLS', () => {
  const driver = greeted({ startTls: true, mechanisms: ['PLAIN'], allowPlaintextAuth: true });
  assert.deepEqual(codes(driver.feed('AUTH PLAIN AGFsZQBzZWNyZXQ=\r\n')), [235]);
  driver.feed('STARTTLS\r\n');
  assert.equal(driver.server.hello, null);
  for (const command of [
    'MAIL FROM:<a@example.org>',
    'RCPT TO:<b@example.org>',
    'DATA',
    'AUTH PLAIN',
    'STARTTLS',
  ]) {
    assert.deepEqual(codes(driver.feed(`${command}\r\n`)), [503], command);
  }
  const listed = driver.feed('EHLO c.example\r\n');
  assert.match(listed, /AUTH PLAIN/);
  assert.doesNotMatch(listed, /STARTTLS/);
  assert.deepEqual(codes(driver.feed('AUTH PLAIN AGFsZQBzZWNyZXQ=\r\n')), [235]);
});

test('hostile 23: commands out of order are 503, and EHLO within a transaction ends it', () => {
  const driver = greeted();
  assert.deepEqual(codes(driver.feed('RCPT TO:<b@example.org>\r\nDATA\r\n')), [503, 503]);
  assert.deepEqual(
    codes(driver.feed('MAIL FROM:<a@example.org>\r\nMAIL FROM:<a@example.org>\r\nDATA\r\n')),
    [250, 503, 503],
  );
  assert.deepEqual(
    codes(driver.feed('RCPT TO:<b@example.org>\r\nEHLO c.example\r\nDATA\r\n')),
    [250, 250, 503],
  );
  assert.equal(driver.record.events.at(-1), 'reset');
});

test('hostile 24: HELO takes one name of ASCII letters, digits, dots and hyphens, or a literal', () => {
  for (const name of [
    'a b',
    '',
    'x'.repeat(1500),
    'caf\xc3\xa9.example',
    'a\rb',
    'a..b',
    '-a',
    'a_b',
    '[1.2.3]',
    '<a>',
    'a\tb',
  ]) {
    const driver = new Driver();
    driver.pump();
    const [code] = codes(driver.feed(`HELO ${name}\r\n`));
    assert.ok(code === 501 || code === 500, JSON.stringify(name));
    assert.deepEqual(driver.record.events, ['connect']);
  }
  const lenient = new Driver({ helloUnderscores: true });
  lenient.pump();
  assert.deepEqual(codes(lenient.feed('HELO my_pc\r\n')), [250]);
  const long = new Driver();
  long.pump();
  assert.deepEqual(codes(long.feed(`HELO ${'x'.repeat(5000)}\r\nNOOP\r\n`)), [500, 250]);
});

test('hostile 25: after so many errors comes 421, and the session is closed', () => {
  for (const wrong of ['WHAT', 'MAIL', 'RCPT TO:<a@b.example>']) {
    const driver = greeted({ limits: { errors: 3 } });
    assert.deepEqual(codes(driver.feed(`${wrong}\r\n`.repeat(3))).length, 3);
    const last = driver.feed(`${wrong}\r\nNOOP\r\n`);
    assert.match(last, /\r\n421 4\.7\.0 mx\.example too many syntax or protocol errors\r\n$/);
    assert.ok(driver.closed);
  }
});

test('hostile 26: NOOP and RSET without end are cut off, and VRFY says nothing', () => {
  for (const idle of ['NOOP', 'RSET', 'HELP', 'VRFY x', 'EHLO c.example']) {
    const driver = greeted({ limits: { idleCommands: 50 } });
    const said = codes(driver.feed(`${idle}\r\n`.repeat(1000)));
    assert.deepEqual([said.length, said.at(-1)], [50, 421], idle);
  }
  const driver = greeted();
  assert.deepEqual(codes(driver.feed('VRFY root\r\nEXPN root\r\n')), [252, 502]);
});

test('hostile 27: too many recipients are 452 4.5.3, and the transaction goes on', () => {
  const driver = addressed({ limits: { recipients: 100 } });
  const said = driver.feed('RCPT TO:<c@example.org>\r\n'.repeat(10_000));
  assert.equal(codes(said).filter((code) => code === 250).length, 99);
  assert.match(said, /\r\n452 4\.5\.3 [^\r]*\r\n$/);
  assert.deepEqual(codes(driver.feed('DATA\r\n')), [354]);
});

test('hostile 28: BDAT is not announced, and is 500', () => {
  const driver = addressed();
  assert.doesNotMatch(driver.record.said, /CHUNKING/);
  assert.deepEqual(codes(driver.feed('BDAT 5 LAST\r\nNOOP\r\n')), [500, 250]);
});

test('hostile 29: an empty line, blanks, and a line too long are 500, and what follows is in step', () => {
  const driver = greeted();
  assert.deepEqual(codes(driver.feed('\r\n')), [500]);
  assert.deepEqual(codes(driver.feed('   \t \r\n')), [500]);
  assert.deepEqual(codes(driver.feed('x'.repeat(2049))), [500]);
  assert.deepEqual(codes(driver.feed(' MAIL FROM:<evil@example.org>\r\nNOOP\r\n')), [250]);
  assert.deepEqual(
    codes(driver.feed(`${'x'.repeat(2049)}\nMAIL FROM:<evil@example.org>\r\nNOOP\r\n`)),
    [500, 250],
  );
});

test('hostile 30: a silent peer is 421, and one that sends a line in drops gets less time for each', () => {
  const driver = greeted();
  const first = driver.server.timeout;
  assert.equal(first, 300_000);
  const waits = Array.from({ length: 20 }, () => {
    driver.feed('N');
    return driver.server.timeout;
  });
  assert.ok(
    waits.every((wait, i) => wait <= first / (i + 1)),
    waits.join(' '),
  );
  driver.server.expire();
  assert.equal(driver.pump(), '421 4.4.2 mx.example SMTP command timeout, closing connection\r\n');
  assert.ok(driver.closed);

  const stalled = receiving();
  assert.equal(stalled.server.timeout, 180_000);
  stalled.feed('half a mess');
  stalled.server.expire();
  assert.deepEqual(codes(stalled.pump()), [421]);
  assert.deepEqual(stalled.record.events.slice(-2), ['reset', 'close']);
});

test('hostile 31: a message without its end is dropped', () => {
  const driver = receiving();
  driver.feed('half a message\r\nQUIT\r\n');
  driver.server.ended();
  assert.equal(driver.pump(), '');
  assert.deepEqual(driver.record.events.slice(-2), ['reset', 'close']);
  assert.deepEqual(driver.record.stored, []);
});

test('hostile 35: an AUTH line too long is 500 5.5.6 to its end, and bad base64 is 501 5.5.2', () => {
  const options = {
    mechanisms: ['PLAIN', 'LOGIN'],
    allowPlaintextAuth: true,
    limits: { errors: 100 },
  };
  const driver = greeted(options);
  assert.match(driver.feed(`AUTH PLAIN ${'A'.repeat(12_288 - 12)}\r\n`), /^500 5\.5\.6 /);
  driver.feed('AUTH LOGIN\r\n');
  assert.match(driver.feed(`${'A'.repeat(12_287)}\r\n`), /^500 5\.5\.6 /);
  assert.equal(driver.record.events.at(-1), 'authCancelled');
  assert.deepEqual(codes(driver.feed('NOOP\r\n')), [250]);
  assert.match(driver.feed(`AUTH PLAIN ${'A'.repeat(12_272)}\r\n`), /^535 /);
  for (const bad of ['A', 'AAA', '=AAA', 'AAA=AAAA', 'AA AA', 'AAAA====', 'AA-_', 'A\xc3\xa9A']) {
    assert.match(driver.feed(`AUTH PLAIN ${bad}\r\n`), /^501 5\.5\.[24] /, bad);
    driver.feed('AUTH LOGIN\r\n');
    assert.match(driver.feed(`${bad}\r\n`), /^501 5\.5\.2 /, bad);
  }
  assert.match(driver.feed(`NOOP ${'x'.repeat(2048)}\r\n`), /^500 5\.5\.2 /);
});

test('hostile 36: * cancels AUTH with 501 5.7.0, and so does a peer that leaves', () => {
  const options = { mechanisms: ['LOGIN'], allowPlaintextAuth: true };
  const driver = greeted(options);
  driver.feed('AUTH LOGIN\r\n');
  assert.match(driver.feed('*\r\n'), /^501 5\.7\.0 /);
  driver.feed('AUTH LOGIN\r\n');
  driver.server.ended();
  driver.pump();
  assert.deepEqual(driver.record.events.slice(2), [
    'auth',
    'authCancelled',
    'auth',
    'authCancelled',
    'close',
  ]);
});

test('hostile 37: AUTH twice or in a transaction is 503, without TLS 538, and the credentials are not looked at', () => {
  const options = { mechanisms: ['PLAIN'], startTls: true, limits: { errors: 100 } };
  const plain = greeted(options);
  assert.doesNotMatch(plain.record.said, /AUTH/);
  assert.match(plain.feed('AUTH PLAIN AGFsZQBzZWNyZXQ=\r\n'), /^538 5\.7\.11 /);
  assert.ok(!plain.record.events.includes('auth'));

  const secure = greeted({ ...options, tls: TLS });
  assert.deepEqual(codes(secure.feed('AUTH PLAIN AGFsZQBzZWNyZXQ=\r\n')), [235]);
  assert.deepEqual(codes(secure.feed('AUTH PLAIN AGFsZQBzZWNyZXQ=\r\n')), [503]);
  assert.deepEqual(codes(addressed({ ...options, tls: TLS }).feed('AUTH PLAIN\r\n')), [503]);
});

test('hostile 38: the octets of AUTH reach the application as they are, authorization identity included', () => {
  const { server } = greeted({ mechanisms: ['PLAIN'], tls: TLS });
  server.receive(latin1Bytes('AUTH PLAIN Ym9iAGFsZQBzZWNyZXQ=\r\n'));
  assert.deepEqual(server.next(), {
    type: 'auth',
    mechanism: 'PLAIN',
    initial: latin1Bytes('bob\0ale\0secret'),
  });
});

function feedUtf8(driver: Driver, text: string): string {
  return driver.feed(new TextEncoder().encode(text));
}
