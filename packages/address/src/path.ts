/** Mailboxes and paths: `local@domain`, and what stands between `<` and `>` in MAIL and RCPT. */

import { isAddressLiteral } from './address-literal.ts';
import { isDomain } from './domain.ts';
import { MAX_LOCAL_PART_OCTETS, MAX_MAILBOX_OCTETS, MAX_PATH_OCTETS, octets } from './limits.ts';
import { readLocalPart } from './local-part.ts';
import type { AddressOptions } from './options.ts';
import type { Mailbox, Path } from './types.ts';

const NULL_PATH: Path = { localPart: '', domain: '' };

/** Parses `local@domain`; null when it is no mailbox or too long. RFC 5321 §4.1.2, §4.5.3.1, RFC 6531 §3.3. */
export function parseMailbox(text: string, options: AddressOptions = {}): Mailbox | null {
  if (text.length > MAX_MAILBOX_OCTETS) return null;
  const read = readMailbox(text, 0, options);
  return read?.end === text.length && octets(text) <= MAX_MAILBOX_OCTETS ? read.mailbox : null;
}

/** Parses a path with its angle brackets: `<a@b>`, `<@route:a@b>`, `<>`, `<Postmaster>`. RFC 5321 §4.1.2. */
export function parsePath(text: string, options: AddressOptions = {}): Path | null {
  const read = readPath(text, 0, options);
  return read?.end === text.length ? read.path : null;
}

/**
 * Reads a path at a place in a line and says where it ends, just behind its `>`: quoted local parts may hold `>` and
 * spaces. Null when none stands there. It reads no more than a path may be long. RFC 5321 §4.1.2, §4.5.3.1.3.
 */
export function readPath(
  text: string,
  at: number,
  options: AddressOptions = {},
): { path: Path; end: number } | null {
  const window = text.slice(at, at + MAX_PATH_OCTETS);
  const read = readWholePath(window, options);
  if (!read || octets(window.slice(0, read.end)) > MAX_PATH_OCTETS) return null;
  return { path: read.path, end: at + read.end };
}

function readWholePath(text: string, options: AddressOptions): { path: Path; end: number } | null {
  if (text.startsWith('<>')) return { path: NULL_PATH, end: 2 };
  const postmaster = /^<(postmaster)>/i.exec(text)?.[1];
  if (postmaster)
    return { path: { localPart: postmaster, domain: '' }, end: postmaster.length + 2 };
  if (!text.startsWith('<')) return null;
  const start = skipSourceRoute(text, 1, options);
  const read = start === null ? null : readMailbox(text, start, options);
  return read && text[read.end] === '>' ? { path: read.mailbox, end: read.end + 1 } : null;
}

/**
 * The place behind `@one,@two:`, or the same place where no source route stands; null when it is broken. It must be
 * accepted and should be ignored. RFC 5321 §4.1.2, appendix C.
 */
function skipSourceRoute(text: string, at: number, options: AddressOptions): number | null {
  if (text[at] !== '@') return at;
  const colon = text.indexOf(':', at);
  const hops = text.slice(at, colon).split(',');
  const each = { ...options, singleLabel: true };
  const sound = hops.every((hop) => hop.startsWith('@') && isDomain(hop.slice(1), each));
  return colon !== -1 && sound ? colon + 1 : null;
}

function readMailbox(
  text: string,
  at: number,
  options: AddressOptions,
): { mailbox: Mailbox; end: number } | null {
  const local = readLocalPart(text, at, options.smtputf8 === true);
  if (!local || text[local.end] !== '@') return null;
  if (octets(text.slice(at, local.end)) > MAX_LOCAL_PART_OCTETS) return null;
  const end = domainEnd(text, local.end + 1);
  const domain = text.slice(local.end + 1, end);
  if (!isDomain(domain, options) && !isAddressLiteral(domain)) return null;
  return { mailbox: { localPart: local.value, domain }, end };
}

/** Where a domain at this place must end, whatever it is: at `>`, or with the text. */
function domainEnd(text: string, at: number): number {
  const end = text.indexOf('>', at);
  return end === -1 ? text.length : end;
}

/** Is this the null path, `<>`? RFC 5321 §4.5.5. */
export function isNullPath(path: Path): boolean {
  return path.localPart === '' && path.domain === '';
}
