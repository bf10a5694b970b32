import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asciiBytes, latin1, latin1Bytes, StateError } from '@postino/wire';
import { Pop3Client, type Command } from '../src/index.ts';
import { parseStatus } from '../src/status-line.ts';
import { parseCapabilities, parseSizes, parseUids } from '../src/message-list.ts';

const statuses: readonly [string, unknown][] = [
  ['+OK', { ok: true, text: '' }],
  ['+OK POP3 ready', { ok: true, text: 'POP3 ready' }],
  ['-ERR [IN-USE] busy', { ok: false, code: 'IN-USE', text: 'busy' }],
  ['-ERR [sys/temp] later', { ok: false, code: 'SYS/TEMP', text: 'later' }],
  ['-ERR [IN-USE]', { ok: false, code: 'IN-USE', text: '' }],
  ['-ERR [two words] x', { ok: false, text: '[two words] x' }],
  ['+OKAY', null],
  ['+ok', null],
  ['220 smtp.example', null],
  ['', null],
];
for (const [line, wanted] of statuses) {
  test(`the status line ${JSON.stringify(line)}`, () => {
    assert.deepEqual(parseStatus(latin1Bytes(line)), wanted);
  });
}

test('the lines of listings', () => {
  assert.deepEqual(
    parseSizes('1 120\r\n2 200 some words\r\n'),
    new Map([
      [1, 120],
      [2, 200],
    ]),
  );
  assert.deepEqual(parseSizes(''), new Map());
  assert.equal(parseSizes('1 120\r\n1 130\r\n'), null);
  assert.equal(parseSizes('0 120\r\n'), null);
  assert.equal(parseSizes('x\r\n'), null);
  assert.deepEqual(
    parseUids('1 whqtswO00WBw418f9t5JxYwZ\r\n'),
    new Map([[1, 'whqtswO00WBw418f9t5JxYwZ']]),
  );
  assert.equal(parseUids(`1 ${'x'.repeat(71)}\r\n`), null);
  assert.deepEqual(
    parseCapabilities('TOP\r\nSASL PLAIN login\r\n'),
    new Map([
      ['TOP', []],
      ['SASL', ['PLAIN', 'LOGIN']],
    ]),
  );
});

interface Step {
  readonly command?: Command;
  readonly response?: Uint8Array | null;
  /** What the server says then. */
  readonly says: string;
}

/** A session with the server's words cut into pieces of so many octets: what the machine said, and what it heard. */
function session(steps: readonly Step[], octets: number): string[] {
  const machine = new Pop3Client();
  const seen: string[] = [];
  let content = '';
  const pull = (): void => {
    for (let event; (event = machine.next());) {
      if (event.type === 'content') content += latin1(event.bytes);
      else if (event.type === 'contentEnd')
        seen.push(
          event.fault
            ? `broken content ${JSON.stringify(event.fault)}`
            : `content ${JSON.stringify(content)} null`,
        );
      else if (event.type === 'send') seen.push(`C: ${latin1(event.bytes).trimEnd()}`);
      else if (event.type === 'answer')
        seen.push(
          `${event.status.ok ? 'yes' : 'no'} ${event.status.code ?? ''} ${event.status.text}`,
        );
      else if (event.type === 'ready') seen.push(`ready ${event.greeting.text}`);
      else if (event.type === 'challenge') seen.push(`challenge ${latin1(event.bytes)}`);
      else if (event.type === 'close') seen.push(`close ${event.reason}`);
      else seen.push(event.type);
      if (event.type === 'startTls') machine.secured();
    }
  };
  pull();
  for (const { command, response, says } of steps) {
    if (command) {
      content = '';
      machine.command(command);
    } else if (response !== undefined) machine.respond(response);
    pull();
    const bytes = latin1Bytes(says);
    for (let at = 0; at < bytes.length && !seen.at(-1)?.startsWith('close'); at += octets) {
      machine.receive(bytes.subarray(at, at + octets));
      pull();
    }
  }
  return seen;
}

const everyKind: readonly Step[] = [
  { says: '+OK <1896.697170952@dbc.mtview.ca.us> ready\r\n' },
  { command: { verb: 'CAPA' }, says: '+OK list\r\nTOP\r\nSTLS\r\n.\r\n' },
  { command: { verb: 'STLS' }, says: '+OK begin\r\n' },
  { command: { verb: 'AUTH', mechanism: 'LOGIN', initial: null }, says: '+ VXNlcm5hbWU6\r\n' },
  { response: asciiBytes('u'), says: '+ UGFzc3dvcmQ6\r\n' },
  { response: null, says: '-ERR aborted\r\n' },
  { command: { verb: 'USER', name: 'u' }, says: '+OK\r\n' },
  { command: { verb: 'PASS', password: asciiBytes('p') }, says: '-ERR [AUTH] no\r\n' },
  { command: { verb: 'PASS', password: asciiBytes('q') }, says: '+OK 2 messages\r\n' },
  { command: { verb: 'LIST', number: null }, says: '+OK\r\n1 120\r\n2 7\r\n.\r\n' },
  { command: { verb: 'LIST', number: 2 }, says: '+OK 2 7\r\n' },
  { command: { verb: 'UIDL', number: null }, says: '-ERR what?\r\n' },
  {
    command: { verb: 'RETR', number: 1 },
    says: '+OK 120 octets\r\nA: 1\r\n\r\n..dot\r\n..\r\n.\r\n',
  },
  { command: { verb: 'TOP', number: 2, lines: 0 }, says: '+OK\r\n.\r\n' },
  { command: { verb: 'RETR', number: 2 }, says: '+OK\r\na\nb\r\n.\r\n' },
  { command: { verb: 'RETR', number: 9 }, says: '-ERR no such message\r\n' },
  { command: { verb: 'DELE', number: 1 }, says: '+OK\r\n' },
  { command: { verb: 'QUIT' }, says: '+OK bye\r\n' },
];

test('a whole session, at every size of piece', () => {
  const whole = session(everyKind, 10_000);
  assert.deepEqual(whole, [
    'ready <1896.697170952@dbc.mtview.ca.us> ready',
    'C: CAPA',
    'yes  list',
    'content "TOP\\r\\nSTLS\\r\\n" null',
    'C: STLS',
    'yes  begin',
    'startTls',
    'C: AUTH LOGIN',
    'challenge Username:',
    'C: dQ==',
    'challenge Password:',
    'C: *',
    'no  aborted',
    'C: USER u',
    'yes  ',
    'C: PASS p',
    'no AUTH no',
    'C: PASS q',
    'yes  2 messages',
    'C: LIST',
    'yes  ',
    'content "1 120\\r\\n2 7\\r\\n" null',
    'C: LIST 2',
    'yes  2 7',
    'C: UIDL',
    'no  what?',
    'C: RETR 1',
    'yes  120 octets',
    'content "A: 1\\r\\n\\r\\n.dot\\r\\n.\\r\\n" null',
    'C: TOP 2 0',
    'yes  ',
    'content "" null',
    'C: RETR 2',
    'yes  ',
    'broken content "bareLf"',
    'C: RETR 9',
    'no  no such message',
    'C: DELE 1',
    'yes  ',
    'C: QUIT',
    'yes  bye',
    'close quit',
  ]);
  for (let octets = 1; octets < 60; octets++) assert.deepEqual(session(everyKind, octets), whole);
});

const endings: readonly [string, readonly Step[], string][] = [
  ['a greeting that refuses', [{ says: '-ERR [SYS/TEMP] later\r\n' }], 'close refused'],
  ['a greeting of another protocol', [{ says: '220 smtp ESMTP\r\n' }], 'close broken'],
  ['an endless line', [{ says: `+OK ${'x'.repeat(2_000)}` }], 'close broken'],
  ['words that nothing asked for', [{ says: '+OK\r\n+OK more\r\n' }], 'close broken'],
  [
    'words behind the answer to STLS',
    [{ says: '+OK\r\n' }, { command: { verb: 'STLS' }, says: '+OK\r\n+OK\r\n' }],
    'close broken',
  ],
  [
    'words behind the dot',
    [{ says: '+OK\r\n' }, { command: { verb: 'CAPA' }, says: '+OK\r\n.\r\n+OK\r\n' }],
    'close broken',
  ],
  [
    'a challenge that nothing asked for',
    [{ says: '+OK\r\n' }, { command: { verb: 'NOOP' }, says: '+ VXNl\r\n' }],
    'close broken',
  ],
];
for (const [what, steps, wanted] of endings) {
  test(`${what}: ${wanted}, at every cut that holds it`, () => {
    assert.equal(session(steps, 10_000).at(-1), wanted);
  });
}

test('the end of the server, silence, and misuse', () => {
  const ended = new Pop3Client();
  assert.equal(ended.next(), null);
  ended.ended();
  assert.equal(ended.next()?.type, 'close');
  const silent = new Pop3Client({ reply: 7 });
  assert.equal(silent.timeout, 7);
  assert.equal(silent.next(), null);
  silent.expire();
  assert.deepEqual(silent.next(), {
    type: 'close',
    reason: 'timeout',
    why: 'the server took too long',
  });
  assert.throws(() => new Pop3Client().command({ verb: 'NOOP' }), StateError);
  assert.throws(() => new Pop3Client().respond(null), StateError);
  assert.throws(() => new Pop3Client().secured(), StateError);
  assert.throws(() => new Pop3Client().receive(asciiBytes('x')), StateError);
});
