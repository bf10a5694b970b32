/** Addresses written out: the reverse of parsing. */

import { isAddressLiteral } from './address-literal.ts';
import { isDomain } from './domain.ts';
import { formatLocalPart } from './local-part.ts';
import { isNullPath } from './path.ts';
import type { Mailbox, Path } from './types.ts';

const ANY_DOMAIN = { smtputf8: true, singleLabel: true };

/**
 * Writes `local@domain`, quoted only where it must be. RFC 5321 §4.1.2. Throws a TypeError for what no parser returns,
 * so that nothing can be smuggled into a command.
 */
export function formatMailbox(mailbox: Mailbox): string {
  const { localPart, domain } = mailbox;
  const local = formatLocalPart(localPart);
  if (local === null) throw new TypeError('a local part cannot hold control characters');
  if (!isDomain(domain, ANY_DOMAIN) && !isAddressLiteral(domain))
    throw new TypeError('not a domain or an address literal');
  return `${local}@${domain}`;
}

/** Writes a path with its angle brackets: `<a@b>`, `<>`, `<Postmaster>`. RFC 5321 §4.1.2, §4.1.1.3. */
export function formatPath(path: Path): string {
  if (isNullPath(path)) return '<>';
  const postmaster = path.domain === '' && path.localPart.toLowerCase() === 'postmaster';
  return postmaster ? `<${path.localPart}>` : `<${formatMailbox(path)}>`;
}
