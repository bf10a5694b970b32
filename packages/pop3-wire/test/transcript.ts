/**
 * Transcripts: a session as a file, in the style of the RFCs.
 *
 *     # a comment
 *     @ option value     how the server is set up, see `SETTINGS`
 *     C: what the client says, CRLF added
 *     R: "what it says\n"  the same as a JSON string, nothing added
 *     S: what the server says, CRLF added
 *     ! startTls | close reason | question and its arguments      events, in their order
 *
 * `!` and `S:` are compared apart, since a question may come before what was said earlier has left.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { MaildropEntry, Pop3ServerOptions, Refusal, ResponseCode } from '../src/index.ts';

export interface Setup {
  options: {
    -readonly [Key in keyof Pop3ServerOptions]: Pop3ServerOptions[Key];
  };
  users: Map<string, string>;
  messages: string[];
  /** What answers a login with the right password, where it is not to succeed. */
  loginRefusal: Refusal | null;
  /** What answers `update`, where it is not to succeed. */
  updateRefusal: Refusal | null;
  /** Indexes that `retrieve` refuses. */
  expunged: Set<number>;
  /** Indexes whose content breaks off half way. */
  broken: Set<number>;
}

export interface Transcript {
  readonly name: string;
  readonly setup: Setup;
  /** What the client sends, a part for each TLS state. */
  readonly parts: readonly string[];
  readonly said: string;
  readonly events: readonly string[];
}

const CODES: ResponseCode[] = ['AUTH', 'IN-USE', 'LOGIN-DELAY', 'UTF8', 'SYS/TEMP', 'SYS/PERM'];

type Setting = (setup: Setup, value: string) => void;

const SETTINGS: Record<string, Setting> = {
  tls: ({ options }) => (options.tls = { protocol: 'TLSv1.3', cipher: 'any', authorized: false }),
  startTls: ({ options }) => (options.startTls = true),
  plaintext: ({ options }) => (options.allowPlaintextAuth = true),
  mechanisms: ({ options }, value) => (options.mechanisms = value.split(' ')),
  greeting: ({ options }, value) => (options.greeting = value),
  implementation: ({ options }, value) => (options.implementation = value),
  utf8: ({ options }) => (options.utf8 = true),
  expire: ({ options }, value) => (options.expire = value === 'NEVER' ? value : Number(value)),
  loginDelay: ({ options }, value) => (options.loginDelay = Number(value)),
  limits: ({ options }, value) => (options.limits = JSON.parse(value)),
  user: ({ users }, value) => users.set(value.split(' ')[0]!, value.split(' ').slice(1).join(' ')),
  message: ({ messages }, value) => messages.push(JSON.parse(value)),
  loginRefusal: (setup, value) => (setup.loginRefusal = refusal(value)),
  updateRefusal: (setup, value) => (setup.updateRefusal = refusal(value)),
  expunged: ({ expunged }, value) => expunged.add(Number(value)),
  broken: ({ broken }, value) => broken.add(Number(value)),
};

export function emptySetup(): Setup {
  return {
    options: {},
    users: new Map(),
    messages: [],
    loginRefusal: null,
    updateRefusal: null,
    expunged: new Set(),
    broken: new Set(),
  };
}

export function entriesOf(setup: Setup): MaildropEntry[] {
  return setup.messages.map((text, index) => ({ size: sizeOf(text), uid: `uid-${index + 1}` }));
}

/** Octets that RETR sends, the CRLF counted that the machine adds. */
export function sizeOf(text: string): number {
  return text.length + (text === '' || text.endsWith('\r\n') ? 0 : 2);
}

export function readTranscripts(): Transcript[] {
  const folder = new URL('transcripts/', import.meta.url);
  return readdirSync(folder)
    .toSorted()
    .map((name) => parseTranscript(name, readFileSync(new URL(name, folder), 'utf8')));
}

export function parseTranscript(name: string, text: string): Transcript {
  const setup = emptySetup();
  const parts = [''];
  const events: string[] = [];
  let said = '';
  for (const line of text.split('\n')) {
    const value = line.slice(2).replace(/^ /, '');
    if (line.startsWith('@ ')) set(setup, value);
    else if (line.startsWith('C:')) parts[parts.length - 1] += `${value}\r\n`;
    else if (line.startsWith('R:')) parts[parts.length - 1] += String(JSON.parse(value));
    else if (line.startsWith('S:')) said += `${value}\r\n`;
    else if (line.startsWith('! ')) events.push(value);
    else if (line !== '' && !line.startsWith('#')) throw new Error(`${name}: ${line}`);
    if (line === '! startTls') parts.push('');
  }
  return { name, setup, parts, said, events };
}

function set(setup: Setup, text: string): void {
  const [key = '', ...value] = text.split(' ');
  const setting = SETTINGS[key];
  if (!setting) throw new Error(`no such setting: ${key}`);
  setting(setup, value.join(' '));
}

function refusal(value: string): Refusal {
  const [code = '', ...text] = value.split(' ');
  const known = CODES.find((one) => one === code);
  if (!known) throw new Error(`no such response code: ${code}`);
  return { code: known, text: text.join(' ') };
}
