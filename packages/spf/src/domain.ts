/** Names, and the sender's two halves. */

/** Octets of a name in text. RFC 1035 §2.3.4. */
const MAX_NAME = 253;
/** Labels of at most 63 octets, none empty; a dot may stand at the end. RFC 1035 §2.3.4. */
const NAME = /^[^.]{1,63}(?:\.[^.]{1,63})*\.?$/;
/** The same in visible ASCII without brackets, and at least two labels. */
const CHECKABLE = /^(?:[!-\-/-Z\\^-~]{1,63}\.)+[!-\-/-Z\\^-~]{1,63}\.?$/;

/** Whether the DNS can be asked for a name. RFC 7208 §4.3. */
export function isName(name: string): boolean {
  return withoutDot(name).length <= MAX_NAME && NAME.test(name);
}

/** Whether a domain can be checked: more than one label, in ASCII, and no address literal. RFC 7208 §2.3, §4.3. */
export function isCheckable(domain: string): boolean {
  return withoutDot(domain).length <= MAX_NAME && CHECKABLE.test(domain);
}

/** RFC 7208 §4.1. */
export interface Sender {
  readonly localPart: string;
  readonly domain: string;
}

/** The halves of an address; `postmaster` stands for a local-part that is not there. RFC 7208 §4.3. */
export function parseSender(address: string): Sender {
  const at = address.lastIndexOf('@');
  return {
    localPart: address.slice(0, Math.max(at, 0)) || 'postmaster',
    domain: address.slice(at + 1),
  };
}

/** Whether a name is another one or below it. */
export function isWithin(name: string, domain: string): boolean {
  const lower = withoutDot(name.toLowerCase());
  const above = withoutDot(domain.toLowerCase());
  return lower === above || lower.endsWith(`.${above}`);
}

export function withoutDot(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name;
}
