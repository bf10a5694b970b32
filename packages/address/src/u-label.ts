/**
 * U-labels, judged by the Unicode tables that every JavaScript engine carries. An engine tells no Bidi classes and no
 * joining types; `@postino/address/idna` brings those.
 */

const NON_ASCII = /[^\0-\x7f]/;

// Letters, marks and digits but no capitals, exceptions, joiners. RFC 5892 §2.1, §2.2, §2.6, §2.8.
const PERMITTED =
  /^[\p{Ll}\p{Lm}\p{Lo}\p{Mn}\p{Mc}\p{Nd}\-\u00b7\u0375\u05f3\u05f4\u06fd\u06fe\u0f0b\u3007\u30fb\u200c\u200d]+$/u;

// What of these is not permitted after all. RFC 5892 §2.2, §2.3, §2.4, §2.6, §2.9.
// Not done: Cherokee is refused, since its case folds upwards.
const FORBIDDEN = [
  /(?![\u200c\u200d])\p{Default_Ignorable_Code_Point}/u, // the invisible
  /[\u20d0-\u20ff\u{1d100}-\u{1d24f}]/u, // marks for symbols and for music
  /[\u{302e}-\u{3035}\u303b\u0640\u07fa]/u, // exceptions
  /[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]/u, // old Hangul
  /[\u0345\u1f80-\u1faf\u1fb2-\u1fb4\u1fb7\u1fc2-\u1fc4\u1fc7\u1ff2-\u1ff4\u1ff7]/u, // folds: iota subscript
  /[\u1c80-\u1c88]/u, // folds: Cyrillic variants
  /\p{Script=Cherokee}/u,
];

// A mark or joiner first, a hyphen at either end, two as third and fourth. RFC 5891 §4.2.3.1, §4.2.3.2.
const MISPLACED = /^[\p{M}\u200c\u200d]|^-|-$|^..--/u;

/** Is this label, in lower case, a U-label? RFC 5890 §2.3.2.1, RFC 5891 §4.2. */
// Not done: the Bidi rule (RFC 5893 §2) and the context of joiners (RFC 5892 §A.1, §A.2).
export function isULabel(label: string): boolean {
  return (
    NON_ASCII.test(label) &&
    PERMITTED.test(label) &&
    !FORBIDDEN.some((pattern) => pattern.test(label)) &&
    !MISPLACED.test(label) &&
    // Stable under NFC and under compatibility. RFC 5891 §4.1, RFC 5892 §2.2.
    label.normalize('NFKC') === label
  );
}

/** Lower case, one code point at a time: a final sigma is a letter of its own in a label. RFC 5892 §2.6. */
export function lowerCase(text: string): string {
  return Array.from(text, (character) => character.toLowerCase()).join('');
}
