/** Paths: what stands between `<` and `>` in MAIL and RCPT. */

import { isDomain } from './domain.ts';
import { fits, MAX_PATH_OCTETS } from './limits.ts';
import { formatMailbox, readMailbox } from './mailbox.ts';
import type { AddressOptions } from './options.ts';
import type { Path } from './types.ts';

const POSTMASTER = /^postmaster$/i;

/** A path, and the place just behind its `>`. */
export interface PathRead {
  readonly path: Path;
  readonly end: number;
}

/** Parses a path, angle brackets included: `<a@b.org>`, `<>`, `<Postmaster>`. RFC 5321 §4.1.2, §4.1.1.3. */
export function parsePath(text: string, options: AddressOptions = {}): Path | null {
  const read = readPath(text, 0, options);
  return read?.end === text.length ? read.path : null;
}

/**
 * Reads a path at a place in a line; null when none stands there. What follows is the caller's: a quoted local part
 * may hold `>` and spaces, so nobody else can tell where the path ends. No more is read than a path may be long.
 * `<>` belongs to MAIL alone and `<Postmaster>` to RCPT alone: ask `isNullPath` and `path.domain`.
 * RFC 5321 §4.1.2, §4.1.1.3, §4.5.3.1.3.
 */
export function readPath(text: string, at: number, options: AddressOptions = {}): PathRead | null {
  const window = text.slice(at, at + MAX_PATH_OCTETS);
  const end = endOfPath(window);
  if (end === null || !fits(window.slice(0, end), MAX_PATH_OCTETS)) return null;
  const path = parseInside(window.slice(1, end - 1), options);
  return path && { path, end: at + end };
}

/** The place behind the `>` that closes the path, or null. */
function endOfPath(text: string): number | null {
  if (text[0] !== '<') return null;
  let quoted = false;
  for (let i = 1; i < text.length; i++) {
    if (text[i] === '>' && !quoted) return i + 1;
    if (text[i] === '"') quoted = !quoted;
    else if (text[i] === '\\') i++;
  }
  return null;
}

function parseInside(text: string, options: AddressOptions): Path | null {
  if (text === '') return { localPart: '', domain: '' };
  if (POSTMASTER.test(text)) return { localPart: text, domain: '' };
  const start = afterSourceRoute(text, options);
  return start === null ? null : readMailbox(text, start, options);
}

/**
 * Where the mailbox begins: behind `@one,@two:` if such a route stands there. It must be accepted and should be
 * ignored; null when it is broken. RFC 5321 §4.1.1.3, §3.6.1.
 */
function afterSourceRoute(text: string, options: AddressOptions): number | null {
  if (!text.startsWith('@')) return 0;
  const colon = text.indexOf(':');
  const hops = text.slice(0, colon).split(',');
  const anyLength = { ...options, singleLabel: true };
  const sound = hops.every((hop) => hop.startsWith('@') && isDomain(hop.slice(1), anyLength));
  return colon !== -1 && sound ? colon + 1 : null;
}

/** Writes a path with its angle brackets; throws like `formatMailbox`. RFC 5321 §4.1.2, §4.1.1.3. */
export function formatPath(path: Path): string {
  if (isNullPath(path)) return '<>';
  const bare = path.domain === '' && POSTMASTER.test(path.localPart);
  return bare ? `<${path.localPart}>` : `<${formatMailbox(path)}>`;
}

/** Is this `<>`, the path of mail that must never be answered? RFC 5321 §4.5.5. */
export function isNullPath(path: Path): boolean {
  return path.localPart === '' && path.domain === '';
}

/** Is this the postmaster, of any domain or of none, in any case? RFC 5321 §4.5.1. */
export function isPostmaster(path: Path): boolean {
  return POSTMASTER.test(path.localPart);
}
