/** Every text the machine says, in one table; the words are Dovecot's where it has good ones. RFC 1939 §3. */
import type { LineFault } from '@postino/wire';
import type { CommandFault } from './command.ts';
import type { Refusal } from './events.ts';

/** Octets of a status line, its CRLF counted. RFC 1939 §3, RFC 2449 §4. */
const STATUS_LINE = 512;

/** What is said with `+OK`. */
export const OK = {
  greeting: 'Postino ready.', // RFC 1939 §4
  capabilities: 'Capability list follows:', // RFC 2449 §5
  beginTls: 'Begin TLS negotiation now.', // RFC 2595 §4
  user: '', // the same for every name: RFC 1939 §13
  loggedIn: 'Logged in.', // RFC 1939 §7 (PASS), RFC 5034 §4
  marked: 'Marked to be deleted.', // RFC 1939 §5 (DELE)
  noop: '',
  reset: '',
  top: '', // RFC 1939 §7 (TOP)
  uidl: '', // RFC 1939 §7 (UIDL)
  utf8: 'UTF8 enabled.', // RFC 6856 §2.1
  quit: 'Logging out.', // RFC 1939 §4 and §6
  quitUpdated: 'Logging out, messages deleted.',
} as const;

type RefusalName =
  | LineFault
  | CommandFault
  | 'tooManyBadCommands'
  | 'notNow'
  | 'noName'
  | 'plaintext'
  | 'noSuchMechanism'
  | 'badBase64'
  | 'aborted'
  | 'tlsActive'
  | 'noTls'
  | 'behindStls'
  | 'noUtf8'
  | 'marked'
  | 'temporary'
  | 'shutdown';

/** What is said with `-ERR`. */
export const REFUSALS: Readonly<Record<RefusalName, Refusal>> = {
  tooLong: { text: 'Input line too long.' }, // RFC 2449 §4
  bareCr: { text: 'Lines end in CRLF, and CR stands nowhere else.' }, // RFC 1939 §3
  bareLf: { text: 'Lines end in CRLF, and LF stands nowhere else.' },
  nul: { text: 'Lines have no NUL.' },
  unknownCommand: { text: 'Unknown command.' }, // RFC 1939 §3
  missingArgument: { text: 'Missing argument.' },
  unexpectedArgument: { text: 'Noise after arguments.' },
  badName: { text: 'Invalid user name.' },
  badNumber: { text: 'Invalid number.' },
  tooManyBadCommands: { text: 'Too many bad commands.' },
  notNow: { text: 'Command not valid in this state.' }, // RFC 1939 §3
  noName: { text: 'No username given.' }, // RFC 1939 §7 (PASS)
  plaintext: {
    code: 'AUTH',
    text: 'Cleartext authentication disallowed on non-secure (SSL/TLS) connections.',
  }, // RFC 2595 §2.3
  noSuchMechanism: { text: 'Unsupported authentication mechanism.' }, // RFC 5034 §4
  badBase64: { text: 'Invalid base64 data.' },
  aborted: { text: 'Authentication aborted by client.' },
  tlsActive: { text: 'TLS is already active.' }, // RFC 2595 §4
  noTls: { text: "TLS support isn't enabled." },
  behindStls: { text: 'Nothing may follow STLS before TLS.' },
  noUtf8: { text: 'UTF8 is not offered.' }, // RFC 6856 §2.1
  marked: { text: 'Message is deleted.' }, // RFC 1939 §5
  temporary: { code: 'SYS/TEMP', text: 'Temporary failure, try again later.' }, // RFC 3206 §4
  shutdown: { code: 'SYS/TEMP', text: 'Server shutting down.' },
};

/** `+OK text`, or `+OK` alone. */
export function ok(text: string): string {
  return text === '' ? '+OK\r\n' : `+OK ${text}\r\n`;
}

/** `+OK text`, lines, and the dot; none of the lines may begin with a dot. RFC 1939 §3. */
export function okList(text: string, lines: readonly string[]): string {
  return `${ok(text)}${lines.map((line) => `${line}\r\n`).join('')}.\r\n`;
}

/** `-ERR [code] text`. The text comes from the application: one that breaks the line is a `TypeError`. */
export function err(refusal: Refusal): string {
  checkText(refusal.text);
  return refusal.code === undefined
    ? `-ERR ${refusal.text}\r\n`
    : `-ERR [${refusal.code}] ${refusal.text}\r\n`;
}

/** No message has this number. RFC 1939 §5. */
export function noSuchMessage(number: number): Refusal {
  return { text: `There's no message ${number}.` };
}

/** Lets pass what can stand behind a status indicator: printable ASCII that looks like no response code. RFC 2449 §3. */
export function checkText(text: string): void {
  if (!/^(?!\[)[ -~]*$/.test(text)) {
    throw new TypeError(`not a reply text: ${JSON.stringify(text)}`);
  }
  if (text.length > STATUS_LINE - 32) throw new TypeError('a reply text is longer than its line');
}
