/** Text that travels as printable ASCII without spaces, as in AUTH= and ENVID=. RFC 3461 §4. */

/** The text that an xtext stands for, its octets taken as ASCII; null when it is none. RFC 3461 §4. */
export function decodeXtext(text: string): string | null {
  if (!/^(?:[!-*,-<>-~]|\+[0-9A-F]{2})*$/.test(text)) return null;
  return text.replaceAll(/\+([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** The xtext for a text of printable ASCII; anything else is our own fault and a `TypeError`. RFC 3461 §4, §4.4. */
export function encodeXtext(text: string): string {
  if (!/^[ -~]*$/.test(text)) throw new TypeError('only printable ASCII can be written as xtext');
  return text.replaceAll(
    /[^!-*,-<>-~]/g,
    (char) => `+${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
