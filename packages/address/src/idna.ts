/**
 * `@postino/address/idna`: domains as people type them, with the whole tables of UTS #46. It maps what they may mean
 * the same by (case, full width, the ideographic full stop) and checks all that IDNA asks. What came over the wire is
 * already mapped, and needs only the functions of the same names in `@postino/address`.
 */

import tr46 from 'tr46';
import { fits, MAX_DOMAIN_OCTETS } from './limits.ts';

/** Every check on; `ß` and `ς` stay what they are. UTS #46 §4. */
const RULES = {
  checkHyphens: true,
  checkBidi: true,
  checkJoiners: true,
  useSTD3ASCIIRules: true,
  transitionalProcessing: false,
};

/** The form of a domain that the DNS takes, or null when it has none. UTS #46 §4.2, RFC 5891 §5, RFC 5893 §2. */
export function domainToAscii(domain: string): string | null {
  if (!fits(domain, MAX_DOMAIN_OCTETS)) return null;
  return tr46.toASCII(domain, { ...RULES, verifyDNSLength: true });
}

/** A domain for display, mapped and with U-labels; one that is not valid stays as it is. UTS #46 §4.3. */
export function domainToUnicode(domain: string): string {
  if (!fits(domain, MAX_DOMAIN_OCTETS)) return domain;
  const result = tr46.toUnicode(domain, RULES);
  return result.error ? domain : result.domain;
}
