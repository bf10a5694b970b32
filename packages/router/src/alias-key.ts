/** How names and domains are compared: the keys under which all is looked up. */

import { domainToAscii, parseAddressLiteral } from '@postino/address';

/** A domain or an address literal in the one form that all its spellings share. RFC 5321 §2.4, RFC 5890 §2.3.2.1. */
export function domainKey(domain: string): string {
  const literal = parseAddressLiteral(domain);
  return literal ? `[${literal.address}]` : (domainToAscii(domain) ?? domain.toLowerCase());
}

/**
 * A local part of ours, in lower case. RFC 5321 §2.4 leaves its case to the host. Only ASCII is folded: other letters
 * could become ones of ASCII and so reach somebody else.
 */
export function foldLocalPart(localPart: string): string {
  return localPart.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** The key of an alias: `name`, `name@domain`, `@domain`, or `*` for all that nothing else takes. */
export function aliasKey(address: string): string {
  const at = address.lastIndexOf('@');
  if (at === -1) return foldLocalPart(address);
  return `${foldLocalPart(address.slice(0, at))}@${domainKey(address.slice(at + 1))}`;
}
