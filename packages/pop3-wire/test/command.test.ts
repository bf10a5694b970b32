import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asciiBytes, latin1Bytes } from '@postino/wire';
import { parseCommand, parseNumber } from '../src/command.ts';

const GOOD: [string, object][] = [
  ['CAPA', { verb: 'CAPA' }],
  ['capa', { verb: 'CAPA' }],
  ['StLs', { verb: 'STLS' }],
  ['STAT ', { verb: 'STAT' }],
  ['NOOP', { verb: 'NOOP' }],
  ['RSET', { verb: 'RSET' }],
  ['QUIT', { verb: 'QUIT' }],
  ['USER mrose', { verb: 'USER', name: 'mrose' }],
  ['USER a b', { verb: 'USER', name: 'a b' }],
  ['USER j\u00c3\u00b6rg', { verb: 'USER', name: 'jörg' }],
  ['AUTH plain', { verb: 'AUTH', mechanism: 'PLAIN', initial: null }],
  ['AUTH PLAIN =', { verb: 'AUTH', mechanism: 'PLAIN', initial: '=' }],
  ['AUTH PLAIN AGEAYg==', { verb: 'AUTH', mechanism: 'PLAIN', initial: 'AGEAYg==' }],
  ['LIST', { verb: 'LIST', number: null }],
  ['LIST  ', { verb: 'LIST', number: null }],
  ['LIST 1', { verb: 'LIST', number: 1 }],
  ['LIST 1 ', { verb: 'LIST', number: 1 }],
  ['LIST 0', { verb: 'LIST', number: 0 }],
  ['UIDL', { verb: 'UIDL', number: null }],
  ['UIDL 12', { verb: 'UIDL', number: 12 }],
  ['RETR 3', { verb: 'RETR', number: 3 }],
  ['DELE 3', { verb: 'DELE', number: 3 }],
  ['TOP 1 0', { verb: 'TOP', number: 1, lines: 0 }],
  ['TOP 1 99999999', { verb: 'TOP', number: 1, lines: 99_999_999 }],
];

const BAD: [string, string][] = [
  ['', 'unknownCommand'],
  [' ', 'unknownCommand'],
  [' STAT', 'unknownCommand'],
  ['STATS', 'unknownCommand'],
  ['LAST', 'unknownCommand'],
  ['APOP a b', 'unknownCommand'],
  ['toString', 'unknownCommand'],
  ['__proto__ 1', 'unknownCommand'],
  ['GET / HTTP/1.1', 'unknownCommand'],
  // A keyword is printable ASCII, RFC 1939 §3: the capitals of ß are SS.
  ['PA\u00df secret', 'unknownCommand'],
  ['STAT\t', 'unknownCommand'],
  ['STAT 1', 'unexpectedArgument'],
  ['QUIT now', 'unexpectedArgument'],
  ['USER', 'missingArgument'],
  ['USER ', 'missingArgument'],
  ['USER a\u0007b', 'badName'],
  ['USER a\u007f', 'badName'],
  ['USER \u00ff', 'badName'],
  ['PASS', 'missingArgument'],
  ['PASS ', 'missingArgument'],
  ['AUTH', 'missingArgument'],
  ['AUTH PLAIN a b', 'unexpectedArgument'],
  ['LIST -1', 'badNumber'],
  ['LIST +1', 'badNumber'],
  ['LIST 01', 'badNumber'],
  ['LIST 1.5', 'badNumber'],
  ['LIST 1e3', 'badNumber'],
  ['LIST 0x1', 'badNumber'],
  ['LIST  1', 'unexpectedArgument'],
  ['LIST 1 2', 'unexpectedArgument'],
  ['UIDL 99999999999999999999', 'badNumber'],
  ['RETR', 'missingArgument'],
  ['RETR a', 'badNumber'],
  ['RETR 1 2', 'unexpectedArgument'],
  ['DELE', 'missingArgument'],
  ['TOP', 'missingArgument'],
  ['TOP 1', 'missingArgument'],
  ['TOP 1 -1', 'badNumber'],
  ['TOP 1 2 3', 'unexpectedArgument'],
  [`NOOP ${'x'.repeat(300)}`, 'tooLong'],
  [`USER ${'x'.repeat(249)}`, 'tooLong'],
];

for (const [line, command] of GOOD) {
  test(`command ${JSON.stringify(line)}`, () => {
    assert.deepEqual(parseCommand(latin1Bytes(line), 255), command);
  });
}

for (const [line, fault] of BAD) {
  test(`no command: ${JSON.stringify(line.slice(0, 40))} is ${fault}`, () => {
    assert.equal(parseCommand(latin1Bytes(line), 255), fault);
  });
}

test('a password is all that follows the space, as octets', () => {
  for (const password of ['a b', ' a', 'a ', '  ', 'p\u00ffq', '\t']) {
    assert.deepEqual(parseCommand(latin1Bytes(`PASS ${password}`), 255), {
      verb: 'PASS',
      password: latin1Bytes(password),
    });
  }
});

test('255 octets with the CRLF are the longest command, but AUTH may be longer', () => {
  assert.deepEqual(parseCommand(asciiBytes(`USER ${'x'.repeat(248)}`), 255), {
    verb: 'USER',
    name: 'x'.repeat(248),
  });
  const initial = 'A'.repeat(1000);
  assert.deepEqual(parseCommand(asciiBytes(`AUTH XOAUTH2 ${initial}`), 255), {
    verb: 'AUTH',
    mechanism: 'XOAUTH2',
    initial,
  });
});

test('numbers are exact or none', () => {
  assert.equal(parseNumber('999999999999999'), 999_999_999_999_999);
  assert.equal(parseNumber('1000000000000000'), null);
  for (const text of ['', ' 1', '1 ', '٣', 'NaN', 'Infinity'])
    assert.equal(parseNumber(text), null);
});
