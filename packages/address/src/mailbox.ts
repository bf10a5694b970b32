/** Mailboxes: `local@domain`. */

import { isAddressLiteral } from './address-literal.ts';
import { isDomain } from './domain.ts';
import { fits, MAX_LOCAL_PART_OCTETS, MAX_MAILBOX_OCTETS } from './limits.ts';
import { formatLocalPart, readLocalPart } from './local-part.ts';
import type { AddressOptions } from './options.ts';
import type { Mailbox } from './types.ts';

/** Parses `local@domain`; null when it is no mailbox or too long. RFC 5321 §4.1.2, §4.5.3.1, RFC 6531 §3.3. */
export function parseMailbox(text: string, options: AddressOptions = {}): Mailbox | null {
  return fits(text, MAX_MAILBOX_OCTETS) ? readMailbox(text, 0, options) : null;
}

/** Reads a mailbox from a place in a text to the end of that text. */
export function readMailbox(text: string, at: number, options: AddressOptions): Mailbox | null {
  const local = readLocalPart(text, at, options.smtputf8 === true);
  if (!local || text[local.end] !== '@') return null;
  if (!fits(text.slice(at, local.end), MAX_LOCAL_PART_OCTETS)) return null;
  const domain = text.slice(local.end + 1);
  if (!isDomain(domain, options) && !isAddressLiteral(domain)) return null;
  return { localPart: local.value, domain };
}

/**
 * Writes `local@domain`, quoted only where it must be. Throws a TypeError for what no parser returns (a control
 * character, a broken domain), so that nothing slips into a command behind it. RFC 5321 §4.1.2.
 */
export function formatMailbox({ localPart, domain }: Mailbox): string {
  const local = formatLocalPart(localPart);
  if (local === null) throw new TypeError('this local part cannot be written');
  if (!isDomain(domain, { smtputf8: true, singleLabel: true }) && !isAddressLiteral(domain)) {
    throw new TypeError('neither a domain nor an address literal');
  }
  return `${local}@${domain}`;
}
