/** Domain names as they stand in addresses: their syntax, their ASCII form, their form for display. */

import punycode from 'punycode/punycode.js';
import { parseAddressLiteral } from './address-literal.ts';
import { MAX_ASCII_DOMAIN_OCTETS, MAX_DOMAIN_OCTETS, MAX_LABEL_OCTETS } from './limits.ts';
import type { AddressOptions } from './options.ts';
import { isULabel, lowerCase } from './u-label.ts';

const ACE_PREFIX = 'xn--';

/** Is this a `Domain`, or with SMTPUTF8 a domain with U-labels? RFC 5321 §4.1.2, RFC 6531 §3.3. */
export function isDomain(text: string, options: AddressOptions = {}): boolean {
  if (text.length > MAX_DOMAIN_OCTETS) return false;
  if (!options.singleLabel && !text.includes('.')) return false;
  return isAscii(text)
    ? text.split('.').every(isLdhLabel)
    : options.smtputf8 === true && domainToAscii(text) !== null;
}

/**
 * The form of a domain that the DNS takes, in lower case: U-labels become A-labels. Null when it is no domain name;
 * an address literal is none. Nothing is mapped but the case: what a person typed is for `domainToAscii` of
 * `@postino/address/idna`. RFC 5890 §2.3.2.1, RFC 5891 §4.4.
 */
export function domainToAscii(domain: string): string | null {
  if (domain.length > MAX_DOMAIN_OCTETS) return null;
  const labels: string[] = [];
  for (const label of domain.split('.')) {
    const ascii = labelToAscii(label);
    if (ascii === null) return null;
    labels.push(ascii);
  }
  const ascii = labels.join('.');
  return ascii.length <= MAX_ASCII_DOMAIN_OCTETS ? ascii : null;
}

function labelToAscii(label: string): string | null {
  if (isAscii(label)) return isLdhLabel(label) ? label.toLowerCase() : null;
  const lower = lowerCase(label);
  if (!isULabel(lower)) return null;
  const ascii = ACE_PREFIX + punycode.encode(lower);
  return ascii.length <= MAX_LABEL_OCTETS ? ascii : null;
}

/** A domain for display: A-labels that stand for a valid U-label become it, all else stays. RFC 5891 §4.2.1. */
export function domainToUnicode(domain: string): string {
  if (domain.length > MAX_DOMAIN_OCTETS) return domain;
  return domain.split('.').map(labelToUnicode).join('.');
}

function labelToUnicode(label: string): string {
  const lower = label.toLowerCase();
  if (!lower.startsWith(ACE_PREFIX)) return label;
  const decoded = decode(lower.slice(ACE_PREFIX.length));
  return decoded !== null && labelToAscii(decoded) === lower ? decoded : label;
}

function decode(text: string): string | null {
  try {
    return punycode.decode(text);
  } catch {
    return null;
  }
}

/** Do two domains, or two address literals, mean the same? Case and the form of labels do not count. RFC 5321 §2.4. */
export function sameDomain(a: string, b: string): boolean {
  return a === b || canonical(a) === canonical(b);
}

function canonical(domain: string): string {
  return parseAddressLiteral(domain)?.address ?? domainToAscii(domain) ?? domain.toLowerCase();
}

/** `Let-dig [Ldh-str]`. RFC 5321 §4.1.2. */
function isLdhLabel(label: string): boolean {
  return (
    label.length <= MAX_LABEL_OCTETS &&
    /^[a-z0-9-]+$/i.test(label) &&
    !label.startsWith('-') &&
    !label.endsWith('-')
  );
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 0x80) return false;
  return true;
}
