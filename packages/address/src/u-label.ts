/**
 * U-labels by the Unicode tables that the JavaScript engine carries itself. It knows no Bidi classes and no joining
 * types, so those rules are left to `@postino/address/idna`.
 */

// RFC 5892 §2.1 (letters, marks, digits), §2.6 and §2.7 (exceptions, joiners); Lu is not stable under case folding (§2.2).
const PERMITTED =
  /^[\p{Ll}\p{Lo}\p{Lm}\p{Mn}\p{Mc}\p{Nd}\-\u00b7\u0375\u05f3\u05f4\u06fd\u06fe\u0f0b\u3007\u30fb\u200c\u200d]+$/u;
const FORBIDDEN = /[\u0640\u07fa\u302e\u302f\u3031-\u3035\u303b\p{Default_Ignorable_Code_Point}]/u;

/** Is this label, in lower case, a U-label as far as the engine's tables tell? RFC 5890 §2.3.2.1, RFC 5892 §3. */
export function isULabel(label: string): boolean {
  return PERMITTED.test(label);
}

/** Lower case code point by code point: the final sigma is a letter of its own in a label. */
export function lowerCase(text: string): string {
  return Array.from(text, (character) => character.toLowerCase()).join('');
}
