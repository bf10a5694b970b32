import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latin1, latin1Bytes } from '@postino/wire';
import fc from 'fast-check';
import { parseCommand, type Command } from '../src/command.ts';
import { formatCommand } from '../src/format-command.ts';

const number = fc.nat({ max: 1_000_000 });
const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
const printable = name.filter((text) => !/\p{Cc}/u.test(text) && text.isWellFormed());
const password = fc
  .uint8Array({ minLength: 1, maxLength: 60 })
  .filter((bytes) => !bytes.some((octet) => octet === 0 || octet === 10 || octet === 13));

const commands: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ verb: fc.constantFrom('CAPA', 'STLS', 'STAT', 'NOOP', 'RSET', 'QUIT', 'UTF8') }),
  fc.record({ verb: fc.constant('USER'), name: printable }),
  fc.record({ verb: fc.constant('PASS'), password }),
  fc.record({
    verb: fc.constant('AUTH'),
    mechanism: fc.constant('PLAIN'),
    initial: fc.constantFrom(null, '=', 'AHUAcA=='),
  }),
  fc.record({ verb: fc.constantFrom('LIST', 'UIDL'), number: fc.option(number) }),
  fc.record({ verb: fc.constantFrom('RETR', 'DELE'), number }),
  fc.record({ verb: fc.constant('TOP'), number, lines: number }),
);

test('what is formatted is read back as the same command', () => {
  fc.assert(
    fc.property(commands, (command) => {
      const line = formatCommand(command);
      assert.equal(latin1(line.subarray(-2)), '\r\n');
      assert.deepEqual(parseCommand(line.subarray(0, -2), 1_000), { ...command });
    }),
  );
});

test('an argument that would break its line, or that is missing, is a TypeError', () => {
  const odd: readonly Command[] = [
    { verb: 'USER', name: 'a\r\nDELE 1' },
    { verb: 'USER', name: '' },
    { verb: 'PASS', password: latin1Bytes('a\nb') },
    { verb: 'PASS', password: latin1Bytes('a\0b') },
    { verb: 'AUTH', mechanism: 'PLAIN\r\nDELE', initial: null },
    { verb: 'RETR', number: 1.5 },
    { verb: 'TOP', number: 1, lines: -1 },
  ];
  for (const command of odd) assert.throws(() => formatCommand(command), TypeError);
});
