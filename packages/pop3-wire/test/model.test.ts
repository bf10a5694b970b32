/** Random sessions against a maildrop so simple that it cannot be wrong, however the bytes are cut. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { every, replay } from './replay.ts';
import { emptySetup, sizeOf } from './transcript.ts';
import type { Setup } from './transcript.ts';

const LOGIN = 'USER u\r\nPASS p\r\n';
const HEAD = '+OK Postino ready.\r\n+OK\r\n+OK Logged in.\r\n';

function setup(messages: string[]): Setup {
  return {
    ...emptySetup(),
    messages,
    users: new Map([['u', 'p']]),
    options: { allowPlaintextAuth: true },
  };
}

/** The model: a list of messages, some of them struck out; a command in, its whole reply out. */
class Model {
  #messages: readonly string[];
  #struck: boolean[];

  constructor(messages: readonly string[]) {
    this.#messages = messages;
    this.#struck = messages.map(() => false);
  }

  reply(line: string): string {
    const [verb = '', number, lines] = line.split(' ');
    if (verb === 'NOOP') return '+OK\r\n';
    if (verb === 'STAT') return `+OK ${this.#left().length} ${this.#octets()}\r\n`;
    if (verb === 'RSET') {
      this.#struck.fill(false);
      return '+OK\r\n';
    }
    if (number === undefined) return this.#all(verb);
    const at = Number(number) - 1;
    const message = this.#messages[at];
    if (message === undefined) return `-ERR There's no message ${number}.\r\n`;
    if (this.#struck[at]) return '-ERR Message is deleted.\r\n';
    if (verb === 'LIST') return `+OK ${number} ${sizeOf(message)}\r\n`;
    if (verb === 'UIDL') return `+OK ${number} uid-${number}\r\n`;
    if (verb === 'RETR') return `+OK ${sizeOf(message)} octets\r\n${dotted(message)}`;
    if (verb === 'TOP') return `+OK\r\n${dotted(topOf(message, Number(lines)))}`;
    this.#struck[at] = true;
    return '+OK Marked to be deleted.\r\n';
  }

  get struck(): number[] {
    return this.#struck.flatMap((isStruck, index) => (isStruck ? [index] : []));
  }

  #left(): number[] {
    return this.#messages.flatMap((_, index) => (this.#struck[index] ? [] : [index]));
  }

  #octets(): number {
    return this.#left().reduce((sum, index) => sum + sizeOf(this.#messages[index]!), 0);
  }

  #all(verb: string): string {
    const lines = this.#left().map((index) =>
      verb === 'LIST'
        ? `${index + 1} ${sizeOf(this.#messages[index]!)}\r\n`
        : `${index + 1} uid-${index + 1}\r\n`,
    );
    return `+OK${verb === 'LIST' ? ` ${lines.length} messages:` : ''}\r\n${lines.join('')}.\r\n`;
  }
}

function dotted(message: string): string {
  const ended = message === '' || message.endsWith('\r\n') ? message : `${message}\r\n`;
  return `${ended.replaceAll(/(?<=^|\r\n)\./g, '..')}.\r\n`;
}

function topOf(message: string, lines: number): string {
  const all = message.split(/(?<=\r\n)/);
  const blank = all.indexOf('\r\n');
  return blank < 0 ? message : all.slice(0, blank + 1 + lines).join('');
}

const line = fc.string({ unit: fc.constantFrom('.', 'a', ': '), maxLength: 4 });
const message = fc
  .tuple(fc.array(line, { maxLength: 6 }), fc.constantFrom('', '\r\n'))
  .map(([lines, end]) => lines.join('\r\n') + end);
const number = fc.nat(5);
const command = fc.oneof(
  fc.constantFrom('STAT', 'LIST', 'UIDL', 'NOOP', 'RSET'),
  fc.tuple(fc.constantFrom('LIST', 'UIDL', 'RETR', 'DELE', 'DELE'), number).map((w) => w.join(' ')),
  fc.tuple(number, fc.nat(4)).map(([n, lines]) => `TOP ${n} ${lines}`),
);

test('any commands in any order get what the model says, and QUIT removes what it has struck', () => {
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 4 }),
      fc.array(command, { maxLength: 20 }),
      (messages, commands) => {
        const model = new Model(messages);
        const said = commands.map((one) => model.reply(one)).join('');
        const text = `${LOGIN}${commands.map((one) => `${one}\r\n`).join('')}QUIT\r\n`;
        const got = replay(setup(messages), [text]);
        const bye = model.struck.length > 0 ? 'Logging out, messages deleted.' : 'Logging out.';
        assert.equal(got.said, `${HEAD}${said}+OK ${bye}\r\n`);
        assert.deepEqual(got.events.slice(-2), [
          `update [${model.struck.join(' ')}]`,
          'close quit',
        ]);
      },
    ),
  );
});

test('any octets, however they are cut, get the same', () => {
  const noise = fc.oneof(
    command.map((text) => `${text}\r\n`),
    fc.constantFrom(
      'AUTH PLAIN\r\n',
      '*\r\n',
      'AHUAcA==\r\n',
      LOGIN,
      'QUIT\r\n',
      'FOO\r\n',
      '\0',
      '.',
    ),
    fc.string({ unit: fc.constantFrom('\r', '\n', '\r\n', 'x', ' '), maxLength: 5 }),
    fc.constant(`${'x'.repeat(300)}\r\n`),
  );
  const options = { allowPlaintextAuth: true, mechanisms: ['PLAIN'] };
  const given = { ...setup(['A: b\r\n\r\n.c\r\n', 'd']), options };
  fc.assert(
    fc.property(
      fc.array(noise, { maxLength: 15 }),
      fc.integer({ min: 1, max: 9 }),
      (texts, octets) => {
        const parts = [texts.join('')];
        const { sends: _, ...wanted } = replay(given, parts);
        const cuts = { client: every(octets), content: every(octets) };
        const { sends: __, ...got } = replay(given, parts, cuts);
        assert.deepEqual(got, wanted);
      },
    ),
  );
});
