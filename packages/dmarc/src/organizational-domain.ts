/**
 * Organizational domains by the public suffix list, and alignment. RFC 7489 §3.1, §3.2.
 */
import { getDomain } from 'tldts';

/**
 * The domain that was registered, in lower case: the public suffix and one label more; a suffix itself stays as it is.
 * RFC 7489 §3.2.
 *
 * All rules of the list count, those of its private part too: mail of one customer of a provider must not pass for that
 * of another one.
 */
export function organizationalDomain(domain: string): string {
  return registrableDomain(domain) ?? canonical(domain);
}

/** A label with nothing in it. RFC 5321 §4.1.2. */
const EMPTY_LABEL = /^\.|\.\./;

/** The public suffix and one label more; null for a suffix alone, an IP address, and what is no domain. */
export function registrableDomain(domain: string): string | null {
  const name = canonical(domain);
  if (EMPTY_LABEL.test(name)) return null;
  return getDomain(name, {
    allowPrivateDomains: true,
    extractHostname: false,
    validateHostname: false,
    detectIp: true,
  });
}

/** Lower case, and no dot at the end. */
export function canonical(domain: string): string {
  return domain.toLowerCase().replace(/\.$/, '');
}

/** Whether two domains align: the same for `s`, of the same organization for `r`. RFC 7489 §3.1. */
export function isAligned(domain: string, other: string, mode: 'r' | 's'): boolean {
  return mode === 's'
    ? canonical(domain) === canonical(other)
    : organizationalDomain(domain) === organizationalDomain(other);
}
