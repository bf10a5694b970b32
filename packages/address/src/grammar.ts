/**
 * `@postino/address/grammar`: mailboxes by the grammar of record, the Earley grammar of `smtp-address-parser`. It gives
 * the answers of `parseMailbox` in `@postino/address`, a hundred times slower: to test against, and for a second opinion.
 */

import { parse } from 'smtp-address-parser';
import { isDomain } from './domain.ts';
import { fits, MAX_LOCAL_PART_OCTETS, MAX_MAILBOX_OCTETS } from './limits.ts';
import type { AddressOptions } from './options.ts';
import type { Mailbox } from './types.ts';

/** What the library returns, everything as it is written. */
interface Parsed {
  readonly localPart: { readonly DotString?: string; readonly QuotedString?: string };
  readonly domainPart: { readonly DomainName?: string; readonly AddressLiteral?: string };
}

/** Parses `local@domain`; null when it is no mailbox or too long. RFC 5321 §4.1.2, §4.5.3.1, RFC 6531 §3.3. */
export function parseMailbox(text: string, options: AddressOptions = {}): Mailbox | null {
  if (!fits(text, MAX_MAILBOX_OCTETS) || !text.isWellFormed()) return null;
  const at = text.lastIndexOf('@');
  const domain = text.slice(at + 1);
  const parsed = parseWhole(text + filler(domain));
  if (!parsed) return null;
  const { DotString, QuotedString } = parsed.localPart;
  // The library knows neither the limit of a local part, nor when UTF-8 is allowed, nor what a U-label is.
  if (!fits(text.slice(0, at), MAX_LOCAL_PART_OCTETS)) return null;
  if (!options.smtputf8 && /[^\0-\x7f]/.test(text)) return null;
  if (!parsed.domainPart.AddressLiteral && !isDomain(domain, options)) return null;
  return { localPart: DotString ?? unquote(QuotedString ?? ''), domain };
}

/** The library throws to say no; its messages stay here. */
function parseWhole(text: string): Parsed | null {
  try {
    return parse(text);
  } catch {
    return null;
  }
}

/**
 * What makes a domain long enough for the library, which refuses `a@localhost` and `a@b.c`.
 * Deviation: both are in the grammar of RFC 5321 §4.1.2, so we take them.
 */
function filler(domain: string): string {
  if (domain.startsWith('[')) return '';
  const last = domain.slice(domain.lastIndexOf('.') + 1);
  if (last === domain) return '.xx';
  return last.length === 1 ? 'x' : '';
}

function unquote(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(.)/g, '$1');
}
