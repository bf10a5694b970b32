/** Command lines as values. RFC 5321 §4.1. */
import {
  isAddressLiteral,
  isNullPath,
  readPath,
  type ForwardPath,
  type Path,
  type ReversePath,
} from '@postino/address';
import type { Reply } from '@postino/wire';
import type { Verb } from './order.ts';
import {
  parseMailParams,
  parseRcptParams,
  type MailParams,
  type ParamFault,
  type ParamOptions,
  type RcptParams,
} from './params.ts';
import { REPLIES } from './replies.ts';

export type Command =
  | { readonly verb: 'EHLO' | 'HELO' | 'LHLO'; readonly name: string }
  | { readonly verb: 'MAIL'; readonly from: ReversePath; readonly params: MailParams }
  | { readonly verb: 'RCPT'; readonly to: ForwardPath; readonly params: RcptParams }
  /** The mechanism in capitals; the initial response still in base64, null when there is none. RFC 4954 §4. */
  | { readonly verb: 'AUTH'; readonly mechanism: string; readonly initial: string | null }
  /** Octets that follow, and whether they are the last. RFC 3030 §2. */
  | { readonly verb: 'BDAT'; readonly size: number; readonly last: boolean }
  | { readonly verb: 'VRFY' | 'NOOP' | 'HELP'; readonly text: string }
  | { readonly verb: 'DATA' | 'RSET' | 'QUIT' | 'STARTTLS' };

/** A line that is no command, and the reply that says so; the verb where at least that was known. */
export interface CommandFault {
  readonly verb: Verb | null;
  readonly fault: Reply;
}

export interface CommandOptions extends ParamOptions {
  /** `lmtp`: LHLO instead of EHLO and HELO; default `smtp`. RFC 2033 §4.1. */
  readonly protocol?: 'smtp' | 'lmtp';
  /** Take `_` in the name of EHLO and HELO, as some clients send it; default false. */
  readonly helloUnderscores?: boolean;
  /** Know BDAT; default false. RFC 3030 §2. */
  readonly chunking?: boolean;
}

/** Known commands that are not served. RFC 5321 §4.1.1.7, appendix F; RFC 1985 §5; RFC 2645 §4. */
const NOT_IMPLEMENTED = new Set(['EXPN', 'TURN', 'SEND', 'SOML', 'SAML', 'ETRN', 'ATRN']);

type Argument = (argument: string, options: CommandOptions) => Command | CommandFault;

const ARGUMENTS: Readonly<Record<Verb, Argument>> = {
  EHLO: (argument, options) => hello('EHLO', argument, options),
  HELO: (argument, options) => hello('HELO', argument, options),
  LHLO: (argument, options) => hello('LHLO', argument, options),
  MAIL: mail,
  RCPT: rcpt,
  BDAT: bdat,
  DATA: (argument) => bare({ verb: 'DATA' }, argument),
  RSET: (argument) => bare({ verb: 'RSET' }, argument),
  QUIT: (argument) => bare({ verb: 'QUIT' }, argument),
  STARTTLS: (argument) => bare({ verb: 'STARTTLS' }, argument),
  NOOP: (text) => ({ verb: 'NOOP', text }),
  HELP: (text) => ({ verb: 'HELP', text }),
  VRFY: (text) =>
    text === '' ? { verb: 'VRFY', fault: REPLIES.argumentMissing } : { verb: 'VRFY', text },
  AUTH: auth,
};
const VERBS = new Map<string, Argument>(Object.entries(ARGUMENTS));

/** Parses a command line without its CRLF. White space at its end is let through. RFC 5321 §4.1.1. */
export function parseCommand(line: string, options: CommandOptions = {}): Command | CommandFault {
  const text = withoutBlanks(line);
  const end = wordEnd(text);
  const word = text.slice(0, end);
  // Most clients write capitals.
  const verb = VERBS.has(word) ? word : verbOf(word);
  const argument = VERBS.get(verb);
  if (argument) return argument(text.slice(skipBlanks(text, end)), options);
  return {
    verb: null,
    fault: NOT_IMPLEMENTED.has(verb) ? REPLIES.notImplemented : REPLIES.unrecognized,
  };
}

/** Case does not matter, but only that of ASCII: `ſ` is not S. RFC 5321 §2.4. */
function verbOf(word: string): string {
  return /^[A-Za-z]{1,8}$/.test(word) ? word.toUpperCase() : '';
}

/** RFC 5321 §4.1.1.1, RFC 2033 §4.1. HELO too takes an address literal, since clients send it. */
function hello(
  verb: 'EHLO' | 'HELO' | 'LHLO',
  name: string,
  options: CommandOptions,
): Command | CommandFault {
  if ((verb === 'LHLO') !== (options.protocol === 'lmtp'))
    return { verb: null, fault: REPLIES.unrecognized };
  const label = options.helloUnderscores ? LENIENT_LABEL : LABEL;
  return isHostName(name, label) || isAddressLiteral(name)
    ? { verb, name }
    : { verb, fault: REPLIES.helloSyntax };
}

/** At most 63 octets. RFC 1035 §2.3.4. */
const LABEL = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;
const LENIENT_LABEL = /^\w(?:[\w-]{0,61}\w)?$/;
/** Octets of a domain. RFC 5321 §4.5.3.1.2. */
const DOMAIN = 255;

/** `Domain`, of ASCII alone. RFC 5321 §4.1.2; RFC 6531 §3.7.1. */
function isHostName(name: string, label: RegExp): boolean {
  return name.length <= DOMAIN && name.split('.').every((part) => label.test(part));
}

/** RFC 5321 §4.1.1.2. */
function mail(argument: string, options: CommandOptions): Command | CommandFault {
  if (!startsCaseless(argument, 'FROM:')) return { verb: 'MAIL', fault: REPLIES.mailSyntax };
  const read = readPathAndRest(argument, 'FROM:'.length);
  // `<Postmaster>` without a domain is a recipient alone. RFC 5321 §4.1.1.2, §4.1.1.3.
  if (!read || (read.path.domain === '' && !isNullPath(read.path)))
    return { verb: 'MAIL', fault: REPLIES.badSender };
  const params = parseMailParams(read.rest, options);
  if (isParamFault(params)) return { verb: 'MAIL', fault: PARAM_REPLIES[params.fault] };
  if (!params.smtpUtf8 && !isAsciiPath(read.path))
    return { verb: 'MAIL', fault: REPLIES.asciiSenderRequired };
  return { verb: 'MAIL', from: read.path, params };
}

/** Whether MAIL allowed a non-ASCII address is not known here. RFC 5321 §4.1.1.3. */
function rcpt(argument: string, options: CommandOptions): Command | CommandFault {
  if (!startsCaseless(argument, 'TO:')) return { verb: 'RCPT', fault: REPLIES.rcptSyntax };
  const read = readPathAndRest(argument, 'TO:'.length);
  if (!read || isNullPath(read.path)) return { verb: 'RCPT', fault: REPLIES.badRecipient };
  const params = parseRcptParams(read.rest, options);
  if (isParamFault(params)) return { verb: 'RCPT', fault: PARAM_REPLIES[params.fault] };
  return { verb: 'RCPT', to: read.path, params };
}

const PARAM_REPLIES = { unknown: REPLIES.unknownParameter, bad: REPLIES.badParameter };

function isParamFault(params: object): params is ParamFault {
  return 'fault' in params;
}

/** Whether an address can travel without SMTPUTF8. RFC 6531 §3.2. */
export function isAsciiPath(path: Path): boolean {
  // eslint-disable-next-line no-control-regex -- the range is what ASCII is
  return /^[\x00-\x7f]*$/.test(path.localPart) && /^[\x00-\x7f]*$/.test(path.domain);
}

/**
 * A path and what stands behind it.
 * Deviation: blanks before the path are let through, as every server does; RFC 5321 §3.3 has none there.
 */
function readPathAndRest(text: string, at: number): { path: Path; rest: string } | null {
  const read = readPath(text, skipBlanks(text, at), { smtputf8: true, singleLabel: true });
  if (!read) return null;
  const next = skipBlanks(text, read.end);
  return next > read.end || next === text.length
    ? { path: read.path, rest: text.slice(next) }
    : null;
}

/** A size past what can be counted is none. RFC 3030 §2. */
function bdat(argument: string, options: CommandOptions): Command | CommandFault {
  if (!options.chunking) return { verb: null, fault: REPLIES.unrecognized };
  const [, digits, last] = /^([0-9]{1,16})([ \t]+LAST)?$/i.exec(argument) ?? [];
  const size = Number(digits);
  return Number.isSafeInteger(size)
    ? { verb: 'BDAT', size, last: last !== undefined }
    : { verb: 'BDAT', fault: REPLIES.bdatSyntax };
}

/** RFC 4954 §4, §8. */
function auth(argument: string): Command | CommandFault {
  const [, mechanism, initial] = /^([A-Za-z0-9_-]{1,20})(?:[ \t]+([^ \t]+))?$/.exec(argument) ?? [];
  if (mechanism === undefined) return { verb: 'AUTH', fault: REPLIES.authSyntax };
  return { verb: 'AUTH', mechanism: mechanism.toUpperCase(), initial: initial ?? null };
}

/** RFC 5321 §4.1.1, §4.3.2. */
function bare(
  command: { readonly verb: 'DATA' | 'RSET' | 'QUIT' | 'STARTTLS' },
  argument: string,
): Command | CommandFault {
  return argument === '' ? command : { verb: command.verb, fault: REPLIES.noArgument };
}

function startsCaseless(text: string, word: string): boolean {
  return text.slice(0, word.length).toUpperCase() === word;
}

const SPACE = 0x20;
const TAB = 0x09;

function isBlank(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === SPACE || code === TAB;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (isBlank(text, at)) at++;
  return at;
}

function wordEnd(text: string): number {
  let end = 0;
  while (end < text.length && !isBlank(text, end)) end++;
  return end;
}

function withoutBlanks(text: string): string {
  let end = text.length;
  while (isBlank(text, end - 1)) end--;
  return end === text.length ? text : text.slice(0, end);
}
