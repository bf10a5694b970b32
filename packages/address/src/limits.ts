/** How long the parts of an address may be, in UTF-8 octets. */

/** As written, so quotes and backslashes count. RFC 5321 §4.5.3.1.1. */
export const MAX_LOCAL_PART_OCTETS = 64;

/** RFC 5321 §4.5.3.1.2. */
export const MAX_DOMAIN_OCTETS = 255;

/** With its angle brackets and its source route. RFC 5321 §4.5.3.1.3. */
export const MAX_PATH_OCTETS = 256;

/** What a path leaves for the mailbox between its brackets. RFC 5321 §4.5.3.1.3. */
export const MAX_MAILBOX_OCTETS: number = MAX_PATH_OCTETS - 2;

/** One label of a domain name, in its ASCII form. RFC 1035 §2.3.4. */
export const MAX_LABEL_OCTETS = 63;

/** A whole domain name in its ASCII form, dots counted: 255 octets on the wire of the DNS. RFC 1035 §2.3.4. */
export const MAX_ASCII_DOMAIN_OCTETS = 253;

/** The octets of a text in UTF-8. */
export function octets(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // Two units of a surrogate pair make four octets, every other unit from U+0800 makes three.
    if (unit >= 0x80) count += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2;
  }
  return count;
}
