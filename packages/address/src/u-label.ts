/**
 * U-labels, judged by the Unicode tables that every JavaScript engine carries. An engine tells no Bidi classes and no
 * joining types; `@postino/address/idna` brings those.
 */

const NON_ASCII = /[^\0-\x7f]/;

// Letters, marks and digits without capitals (§2.1, §2.2), exceptions (§2.6), joiners (§2.8). RFC 5892.
const PERMITTED =
  /^[\p{Ll}\p{Lm}\p{Lo}\p{Mn}\p{Mc}\p{Nd}\-\u00b7\u0375\u05f3\u05f4\u06fd\u06fe\u0f0b\u3007\u30fb\u200c\u200d]+$/u;

// RFC 5892 again. Invisible (§2.3): all but the joiners. Marks for symbols and music (§2.4), exceptions (§2.6), old
// Hangul (§2.9). Letters that fold into others (§2.2).
// Not done: Cherokee, whose case folds upwards, is refused.
const FORBIDDEN = [
  /(?![\u200c\u200d])\p{Default_Ignorable_Code_Point}/u,
  /[\u20d0-\u20ff\u{1d100}-\u{1d24f}]/u,
  /[\u{302e}-\u{3035}\u303b\u0640\u07fa]/u,
  /[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]/u,
  /[\u0345\u1f80-\u1faf\u1fb2-\u1fb4\u1fb7\u1fc2-\u1fc4\u1fc7\u1ff2-\u1ff4\u1ff7\u1c80-\u1c88]/u,
  /\p{Script=Cherokee}/u,
];

// Neither a mark nor a joiner at the start, no hyphen at either end or third and fourth. RFC 5891 §4.2.3.
const MISPLACED = /^[\p{M}\u200c\u200d]|^-|-$|^..--/u;

/**
 * Is this label, in lower case, a U-label? The Bidi rule and the context of joiners are not looked at.
 * RFC 5890 §2.3.2.1, RFC 5891 §4.2.
 */
export function isULabel(label: string): boolean {
  return (
    NON_ASCII.test(label) &&
    PERMITTED.test(label) &&
    !FORBIDDEN.some((pattern) => pattern.test(label)) &&
    !MISPLACED.test(label) &&
    // Stable under NFC and under compatibility. RFC 5891 §4.2.1, RFC 5892 §2.2.
    label.normalize('NFKC') === label
  );
}

/** Lower case, one code point at a time: a final sigma is a letter of its own in a label. RFC 5892 §2.6. */
export function lowerCase(text: string): string {
  return Array.from(text, (character) => character.toLowerCase()).join('');
}
