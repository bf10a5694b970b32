import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CLIENT_ORDER,
  DEFAULT_CLIENT_TIMEOUTS,
  SmtpClient,
  type ClientState,
  type SmtpClientOptions,
} from '@postino/smtp-wire';
import { asciiBytes, StateError } from '@postino/wire';
import { ClientDriver, ehlo, envelope, ME, ready, VERIFIED } from './client-driver.ts';

const MESSAGE = envelope('a@b.example', ['c@d.example', 'e@f.example']);

/** A client in each state, and what may be called there. */
function inState(state: ClientState): ClientDriver {
  const driver = new ClientDriver({ allowPlaintextAuth: true });
  if (state === 'opening') return driver;
  driver.feed('220 mx.example\r\n');
  if (state === 'tls') {
    driver.feed(ehlo(['STARTTLS']));
    driver.client.receive(asciiBytes('220 go\r\n'));
    while (driver.client.next()?.type !== 'startTls');
    return driver;
  }
  driver.feed(ehlo(['AUTH PLAIN']));
  if (state === 'quitting') driver.call((client) => client.quit());
  if (state === 'closed') driver.call((client) => client.ended());
  if (state === 'auth') {
    driver.call((client) => client.authenticate('PLAIN', null));
    driver.feed('334 \r\n');
  }
  if (state === 'transaction' || state === 'content')
    driver.call((client) => client.begin(MESSAGE));
  if (state === 'content') for (const code of [250, 250, 250, 354]) driver.feed(`${code} ok\r\n`);
  return driver;
}

const CALLS: Readonly<Record<string, (client: SmtpClient) => void>> = {
  begin: (client) => client.begin(MESSAGE),
  authenticate: (client) => client.authenticate('PLAIN', null),
  respond: (client) => client.respond(null),
  content: (client) => client.content(asciiBytes('x')),
  done: (client) => client.done(),
  quit: (client) => client.quit(),
  secured: (client) => client.secured(VERIFIED),
};
const STATES: readonly ClientState[] = [
  'opening',
  'tls',
  'ready',
  'auth',
  'transaction',
  'content',
  'quitting',
  'closed',
];

for (const state of STATES) {
  test(`calls in the state ${state}: what the table has, and else a StateError`, () => {
    for (const [name, call] of Object.entries(CALLS)) {
      const { client } = inState(state);
      if (name in CLIENT_ORDER[state]) call(client);
      else assert.throws(() => call(client), StateError, name);
    }
  });
}

test('the drain rule', () => {
  const client = new SmtpClient({ hostname: ME });
  client.receive(asciiBytes('220 mx.example\r\n'));
  assert.throws(() => client.receive(asciiBytes('x')), StateError);
  assert.equal(client.next()?.type, 'send');
  assert.throws(() => client.receive(asciiBytes('x')), StateError);
  assert.equal(client.next(), null);
  client.receive(asciiBytes('250'));
});

test('secured() comes behind the order', () => {
  const driver = new ClientDriver();
  driver.feed('220 mx.example\r\n');
  driver.client.receive(asciiBytes(ehlo(['STARTTLS'])));
  assert.equal(driver.client.next()?.type, 'send');
  assert.equal(driver.client.next(), null);
  driver.client.receive(asciiBytes('220 go\r\n'));
  assert.throws(() => driver.client.secured(VERIFIED), StateError);
});

test('respond() answers one challenge once', () => {
  const { client } = inState('auth');
  client.respond(asciiBytes('x'));
  assert.throws(() => client.respond(asciiBytes('x')), StateError);
});

test('options that cannot be are a TypeError', () => {
  const wrong: Partial<SmtpClientOptions>[] = [
    { hostname: '' },
    { hostname: 'a b' },
    { timeouts: { mail: 0 } },
    { timeouts: { mail: 0.5 } },
    { limits: { window: -1 } },
    { limits: { replyLine: Number.NaN } },
  ];
  for (const options of wrong)
    assert.throws(() => new SmtpClient({ hostname: ME, ...options }), TypeError);
  assert.throws(() => ready().client.begin(envelope('', [])), TypeError);
});

test('the time for a reply, by what it answers', () => {
  const { connect, hello, mail, rcpt, data, content, quit } = DEFAULT_CLIENT_TIMEOUTS;
  const driver = new ClientDriver();
  const times = [driver.client.timeout];
  for (const said of ['220 a\r\n', '250 a\r\n']) {
    driver.feed(said);
    times.push(driver.client.timeout);
  }
  driver.call((client) => client.begin(envelope('', ['c@d.example'])));
  times.push(driver.client.timeout);
  for (const said of ['250 a\r\n', '250 a\r\n', '354 a\r\n']) {
    driver.feed(said);
    times.push(driver.client.timeout);
  }
  driver.call((client) => client.done());
  times.push(driver.client.timeout);
  driver.feed('250 a\r\n');
  driver.call((client) => client.quit());
  times.push(driver.client.timeout);
  assert.deepEqual(times, [connect, hello, 0, mail, rcpt, data, 0, content, quit]);
});

test('a reply in drops has less time for each', () => {
  const driver = new ClientDriver({ timeouts: { connect: 1000 } });
  const times = [driver.client.timeout];
  for (const drop of ['2', '2', '0-', '\r\n']) {
    driver.feed(drop);
    times.push(driver.client.timeout);
  }
  assert.deepEqual(times, [1000, 500, 334, 250, 200]);
  driver.feed('220 a\r\n');
  assert.equal(driver.client.timeout, DEFAULT_CLIENT_TIMEOUTS.hello);
});

test('no more is under way than the window holds, and DATA goes last', () => {
  const to = Array.from({ length: 100 }, (_, i) => `user${i}@d.example`);
  const driver = ready(['PIPELINING'], { limits: { window: 200 } });
  let unanswered = driver.call((client) => client.begin(envelope('a@b.example', to)));
  let most = unanswered.length;
  let answered = 0;
  while (unanswered.includes('\r\n') && !unanswered.startsWith('DATA')) {
    unanswered = unanswered.slice(unanswered.indexOf('\r\n') + 2);
    unanswered += driver.feed('250 ok\r\n');
    most = Math.max(most, unanswered.length);
    answered++;
    if (answered === 50) assert.ok(unanswered.length > 150, 'the window is kept full');
  }
  assert.ok(most <= 200 && most > 150, `${most} octets were under way`);
  assert.equal(answered, 101);
  assert.equal(unanswered, 'DATA\r\n');
});

test('what is refused in the window is not waited for', () => {
  const to = Array.from({ length: 100 }, (_, i) => `user${i}@d.example`);
  const driver = ready(['PIPELINING'], { limits: { window: 100 } });
  const said = driver.call((client) => client.begin(envelope('a@b.example', to)));
  const replies = said.split('\r\n').length - 1;
  assert.equal(driver.feed('550 not you\r\n' + '503 no\r\n'.repeat(replies - 1)), '');
  const news = driver.news();
  assert.equal(news.length, 101);
  assert.equal(news.at(-1), 'finished');
});

test('an initial response that is too long for the command answers the empty challenge', () => {
  const long = asciiBytes('x'.repeat(400));
  for (const [challenge, said] of [
    ['334 \r\n', `${Buffer.from(long).toString('base64')}\r\n`],
    ['334 YQ==\r\n', '*\r\n'],
  ] as const) {
    const driver = ready(['AUTH PLAIN'], { tls: VERIFIED });
    assert.equal(
      driver.call((client) => client.authenticate('PLAIN', long)),
      'AUTH PLAIN\r\n',
    );
    assert.equal(driver.feed(challenge), said);
    assert.deepEqual(driver.news(), []);
    assert.equal(driver.feed('334 \r\n'), '', 'it is said once');
    assert.deepEqual(driver.news(), ['authChallenge ""']);
  }
});

test('a challenge may be longer than a reply', () => {
  const driver = ready(['AUTH X'], { tls: VERIFIED });
  driver.call((client) => client.authenticate('X', null));
  driver.feed(`334 ${'YWFh'.repeat(1000)}\r\n`);
  assert.deepEqual(driver.news(), [`authChallenge "${'aaa'.repeat(1000)}"`]);
  driver.call((client) => client.respond(asciiBytes('x')));
  driver.feed(`235 ${'x'.repeat(13000)}\r\n`);
  assert.deepEqual(driver.news(), ['close broken 451 4.5.0 auth local']);
});

test('no login in the clear, unless it is allowed', () => {
  const driver = ready(['AUTH PLAIN']);
  assert.equal(
    driver.call((client) => client.authenticate('PLAIN', null)),
    '',
  );
  assert.deepEqual(driver.news(), ['authEnded 538 5.7.11 auth local']);
});

test('the connection ends while a challenge is open', () => {
  const driver = inState('auth');
  driver.news();
  driver.feed('421 4.3.2 bye\r\n');
  assert.deepEqual(driver.news(), ['close shutdown 421 4.3.2 auth']);
});

test('REQUIRETLS: what stands in its way', () => {
  const requireTls = envelope('a@b.example', ['c@d.example'], { requireTls: true });
  const cases: [string[], SmtpClientOptions['tls'], string][] = [
    [['REQUIRETLS'], null, '523 5.7.10'],
    [['REQUIRETLS'], { ...VERIFIED, authorized: false }, '523 5.7.10'],
    [[], VERIFIED, '550 5.7.30'],
  ];
  for (const [extensions, tls, outcome] of cases) {
    const driver = ready(extensions, { tls: tls ?? null });
    assert.equal(
      driver.call((client) => client.begin(requireTls)),
      '',
    );
    assert.deepEqual(driver.news(), [`recipient 0 ${outcome} mail local`, 'finished']);
  }
  const driver = ready(['REQUIRETLS'], { tls: VERIFIED });
  assert.match(
    driver.call((client) => client.begin(requireTls)),
    / REQUIRETLS\r\n/,
  );
});

test('8-bit, binary and SMTPUTF8: what stands in their way', () => {
  const cases: [Parameters<SmtpClient['begin']>, string][] = [
    [[envelope('', ['c@d.example'], { body: '8BITMIME' })], '554 5.6.3'],
    [[envelope('', ['c@d.example']), { eightBit: true }], '554 5.6.3'],
    [[envelope('', ['c@d.example'], { body: 'BINARYMIME' })], '554 5.6.3'],
    [[envelope('', ['c@d.example'], { smtpUtf8: true })], '550 5.6.7'],
    [[envelope('é@b.example', ['c@d.example'])], '550 5.6.7'],
  ];
  for (const [args, outcome] of cases) {
    const driver = ready();
    assert.equal(
      driver.call((client) => client.begin(...args)),
      '',
    );
    assert.deepEqual(driver.news(), [`recipient 0 ${outcome} mail local`, 'finished']);
    assert.match(
      driver.call((client) => client.begin(MESSAGE)),
      /^MAIL/,
      'and the next may go',
    );
  }
});

test('content that cannot be sent ends the connection before its end', () => {
  for (const [content, outcome] of [
    ['a\nb', '554 5.6.0'],
    ['a\r', '554 5.6.0'],
    ['\xff', '554 5.6.3'],
  ] as const) {
    const driver = ready(['PIPELINING']);
    driver.call((client) => client.begin(envelope('', ['c@d.example'])));
    driver.feed('250 ok\r\n250 ok\r\n354 go\r\n');
    driver.news();
    driver.said = '';
    driver.client.content(asciiBytes('before\r\n'));
    driver.pump();
    driver.client.content(Uint8Array.from(content, (char) => char.charCodeAt(0)));
    if (driver.client.wantsContent) driver.client.done();
    driver.pump();
    assert.deepEqual(driver.news(), [
      `recipient 0 ${outcome} content local`,
      'finished',
      `close aborted ${outcome} content local`,
    ]);
    assert.match(driver.said, /^before\r\n(a\r)?$/);
  }
});

test('content goes out as the view that was given, where nothing is to stuff', () => {
  const driver = ready(['PIPELINING']);
  driver.call((client) => client.begin(envelope('', ['c@d.example'])));
  driver.feed('250 ok\r\n250 ok\r\n354 go\r\n');
  const bytes = asciiBytes('hello\r\n');
  driver.client.content(bytes);
  const event = driver.client.next();
  assert.ok(event?.type === 'send');
  assert.equal(event.bytes, bytes);
});

test('nothing of content is nothing to send', () => {
  const driver = ready(['PIPELINING']);
  driver.call((client) => client.begin(envelope('', ['c@d.example'])));
  driver.feed('250 ok\r\n250 ok\r\n354 go\r\n');
  driver.client.content(asciiBytes(''));
  assert.equal(driver.client.next(), null);
});

test('what was offered in the clear is forgotten, also where only HELO is known behind TLS', () => {
  const driver = new ClientDriver();
  driver.feed('220 a\r\n');
  driver.feed(ehlo(['STARTTLS', 'PIPELINING']));
  assert.equal(driver.feed('220 go\r\n'), `EHLO ${ME}\r\n`);
  assert.equal(driver.feed('502 what\r\n'), `HELO ${ME}\r\n`);
  driver.feed('250 a\r\n');
  assert.equal(
    driver.call((client) => client.begin(MESSAGE)),
    'MAIL FROM:<a@b.example>\r\n',
  );
});

test('a refused MAIL with an accepted RCPT and a DATA that goes ahead: no message of ours is made of that', () => {
  const driver = ready(['PIPELINING']);
  driver.call((client) => client.begin(envelope('', ['c@d.example'])));
  assert.equal(driver.feed('550 no\r\n250 ok\r\n354 go\r\n'), '');
  assert.deepEqual(driver.news(), [
    'recipient 0 550 mail',
    'finished',
    'close broken 451 4.5.0 data local',
  ]);
});

test('LMTP: a DATA that goes ahead without recipients has no reply that could be waited for', () => {
  const driver = ready(['PIPELINING'], { protocol: 'lmtp' });
  driver.call((client) => client.begin(envelope('', ['c@d.example'])));
  assert.equal(driver.feed('250 ok\r\n550 no\r\n354 go\r\n'), '');
  assert.equal(driver.news().at(-1), 'close broken 451 4.5.0 data local');
});

test('codes of a class that is no answer end the connection', () => {
  for (const [replies, phase] of [
    ['354 go\r\n', 'mail'],
    ['250 ok\r\n354 go\r\n', 'rcpt'],
    ['250 ok\r\n250 ok\r\n250 ok\r\n', 'data'],
  ] as const) {
    const driver = ready(['PIPELINING']);
    driver.call((client) => client.begin(envelope('', ['c@d.example'])));
    driver.feed(replies);
    assert.equal(driver.news().at(-1), `close broken 451 4.5.0 ${phase} local`);
  }
});

test('RSET that is refused ends the session: with QUIT, or at once where more was said behind it', () => {
  for (const extensions of [[], ['PIPELINING']]) {
    const driver = ready(extensions);
    driver.call((client) => client.begin(envelope('', ['c@d.example'])));
    driver.feed('250 ok\r\n');
    driver.feed('550 no\r\n');
    if (extensions.length > 0) driver.feed('503 no\r\n');
    driver.call((client) => client.begin(envelope('', ['c@d.example'])));
    driver.news();
    const said = driver.feed('500 what\r\n');
    assert.equal(said, extensions.length > 0 ? '' : 'QUIT\r\n');
    if (said !== '') driver.feed('221 bye\r\n');
    assert.deepEqual(driver.news(), [
      'recipient 0 500 reset',
      'finished',
      'close refused 500 reset',
    ]);
  }
});

test('once we have said QUIT, nothing is wrong any more', () => {
  const ways: ((driver: ClientDriver) => unknown)[] = [
    (driver) => driver.feed('221 bye\r\n'),
    (driver) => driver.feed('421 bye\r\n'),
    (driver) => driver.feed('nonsense\r\n'),
    (driver) => driver.call((client) => client.ended()),
    (driver) => driver.call((client) => client.expire()),
    (driver) => driver.call((client) => client.abort('broken')),
  ];
  for (const way of ways) {
    const driver = inState('quitting');
    driver.news();
    way(driver);
    assert.deepEqual(driver.news(), ['close quit']);
  }
});

test('LHLO and HELO that are refused', () => {
  const lmtp = new ClientDriver({ protocol: 'lmtp' });
  lmtp.feed('220 a\r\n');
  assert.equal(lmtp.feed('500 what\r\n'), 'QUIT\r\n');
  const smtp = new ClientDriver();
  smtp.feed('220 a\r\n');
  assert.equal(smtp.feed('450 later\r\n'), 'QUIT\r\n');
  const old = new ClientDriver();
  old.feed('220 a\r\n');
  assert.equal(old.feed('502 what\r\n'), `HELO ${ME}\r\n`);
  assert.equal(old.feed('550 no\r\n'), 'QUIT\r\n');
  old.feed('221 bye\r\n');
  assert.deepEqual(old.news(), ['close refused 550 hello']);
});

test('startTls: never, and required where it is refused', () => {
  const never = new ClientDriver({ startTls: 'never' });
  never.feed('220 a\r\n');
  assert.equal(never.feed(ehlo(['STARTTLS'])), '');
  assert.deepEqual(never.news(), ['ready']);
  const required = new ClientDriver({ startTls: 'required' });
  required.feed('220 a\r\n');
  required.feed(ehlo(['STARTTLS']));
  assert.equal(required.feed('454 4.7.0 not now\r\n'), 'QUIT\r\n');
  required.feed('221 bye\r\n');
  assert.deepEqual(required.news(), ['close refused 454 4.7.0 startTls']);
});

test('abort: what is said of it holds no control character', () => {
  const driver = inState('transaction');
  driver.client.abort('read\r\nECONNRESET é');
  const event = driver.client.next();
  assert.ok(event?.type === 'recipient');
  assert.equal(event.reply.text, 'read??ECONNRESET ?');
});
