/** Domain names as they stand on the wire: their syntax, their ASCII form, their form for display. */

import punycode from 'punycode/punycode.js';
import { parseAddressLiteral } from './address-literal.ts';
import { fits, MAX_ASCII_DOMAIN_OCTETS, MAX_DOMAIN_OCTETS, MAX_LABEL_OCTETS } from './limits.ts';
import type { AddressOptions } from './options.ts';
import { isULabel, lowerCase } from './u-label.ts';

/** What an A-label begins with. RFC 5890 §2.3.2.5. */
const ACE_PREFIX = 'xn--';

const ASCII = /^[\0-\x7f]*$/;

/** Nearly all domains: labels of letters, digits and inner hyphens, each of 63 octets at the most. */
const LDH_DOMAIN = /^(?!-)[a-z0-9-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9-]{1,63}(?<!-))*$/i;

/** Is this a domain name as an address may hold it? RFC 5321 §4.1.2, RFC 6531 §3.3. */
export function isDomain(text: string, options: AddressOptions = {}): boolean {
  return (
    domainToAscii(text) !== null &&
    (options.singleLabel === true || text.includes('.')) &&
    (options.smtputf8 === true || ASCII.test(text))
  );
}

/**
 * The form of a domain name that the DNS takes: lower case, U-labels as A-labels. Null when it is none; an address
 * literal is none. Only the case is mapped: for what a person typed, see `@postino/address/idna`.
 * RFC 5321 §4.1.2, RFC 5891 §4.4.
 */
export function domainToAscii(domain: string): string | null {
  if (domain.length <= MAX_ASCII_DOMAIN_OCTETS && LDH_DOMAIN.test(domain))
    return domain.toLowerCase();
  if (!fits(domain, MAX_DOMAIN_OCTETS)) return null;
  const labels = domain.split('.').map(labelToAscii);
  if (labels.includes(null)) return null;
  const ascii = labels.join('.');
  return ascii.length <= MAX_ASCII_DOMAIN_OCTETS ? ascii : null;
}

// Deviation: capitals are taken in U-labels, since domains have no case (RFC 5321 §2.4); RFC 5892 §2.2 forbids them.
// Not done: a label that begins with `xn--` is not decoded to see whether it is an A-label (RFC 5891 §5.4).
function labelToAscii(label: string): string | null {
  const ascii = ASCII.test(label) ? ldhLabel(label) : aLabel(lowerCase(label));
  return ascii !== null && ascii.length <= MAX_LABEL_OCTETS ? ascii : null;
}

/** `Let-dig [Ldh-str]`. RFC 5321 §4.1.2. */
function ldhLabel(label: string): string | null {
  return /^(?!-)[a-z0-9-]+(?<!-)$/i.test(label) ? label.toLowerCase() : null;
}

function aLabel(uLabel: string): string | null {
  return isULabel(uLabel) ? ACE_PREFIX + punycode.encode(uLabel) : null;
}

/** A domain for display: A-labels become the U-labels they stand for; all else stays as it is. RFC 5891 §5.3. */
export function domainToUnicode(domain: string): string {
  return fits(domain, MAX_DOMAIN_OCTETS) ? domain.split('.').map(labelToUnicode).join('.') : domain;
}

function labelToUnicode(label: string): string {
  const lower = label.toLowerCase();
  const decoded = lower.startsWith(ACE_PREFIX) ? decode(lower.slice(ACE_PREFIX.length)) : null;
  return decoded !== null && aLabel(decoded) === lower ? decoded : label;
}

function decode(text: string): string | null {
  try {
    return punycode.decode(text);
  } catch {
    return null;
  }
}

/** Do two domains, or two address literals, mean the same, however they are written? RFC 5321 §2.4, RFC 5890 §2.3.2.4. */
export function sameDomain(a: string, b: string): boolean {
  return a === b || canonical(a) === canonical(b);
}

function canonical(domain: string): string {
  const literal = parseAddressLiteral(domain);
  return literal ? `[${literal.address}]` : (domainToAscii(domain) ?? domain);
}
