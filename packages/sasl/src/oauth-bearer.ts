/** The message of OAUTHBEARER. RFC 7628 §3.1. */

import { isIdentity, writeField } from './field.ts';
import { escapeName, unescapeName } from './scram-message.ts';

/** A token and what the client says beside it. */
export interface BearerMessage {
  /** Empty: the client asks what is needed, and gets the error that says it. RFC 7628 §4.3. */
  readonly token: string;
  /** Whom to act as; empty: whoever the token is for. */
  readonly authzid: string;
  /** Where the client believes itself to be. */
  readonly host?: string;
  readonly port?: number;
}

const SEPARATOR = '\u0001';
// No channel binding is defined for these mechanisms. RFC 7628 §3.1.
const HEADER = /^[ny],(?:a=([^,\0]+))?,$/;
const PAIR = /^([A-Za-z]+)=([ -~\t\r\n]*)$/;
/** RFC 6750 §2.1; the name of the scheme is in any case, RFC 7628 §4. */
const BEARER = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i;
const PORT = /^[1-9]\d{0,4}$/;
const HOST = /^[!-~]+$/;

/** Takes a message apart; null when it is none, and for credentials that are no bearer token. */
export function parseBearer(
  text: string,
  { maxOctets }: { readonly maxOctets: number },
): BearerMessage | null {
  const [header = '', ...parts] = text.split(SEPARATOR);
  const authzid = readHeader(header, maxOctets);
  const pairs = readPairs(parts);
  const token = readToken(pairs?.get('auth'));
  const host = pairs?.get('host');
  const port = pairs?.get('port');
  if (authzid === null || token === null || (port !== undefined && !PORT.test(port))) return null;
  return {
    token,
    authzid,
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port: Number(port) }),
  };
}

function readHeader(header: string, maxOctets: number): string | null {
  const [whole, asked] = HEADER.exec(header) ?? [];
  if (whole === undefined) return null;
  if (asked === undefined) return '';
  const authzid = unescapeName(asked);
  return authzid !== null && isIdentity(authzid, maxOctets) ? authzid : null;
}

/** Keys that nobody knows are passed over. RFC 7628 §3.1. */
function readPairs(parts: readonly string[]): ReadonlyMap<string, string> | null {
  const pairs = parts.slice(0, -2).map((part) => PAIR.exec(part));
  const isWhole = parts.length >= 2 && parts.slice(-2).every((part) => part === '');
  if (!isWhole || pairs.includes(null)) return null;
  return new Map(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? '']));
}

function readToken(auth: string | undefined): string | null {
  return auth === '' ? '' : (BEARER.exec(auth ?? '')?.[1] ?? null);
}

/** Writes the message; a `TypeError` for what the grammar cannot carry. */
export function formatBearer({ token, authzid, host, port }: BearerMessage): string {
  const auth = `Bearer ${token}`;
  const isPort = port === undefined || PORT.test(`${port}`);
  if (!BEARER.test(auth) || !isPort || (host !== undefined && !HOST.test(host)))
    throw new TypeError('the token, the host or the port cannot stand in a message of OAUTHBEARER');
  if (authzid !== '') writeField('user', authzid);
  const pairs = [
    ...(host === undefined ? [] : [`host=${host}`]),
    ...(port === undefined ? [] : [`port=${port}`]),
    `auth=${auth}`,
  ];
  const header = authzid === '' ? 'n,,' : `n,a=${escapeName(authzid)},`;
  return [header, ...pairs, '', ''].join(SEPARATOR);
}
