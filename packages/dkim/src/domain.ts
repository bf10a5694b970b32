/**
 * Names as `d=`, `s=` and `i=` have them. RFC 6376 §3.5: internationalized ones as A-labels.
 */

/** Octets of a name in text. RFC 1035 §2.3.4 allows 255 on the wire. */
const MAX_NAME = 253;
/** Octets of a label. RFC 1035 §2.3.4. */
const MAX_LABEL = 63;

const SUB_DOMAIN = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i;
const SELECTOR_LABEL = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$/i;

/** Whether this is a domain name of at least two labels. RFC 6376 §3.5. */
export function isDomain(name: string): boolean {
  return name.includes('.') && isName(name, SUB_DOMAIN);
}

/**
 * Whether this is a selector. RFC 6376 §3.1.
 *
 * Deviation: an underscore may stand in it. Many selectors have one, and it does no harm in a name that is only asked for.
 */
export function isSelector(name: string): boolean {
  return isName(name, SELECTOR_LABEL);
}

/** The name that a key is asked for under, or null where it would be too long. RFC 6376 §3.6.2.1. */
export function keyName(selector: string, domain: string): string | null {
  const name = `${selector}._domainkey.${domain}`.toLowerCase();
  return name.length <= MAX_NAME ? name : null;
}

/** Whether a domain is this one or below it, in whatever case. RFC 6376 §3.10. */
export function isWithin(domain: string, parent: string): boolean {
  return `.${domain}`.toLowerCase().endsWith(`.${parent}`.toLowerCase());
}

function isName(name: string, label: RegExp): boolean {
  return (
    name.length <= MAX_NAME &&
    name.split('.').every((part) => part.length <= MAX_LABEL && label.test(part))
  );
}
