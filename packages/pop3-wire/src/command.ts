/** Command lines into commands. Pure: what may come when is the order table's business. RFC 1939 §3, RFC 2449 §3. */
import { decodeUtf8, latin1 } from '@postino/wire';

/** What a command asks for, its keyword in capitals. */
export type Command =
  | { readonly verb: 'CAPA' | 'STLS' | 'STAT' | 'NOOP' | 'RSET' | 'UTF8' }
  | { readonly verb: 'QUIT' }
  | { readonly verb: 'USER'; readonly name: string }
  /** All that follows the space, spaces kept, as octets: a view into the line. */
  | { readonly verb: 'PASS'; readonly password: Uint8Array }
  /** The mechanism in capitals; the initial response in base64, as it stands on the line. RFC 5034 §4. */
  | { readonly verb: 'AUTH'; readonly mechanism: string; readonly initial: string | null }
  | { readonly verb: 'LIST' | 'UIDL'; readonly number: number | null }
  | { readonly verb: 'RETR' | 'DELE'; readonly number: number }
  | { readonly verb: 'TOP'; readonly number: number; readonly lines: number };

export type Verb = Command['verb'];

/** Why a line is no command. */
export type CommandFault =
  | 'tooLong'
  | 'unknownCommand'
  | 'missingArgument'
  | 'unexpectedArgument'
  | 'badName'
  | 'badNumber';

type Parser = (args: string, line: Uint8Array) => Command | CommandFault;

const PARSERS: Readonly<Record<Verb, Parser>> = {
  CAPA: bare('CAPA'),
  STLS: bare('STLS'),
  STAT: bare('STAT'),
  NOOP: bare('NOOP'),
  RSET: bare('RSET'),
  QUIT: bare('QUIT'),
  UTF8: bare('UTF8'),
  USER: parseUser,
  PASS: parsePass,
  AUTH: parseAuth,
  LIST: listing('LIST'),
  UIDL: listing('UIDL'),
  RETR: numbered('RETR'),
  DELE: numbered('DELE'),
  TOP: parseTop,
};

/**
 * A line without its CRLF as a command, or what is wrong with it; `limit` counts the CRLF.
 *
 * Deviation: RFC 5034 §4 holds AUTH to 255 octets too, but tokens come as longer initial responses.
 */
export function parseCommand(line: Uint8Array, limit: number): Command | CommandFault {
  const text = latin1(line);
  const space = text.indexOf(' ');
  const keyword = capitals(space < 0 ? text : text.slice(0, space));
  if (keyword !== 'AUTH' && line.length + 2 > limit) return 'tooLong';
  if (!isVerb(keyword)) return 'unknownCommand';
  return PARSERS[keyword](space < 0 ? '' : text.slice(space + 1), line);
}

/** A decimal number without leading zeros, small enough to be exact; else null. */
export function parseNumber(text: string): number | null {
  return /^(?:0|[1-9][0-9]{0,14})$/.test(text) ? Number(text) : null;
}

/** ASCII letters alone have a case here: `ß` is no SS. RFC 1939 §3. */
function capitals(text: string): string {
  return text.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase());
}

function isVerb(keyword: string): keyword is Verb {
  return Object.hasOwn(PARSERS, keyword);
}

function bare(verb: 'CAPA' | 'STLS' | 'STAT' | 'NOOP' | 'RSET' | 'QUIT' | 'UTF8'): Parser {
  const command = { verb };
  return (args) => (words(args).length === 0 ? command : 'unexpectedArgument');
}

/** The name is all that follows the space, in UTF-8, without controls: it goes into logs. */
function parseUser(args: string, line: Uint8Array): Command | CommandFault {
  if (args === '') return 'missingArgument';
  const name = decodeUtf8(line.subarray('USER '.length));
  return name === null || hasControl(name) ? 'badName' : { verb: 'USER', name };
}

function parsePass(args: string, line: Uint8Array): Command | CommandFault {
  if (args === '') return 'missingArgument';
  return { verb: 'PASS', password: line.subarray('PASS '.length) };
}

function parseAuth(args: string): Command | CommandFault {
  const [mechanism, initial = null, ...more] = words(args);
  if (mechanism === undefined) return 'missingArgument';
  if (more.length > 0) return 'unexpectedArgument';
  return { verb: 'AUTH', mechanism: capitals(mechanism), initial };
}

function listing(verb: 'LIST' | 'UIDL'): Parser {
  return (args) => {
    const [text, ...more] = words(args);
    if (more.length > 0) return 'unexpectedArgument';
    if (text === undefined) return { verb, number: null };
    const number = parseNumber(text);
    return number === null ? 'badNumber' : { verb, number };
  };
}

function numbered(verb: 'RETR' | 'DELE'): Parser {
  return (args) => {
    const [text, ...more] = words(args);
    if (text === undefined) return 'missingArgument';
    if (more.length > 0) return 'unexpectedArgument';
    const number = parseNumber(text);
    return number === null ? 'badNumber' : { verb, number };
  };
}

function parseTop(args: string): Command | CommandFault {
  const [first, second, ...more] = words(args);
  if (first === undefined || second === undefined) return 'missingArgument';
  if (more.length > 0) return 'unexpectedArgument';
  const number = parseNumber(first);
  const lines = parseNumber(second);
  return number === null || lines === null ? 'badNumber' : { verb: 'TOP', number, lines };
}

/** Arguments, each behind a single space; spaces at the end of the line are forgiven. */
function words(args: string): string[] {
  const trimmed = args.replace(/ +$/, '');
  return trimmed === '' ? [] : trimmed.split(' ');
}

function hasControl(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}
