import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCommand } from '@postino/smtp-wire';

const ADDRESS = { localPart: 'a', domain: 'b.example' };
const EMPTY = { localPart: '', domain: '' };

/** What each line is. */
const COMMANDS: readonly [string, object][] = [
  ['EHLO bar.com', { verb: 'EHLO', name: 'bar.com' }],
  ['ehlo localhost', { verb: 'EHLO', name: 'localhost' }],
  ['HELO [192.0.2.1]', { verb: 'HELO', name: '[192.0.2.1]' }],
  ['EHLO [IPv6:2001:db8::1]', { verb: 'EHLO', name: '[IPv6:2001:db8::1]' }],
  ['MAIL FROM:<>', { verb: 'MAIL', from: EMPTY, params: {} }],
  ['MAIL FROM:<a@b.example>', { verb: 'MAIL', from: ADDRESS, params: {} }],
  ['mAiL fRoM: \t<a@b.example>', { verb: 'MAIL', from: ADDRESS, params: {} }],
  ['MAIL FROM:<@x.example,@y.example:a@b.example>', { verb: 'MAIL', from: ADDRESS, params: {} }],
  [
    'MAIL FROM:<"a b>"@b.example> SIZE=7',
    { verb: 'MAIL', from: { localPart: 'a b>', domain: 'b.example' }, params: { size: 7 } },
  ],
  [
    'MAIL FROM:<""@b.example>',
    { verb: 'MAIL', from: { localPart: '', domain: 'b.example' }, params: {} },
  ],
  [
    'MAIL FROM:<a@localhost>',
    { verb: 'MAIL', from: { localPart: 'a', domain: 'localhost' }, params: {} },
  ],
  [
    'MAIL FROM:<π@b.example> SMTPUTF8',
    { verb: 'MAIL', from: { localPart: 'π', domain: 'b.example' }, params: { smtpUtf8: true } },
  ],
  ['RCPT TO:<a@b.example>', { verb: 'RCPT', to: ADDRESS, params: {} }],
  [
    'RCPT TO:<postMASTER>',
    { verb: 'RCPT', to: { localPart: 'postMASTER', domain: '' }, params: {} },
  ],
  [
    'RCPT TO:<a@[192.0.2.1]>',
    { verb: 'RCPT', to: { localPart: 'a', domain: '[192.0.2.1]' }, params: {} },
  ],
  ['DATA', { verb: 'DATA' }],
  ['data  \t ', { verb: 'DATA' }],
  ['RSET', { verb: 'RSET' }],
  ['QUIT', { verb: 'QUIT' }],
  ['STARTTLS', { verb: 'STARTTLS' }],
  ['NOOP', { verb: 'NOOP', text: '' }],
  ['NOOP a b ', { verb: 'NOOP', text: 'a b' }],
  ['HELP MAIL', { verb: 'HELP', text: 'MAIL' }],
  ['VRFY a@b.example', { verb: 'VRFY', text: 'a@b.example' }],
  ['AUTH plain', { verb: 'AUTH', mechanism: 'PLAIN', initial: null }],
  ['AUTH SCRAM-SHA-256 =', { verb: 'AUTH', mechanism: 'SCRAM-SHA-256', initial: '=' }],
];

/** The verb as far as it is known, and the code that refuses the line. */
const FAULTS: readonly [string, string | null, number][] = [
  ['', null, 500],
  [' ', null, 500],
  [' NOOP', null, 500],
  ['WHAT', null, 500],
  ['MAILFROM:<a@b.example>', null, 500],
  ['ſTARTTLS', null, 500],
  ['BDAT 5', null, 500],
  ['EXPN list', null, 502],
  ['turn', null, 502],
  ['EHLO', 'EHLO', 501],
  ['EHLO a b', 'EHLO', 501],
  ['EHLO a_b', 'EHLO', 501],
  ['EHLO café', 'EHLO', 501],
  [`EHLO ${'a.'.repeat(127)}ab`, 'EHLO', 501],
  ['HELO a.', 'HELO', 501],
  [`HELO ${'a'.repeat(64)}.example`, 'HELO', 501],
  ['HELO [192.0.2.300]', 'HELO', 501],
  ['MAIL', 'MAIL', 501],
  ['MAIL FROM', 'MAIL', 501],
  ['MAIL FROM :<a@b.example>', 'MAIL', 501],
  ['MAIL TO:<a@b.example>', 'MAIL', 501],
  ['MAIL FROM:', 'MAIL', 501],
  ['MAIL FROM:a@b.example', 'MAIL', 501],
  ['MAIL FROM:<a@b.example>SIZE=1', 'MAIL', 501],
  ['MAIL FROM:<a@b.example>>', 'MAIL', 501],
  ['MAIL FROM:<a@b.example', 'MAIL', 501],
  ['MAIL FROM:<a b@b.example>', 'MAIL', 501],
  ['MAIL FROM:<a@b..example>', 'MAIL', 501],
  // RFC 5321 §4.1.1.2: a reverse-path is <> or a mailbox with its domain; §4.1.1.3 has <Postmaster> for RCPT alone.
  ['MAIL FROM:<Postmaster>', 'MAIL', 501],
  ['MAIL FROM:<postmaster> SIZE=1', 'MAIL', 501],
  ['MAIL FROM:<π@b.example>', 'MAIL', 550],
  ['MAIL FROM:<a@b.example> SIZE', 'MAIL', 501],
  ['MAIL FROM:<a@b.example> WHAT=1', 'MAIL', 555],
  ['RCPT FROM:<a@b.example>', 'RCPT', 501],
  ['RCPT TO:<>', 'RCPT', 501],
  ['RCPT TO:<a>', 'RCPT', 501],
  ['RCPT TO:<a@b.example> SIZE=1', 'RCPT', 555],
  ['RCPT TO:<a@b.example> #$%=!@#', 'RCPT', 501],
  ['DATA x', 'DATA', 501],
  ['RSET x', 'RSET', 501],
  ['QUIT x', 'QUIT', 501],
  ['STARTTLS x', 'STARTTLS', 501],
  ['VRFY', 'VRFY', 501],
  ['AUTH', 'AUTH', 501],
  ['AUTH PLAIN a b', 'AUTH', 501],
  ['AUTH PL@IN', 'AUTH', 501],
];

for (const [line, command] of COMMANDS) {
  test(`parseCommand takes ${JSON.stringify(line)}`, () =>
    assert.deepEqual(parseCommand(line), command));
}

for (const [line, verb, code] of FAULTS) {
  test(`parseCommand refuses ${JSON.stringify(line.slice(0, 60))} with ${code}`, () => {
    const refused = parseCommand(line);
    assert.ok('fault' in refused);
    assert.deepEqual([refused.verb, refused.fault.code], [verb, code]);
  });
}

test('parseCommand takes an underscore in a host name by option', () => {
  assert.deepEqual(parseCommand('EHLO my_pc', { helloUnderscores: true }), {
    verb: 'EHLO',
    name: 'my_pc',
  });
});
