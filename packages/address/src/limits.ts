/** How long an address and its parts may be, in octets of UTF-8. */

/** A local part as it is written: quotes and backslashes count. RFC 5321 §4.5.3.1.1. */
export const MAX_LOCAL_PART_OCTETS = 64;

/** RFC 5321 §4.5.3.1.2. */
export const MAX_DOMAIN_OCTETS = 255;

/** With its angle brackets and its source route. RFC 5321 §4.5.3.1.3. */
export const MAX_PATH_OCTETS = 256;

/** What a path leaves for the mailbox between its brackets. RFC 5321 §4.5.3.1.3. */
export const MAX_MAILBOX_OCTETS: number = MAX_PATH_OCTETS - 2;

/** One label of a domain name, in its ASCII form. RFC 1035 §2.3.4. */
export const MAX_LABEL_OCTETS = 63;

/** A domain name in its ASCII form, dots counted; it makes 255 octets in the DNS. RFC 1035 §2.3.4. */
export const MAX_ASCII_DOMAIN_OCTETS = 253;

/** Does a text take at most so many octets in UTF-8? A text far too long costs nothing. */
export function fits(text: string, limit: number): boolean {
  if (text.length > limit) return false;
  let octets = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // A surrogate pair is two units and four octets; any other unit from U+0800 is three octets.
    if (unit >= 0x80) octets += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2;
  }
  return octets <= limit;
}
