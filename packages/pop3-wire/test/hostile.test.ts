/** The cases of hostile and odd input that fall to the machine, each under its number. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replay } from './replay.ts';
import { emptySetup } from './transcript.ts';
import type { Setup } from './transcript.ts';

const LOGIN = 'USER u\r\nPASS p\r\n';
const FOO = 'FOO\r\n';
const HEAD = '+OK Postino ready.\r\n+OK\r\n+OK Logged in.\r\n';

function setup(given: Partial<Setup> = {}): Setup {
  const messages = ['A: 1\r\n\r\none\r\n', 'A: 2\r\n\r\ntwo\r\n'];
  const base = { ...emptySetup(), messages, users: new Map([['u', 'p']]), ...given };
  return { ...base, options: { allowPlaintextAuth: true, ...given.options } };
}

function talk(given: Setup, ...parts: string[]): { said: string; events: readonly string[] } {
  const { said, events } = replay(given, parts);
  return { said, events };
}

/** What is said after login. */
function after(text: string, given: Setup = setup()): string {
  const { said } = talk(given, LOGIN + text);
  assert.equal(said.slice(0, HEAD.length), HEAD);
  return said.slice(HEAD.length);
}

test('hostile 66: a maildrop in use is -ERR [IN-USE], and the client may try again', () => {
  const inUse = setup({ loginRefusal: { code: 'IN-USE', text: 'Mailbox is locked.' } });
  const { said, events } = talk(inUse, LOGIN + LOGIN);
  assert.equal(said.match(/-ERR \[IN-USE\] Mailbox is locked\.\r\n/g)?.length, 2);
  assert.deepEqual(events, ['login u p', 'login u p']);
});

test('hostile 67: DELE without QUIT removes nothing; QUIT removes; a failure is -ERR', () => {
  assert.deepEqual(talk(setup(), `${LOGIN}DELE 1\r\n`).events, ['login u p']);
  assert.deepEqual(talk(setup(), `${LOGIN}DELE 1\r\nQUIT`).events, ['login u p']);
  assert.deepEqual(talk(setup(), `${LOGIN}DELE 2\r\nQUIT\r\n`).events.slice(1), [
    'update [1]',
    'close quit',
  ]);
  const failing = setup({ updateRefusal: { code: 'SYS/TEMP', text: 'Not removed.' } });
  assert.equal(
    after('DELE 1\r\nQUIT\r\nNOOP\r\n', failing),
    '+OK Marked to be deleted.\r\n-ERR [SYS/TEMP] Not removed.\r\n',
  );
});

for (const command of [
  'LIST 0',
  'LIST -1',
  'LIST 1 2',
  'LIST 99999999999999999999',
  'LIST 3',
  'RETR a',
  'RETR 1.5',
  'RETR 0',
  'RETR',
  'TOP 1',
  'TOP 1 -1',
  'TOP 0 1',
  'TOP 1 99999999999999999999',
  'UIDL 01',
  'UIDL 0',
  'DELE 0',
  'DELE 1e0',
]) {
  test(`hostile 68: ${command} is -ERR, and nothing has changed`, () => {
    const said = after(`${command}\r\nSTAT\r\nLIST\r\n`);
    assert.match(
      said,
      /^-ERR [^\r\n]*\r\n\+OK 2 26\r\n\+OK 2 messages:\r\n1 13\r\n2 13\r\n\.\r\n$/,
    );
  });
}

test('hostile 69: a marked message is left out, refused, and brought back by RSET; numbers stay', () => {
  assert.equal(
    after(
      'DELE 1\r\nSTAT\r\nLIST\r\nUIDL\r\nRETR 1\r\nTOP 1 0\r\nDELE 1\r\nRSET\r\nSTAT\r\nUIDL 1\r\n',
    ),
    [
      '+OK Marked to be deleted.',
      '+OK 1 13',
      '+OK 1 messages:',
      '2 13',
      '.',
      '+OK',
      '2 uid-2',
      '.',
      '-ERR Message is deleted.',
      '-ERR Message is deleted.',
      '-ERR Message is deleted.',
      '+OK',
      '+OK 2 26',
      '+OK 1 uid-1',
      '',
    ].join('\r\n'),
  );
});

test('hostile 70: TOP k 0 is the header and the blank line; dots are stuffed; odd messages end well', () => {
  const messages = [
    '.h: 1\r\n\r\n.\r\n',
    'only: header\r\n',
    'a: b\r\n\r\nno newline',
    '\r\nbody\r\n',
  ];
  const given = setup({ messages });
  assert.equal(after('TOP 1 0\r\n', given), '+OK\r\n..h: 1\r\n\r\n.\r\n');
  assert.equal(after('TOP 1 1\r\n', given), '+OK\r\n..h: 1\r\n\r\n..\r\n.\r\n');
  assert.equal(after('TOP 2 0\r\n', given), '+OK\r\nonly: header\r\n.\r\n');
  assert.equal(after('TOP 3 9\r\n', given), '+OK\r\na: b\r\n\r\nno newline\r\n.\r\n');
  assert.equal(after('TOP 4 0\r\n', given), '+OK\r\n\r\n.\r\n');
});

for (const message of [
  '',
  'a',
  'a\r\n',
  '.',
  '.\r\n',
  '..\r\n.\r\n',
  'a: b\r\n\r\n.dot\r\nend',
  '\r\n',
]) {
  test(`hostile 71: the octets announced for ${JSON.stringify(message)} are those sent`, () => {
    const said = after('RETR 1\r\n', setup({ messages: [message] }));
    const [, size, content] = /^\+OK (\d+) octets\r\n((?:.*\r\n)*)\.\r\n$/.exec(said) ?? [];
    assert.equal(content?.replaceAll(/^\./gm, '').length, Number(size));
  });
}

test('hostile 72: USER before STLS is forgotten', () => {
  const given = setup({ options: { startTls: true } });
  const { said, events } = talk(given, 'USER u\r\nSTLS\r\n', 'PASS p\r\n');
  assert.match(said, /-ERR No username given\.\r\n$/);
  assert.deepEqual(events, ['startTls']);
});

function mechanisms(tls: object | null): string[] {
  return tls ? ['X-BOUND', 'PLAIN'] : ['PLAIN'];
}

test('hostile 72: mechanisms that are bound to TLS are offered behind STLS, and not before', () => {
  const given = setup({ options: { startTls: true, mechanisms, allowPlaintextAuth: true } });
  const { said } = talk(given, 'CAPA\r\nAUTH X-BOUND\r\nSTLS\r\n', 'CAPA\r\n');
  const offers = said.match(/SASL .*|-ERR .*/g);
  assert.deepEqual(
    offers?.filter((line) => line.startsWith('SASL')),
    ['SASL PLAIN', 'SASL X-BOUND PLAIN'],
  );
  assert.equal(offers.length, 3);
});

test('hostile 72: what stands behind STLS is never carried out', () => {
  const given = setup({ options: { startTls: true } });
  for (const rest of ['USER u\r\nPASS p\r\n', 'US', '\r\n', '\u0016\u0003\u0001']) {
    const { said, events } = talk(given, `STLS\r\n${rest}`);
    assert.match(said, /-ERR Nothing may follow STLS before TLS\.\r\n$/);
    assert.deepEqual(events, ['close unsynchronized']);
  }
});

test('hostile 72: a password keeps its spaces and its octets', () => {
  const { events } = talk(setup(), 'USER u\r\nPASS  a  b \r\nUSER u\r\nPASS \u00ff\u0001\r\n');
  assert.deepEqual(events, ['login u  a  b ', 'login u \u00ff\u0001']);
});

test('hostile 72: without TLS no secret is taken, and USER and PLAIN are not listed', () => {
  const options = { allowPlaintextAuth: false, mechanisms: ['PLAIN'] };
  const { said, events } = talk(
    setup({ options }),
    'CAPA\r\nUSER u\r\nPASS p\r\nAUTH PLAIN AHUAcA==\r\n',
  );
  assert.doesNotMatch(said, /^(?:USER|SASL)/m);
  assert.equal(said.match(/-ERR \[AUTH\] Cleartext/g)?.length, 2);
  assert.deepEqual(events, []);
});

test('hostile 72: USER is +OK for every name, and a wrong password reads as an unknown name', () => {
  const wrong = talk(setup(), 'USER u\r\nPASS x\r\n').said;
  const unknown = talk(setup(), 'USER nobody\r\nPASS x\r\n').said;
  assert.equal(wrong, unknown);
});

test('hostile 73: a line of 2048 octets and more is one -ERR, and the session stays', () => {
  for (const length of [256, 2048, 20_000, 100_000]) {
    assert.equal(
      after(`${'x'.repeat(length)}\r\nNOOP\r\n`),
      '-ERR Input line too long.\r\n+OK\r\n',
    );
  }
  assert.equal(
    after(`NOOP ${'x'.repeat(300)}\r\nNOOP\r\n`),
    '-ERR Input line too long.\r\n+OK\r\n',
  );
});

test('hostile 73: NUL, bare CR and bare LF spoil a line, and what follows is no command', () => {
  assert.equal(after('NOOP\0\r\nNOOP\r\n'), '-ERR Lines have no NUL.\r\n+OK\r\n');
  assert.match(after('STAT\nDELE 1\r\nSTAT\r\n'), /^-ERR [^\r]*LF[^\r]*\r\n\+OK 2 26\r\n$/);
  assert.match(after('STAT\rDELE 1\r\nSTAT\r\n'), /^-ERR [^\r]*CR[^\r]*\r\n\+OK 2 26\r\n$/);
});

test('hostile 73: the 20th bad command in a row ends the session, and a good one begins anew', () => {
  assert.deepEqual(
    talk(setup(), `${LOGIN}${FOO.repeat(19)}NOOP\r\n${FOO.repeat(19)}NOOP\r\n`).events,
    ['login u p'],
  );
  const { said, events } = talk(setup(), `${LOGIN}${FOO.repeat(21)}`);
  assert.match(said, /(?:-ERR Unknown command\.\r\n){19}-ERR Too many bad commands\.\r\n$/);
  assert.deepEqual(events, ['login u p', 'close errors']);
});

test('hostile 73: before login the third ends it', () => {
  const { said, events } = talk(setup(), 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  assert.match(said, /(?:-ERR Unknown command\.\r\n){2}-ERR Too many bad commands\.\r\n$/);
  assert.deepEqual(events, ['close errors']);
});

test('hostile 73: CAPA in both states', () => {
  assert.match(
    talk(setup(), 'CAPA\r\n').said,
    /\+OK Capability list follows:\r\n(?:.+\r\n)+\.\r\n$/,
  );
  assert.match(after('CAPA\r\n'), /^\+OK Capability list follows:\r\n(?:.+\r\n)+\.\r\n$/);
});

test('hostile 73: STLS is listed before login only, where it is permitted. RFC 2595 §4', () => {
  const given = setup({ options: { startTls: true } });
  assert.match(talk(given, 'CAPA\r\n').said, /\r\nSTLS\r\n/);
  assert.doesNotMatch(after('CAPA\r\n', given), /STLS/);
});

test('hostile 73: AUTH with cancel leaves a session that can log in', () => {
  const given = setup({ options: { mechanisms: ['PLAIN'] } });
  const { events } = talk(given, `AUTH PLAIN\r\n*\r\n${LOGIN}`);
  assert.deepEqual(events, ['auth PLAIN', 'authCancelled', 'login u p']);
});

test('hostile 73: a response too long, or none at all, ends the exchange and not the session', () => {
  const given = setup({ options: { mechanisms: ['PLAIN'] } });
  for (const response of ['A'.repeat(13_000), 'no base64', 'AGEAYQ', 'NOOP']) {
    const { said } = talk(given, `AUTH PLAIN\r\n${response}\r\n${LOGIN}`);
    assert.match(said, /\r\n(?:-ERR [^\r]*\r\n)\+OK\r\n(?:\+OK Logged in|-ERR)/, response);
  }
});

test('hostile 73: identical messages keep the unique-ids that the store gave them', () => {
  const given = setup({ messages: ['same\r\n', 'same\r\n'] });
  const one = after('UIDL\r\n', given);
  assert.equal(one, '+OK\r\n1 uid-1\r\n2 uid-2\r\n.\r\n');
  assert.equal(after('UIDL\r\n', given), one);
});
