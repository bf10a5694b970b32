/** Commands onto the wire: what `parseCommand` reads, written. RFC 1939 §3, RFC 5034 §4. */
import { asciiBytes, encodeUtf8 } from '@postino/wire';
import type { Command } from './command.ts';

const CR = 0x0d;
const LF = 0x0a;

/** A command line with its CRLF. An argument that would break the line, or that no server could read, is a `TypeError`. */
export function formatCommand(command: Command): Uint8Array {
  switch (command.verb) {
    case 'USER':
      return line('USER', encodeUtf8(command.name));
    case 'PASS':
      return line('PASS', command.password);
    case 'AUTH':
      return line('AUTH', asciiBytes(authArguments(command)));
    case 'LIST':
    case 'UIDL':
      return command.number === null ? line(command.verb) : numbered(command.verb, command.number);
    case 'RETR':
    case 'DELE':
      return numbered(command.verb, command.number);
    case 'TOP':
      return numbered('TOP', command.number, command.lines);
    default:
      return line(command.verb);
  }
}

function authArguments({ mechanism, initial }: Extract<Command, { verb: 'AUTH' }>): string {
  return initial === null ? mechanism : `${mechanism} ${initial}`;
}

function numbered(verb: string, ...numbers: readonly number[]): Uint8Array {
  const odd = numbers.find((number) => !Number.isSafeInteger(number) || number < 0);
  if (odd !== undefined) throw new TypeError(`not a number for ${verb}: ${odd}`);
  return line(verb, asciiBytes(numbers.join(' ')));
}

function line(verb: string, argument?: Uint8Array): Uint8Array {
  if (argument?.length === 0) throw new TypeError(`${verb} needs an argument`);
  if (argument?.some((octet) => octet === CR || octet === LF || octet === 0)) {
    throw new TypeError(`the argument of ${verb} would break its line`);
  }
  const head = asciiBytes(argument ? `${verb} ` : verb);
  const bytes = new Uint8Array(head.length + (argument?.length ?? 0) + 2);
  bytes.set(head);
  if (argument) bytes.set(argument, head.length);
  bytes.set([CR, LF], bytes.length - 2);
  return bytes;
}
