/** Address literals: an IP address in the place of a domain. */

import { Address4, Address6 } from 'ip-address';

/** The IP address inside a literal. */
export interface AddressLiteral {
  readonly family: 4 | 6;
  /** In its canonical form. RFC 5952 §4. */
  readonly address: string;
}

const TAG = /^IPv6:/i;

/**
 * Parses `[192.0.2.1]` or `[IPv6:2001:db8::1]`, brackets included; null for everything else. No tag but `IPv6` is
 * taken, since no other is registered. RFC 5321 §4.1.3.
 */
export function parseAddressLiteral(text: string): AddressLiteral | null {
  if (!text.startsWith('[') || !text.endsWith(']')) return null;
  const inner = text.slice(1, -1);
  return TAG.test(inner) ? ipv6(inner.replace(TAG, '')) : ipv4(inner);
}

/** Is this a well-formed address literal, brackets included? RFC 5321 §4.1.3. */
export function isAddressLiteral(domain: string): boolean {
  return parseAddressLiteral(domain) !== null;
}

// The patterns keep out what the library takes beyond an address: a prefix length, a zone.

// Deviation: no leading zeros, since others read them as octal; the grammar has them (RFC 5321 §4.1.3).
function ipv4(text: string): AddressLiteral | null {
  if (!/^[0-9.]{7,15}$/.test(text) || !Address4.isValid(text)) return null;
  return { family: 4, address: text };
}

// Deviation: `::` may stand for a single group, as in RFC 4291 §2.2; RFC 5321 §4.1.3 wants two.
function ipv6(text: string): AddressLiteral | null {
  if (!/^[0-9A-Fa-f:.]{2,45}$/.test(text) || !Address6.isValid(text)) return null;
  return { family: 6, address: new Address6(text).correctForm() };
}
