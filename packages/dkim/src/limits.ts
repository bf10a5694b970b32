/**
 * Every limit of the package, with its source.
 */

/** Signatures of a message that are looked at, from the top. Exim's limit; RFC 6376 §6.1 allows one. */
export const MAX_SIGNATURES = 20;
/** ARC Sets of a message. RFC 8617 §4.2.1. */
export const MAX_ARC_SETS = 50;
/** Octets of a DKIM-Signature field. Exim's limit of a header field, 64 KiB. */
export const MAX_SIGNATURE_SIZE = 65_536;
/** Key records of one name that are tried. Our own choice: there should be one. RFC 6376 §6.1.2 step 4. */
export const MAX_KEY_RECORDS = 4;
/** Bits that an RSA key must have. RFC 8301 §3.2. */
export const MIN_RSA_BITS = 1024;
/** Bits of an RSA key that is still tried. RFC 8301 §3.2 asks for 4096 and allows more. */
export const MAX_RSA_BITS = 8192;
/** Largest public exponent that is tried: a long one makes a verification as slow as a signature. Our own choice. */
export const MAX_RSA_EXPONENT = 0xffff_ffffn;
/** Bits of an RSA key that is made. RFC 8301 §3.2. */
export const DEFAULT_RSA_BITS = 2048;
/** Seconds by which two clocks may differ. RFC 6376 §3.5 allows such a "fudge factor" in `x=`. */
export const CLOCK_SKEW = 300;
/** Octets of one string of a TXT record. RFC 1035 §3.3. */
export const MAX_TXT_STRING = 255;
/** Digits of `t=` and `x=`. RFC 6376 §3.5. */
export const MAX_TIME_DIGITS = 12;
/** Digits of `l=`. RFC 6376 §3.5. */
export const MAX_LENGTH_DIGITS = 76;
/** Column at which a field is folded, as Exim does. RFC 5322 §2.1.1. */
export const FOLD_AT = 78;
/** Key records that are kept read, and the octets that one of them may have: half a megabyte of text. Our own choice. */
export const MAX_KNOWN_RECORDS = 512;
export const MAX_KNOWN_RECORD = 1024;
