/** Address literals: an IP address in the place of a domain. */

import { Address4, Address6 } from 'ip-address';

/** The address inside a literal. */
export interface AddressLiteral {
  readonly family: 4 | 6;
  /** In its canonical form. RFC 5952 §4. */
  readonly address: string;
}

const TAG = /^IPv6:/i;

/**
 * Parses `[192.0.2.1]` or `[IPv6:2001:db8::1]`; null for everything else. A tag other than `IPv6` is refused, since no
 * other is registered. RFC 5321 §4.1.3.
 */
// Deviation: `::` may stand for one group of zeros, as RFC 4291 §2.2 has it; RFC 5321 §4.1.3 wants two.
// Deviation: leading zeros are refused in IPv4, since others read them as octal; RFC 5321 §4.1.3 allows three digits.
export function parseAddressLiteral(text: string): AddressLiteral | null {
  if (!text.startsWith('[') || !text.endsWith(']')) return null;
  const inner = text.slice(1, -1);
  return TAG.test(inner) ? ipv6(inner.slice(5)) : ipv4(inner);
}

/** Is this domain a well-formed address literal, in its brackets? RFC 5321 §4.1.3. */
export function isAddressLiteral(domain: string): boolean {
  return parseAddressLiteral(domain) !== null;
}

// The guards keep out what the library also takes: a prefix length, a zone, a port.
function ipv4(text: string): AddressLiteral | null {
  return /^[0-9.]{7,15}$/.test(text) && Address4.isValid(text)
    ? { family: 4, address: text }
    : null;
}

function ipv6(text: string): AddressLiteral | null {
  return /^[0-9A-Fa-f:.]{2,45}$/.test(text) && Address6.isValid(text)
    ? { family: 6, address: new Address6(text).correctForm() }
    : null;
}
