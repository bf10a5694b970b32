/**
 * Names as the DNS compares them.
 */

/** Octets of a name in text, without the dot at its end. RFC 1035 §2.3.4 allows 255 on the wire. */
const MAX_NAME = 253;
/** Octets of a label. RFC 1035 §2.3.4. */
const MAX_LABEL = 63;

/** A name in lower case, without the dot at its end: two names that are the same to the DNS come out equal. RFC 4343 §3. */
export function canonicalName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

/** Whether a canonical name can be asked for at all. */
export function isDomainName(name: string): boolean {
  return (
    name.length <= MAX_NAME &&
    name.split('.').every((label) => label !== '' && label.length <= MAX_LABEL)
  );
}
