/** The values of NOTIFY, ORCPT and ENVID: read from commands and written into them. RFC 3461 §4, RFC 6533 §3. */
import type { EnvelopeRecipient } from '@postino/address';
import { decodeXtext, encodeXtext } from './xtext.ts';

type Notify = NonNullable<EnvelopeRecipient['notify']>;

/** Characters of the value of ENVID. RFC 3461 §4.4. */
const ENVID = 100;
/** Characters of the value of ORCPT. RFC 3461 §4.2. */
const ORCPT = 500;

const NOTIFY_WORDS = ['NEVER', 'SUCCESS', 'FAILURE', 'DELAY'] as const;
const NOTIFY = /^(?:NEVER|(?:SUCCESS|FAILURE|DELAY)(?:,(?:SUCCESS|FAILURE|DELAY))*)$/;
/** `atom ";"` and the rest; `=` cannot stand in a parameter. RFC 3461 §4.2, RFC 5321 §4.1.2. */
const TYPED = /^([!#-'*+\-/0-9?A-Z^-~]+);(.+)$/s;
/** `EmbeddedUnicodeChar`; whether its number is a character is seen when it is decoded. RFC 6533 §3. */
const EMBEDDED = /\\x\{([0-9A-F]{2,6})\}/g;
/** `utf-8-addr-unitext`: no control, space, `+` or `=`, and `\` only to embed. RFC 6533 §3. */
const UNITEXT = /^(?:[!-*,-<>-[\]-~\u0080-\u{10ffff}]|\\x\{[0-9A-F]{2,6}\})+$/u;

/** Either word of RET, in any case; null for anything else. RFC 3461 §4.3. */
export function readRet(value: string): 'FULL' | 'HDRS' | null {
  return oneOf(['FULL', 'HDRS'], value);
}

/** `NEVER`, or some of the others, each once; null when it is neither. RFC 3461 §4.1. */
export function readNotify(value: string): Notify | null {
  const words = value.split(',').map((word) => oneOf(NOTIFY_WORDS, word));
  const said = NOTIFY_WORDS.filter((word) => words.includes(word));
  return words.includes(null) || (words.length > 1 && words.includes('NEVER')) ? null : said;
}

/** The word that this is, whatever the case of its ASCII letters: `ſ` is no S. RFC 5321 §2.4. */
export function oneOf<Word extends string>(words: readonly Word[], value: string): Word | null {
  const text = value.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase());
  return words.find((word) => word === text) ?? null;
}

/** Writes a list for NOTIFY; what cannot be is a `TypeError`. RFC 3461 §4.1. */
export function formatNotify(notify: Notify): string {
  const text = notify.join(',');
  if (!NOTIFY.test(text))
    throw new TypeError('notify is NEVER alone, or some of SUCCESS, FAILURE and DELAY');
  return text;
}

/** Decodes ENVID; null when it is no xtext, too long, or not printable. RFC 3461 §4.4. */
export function readEnvid(value: string): string | null {
  return value.length <= ENVID ? readPrintable(value) : null;
}

/** Writes text for ENVID; what is not printable or too long is a `TypeError`. RFC 3461 §4.4. */
export function formatEnvid(envid: string): string {
  return within(encodeXtext(envid), ENVID, 'envid');
}

/** Decodes `addr-type;address`, the type left as it is; null when it cannot be. RFC 3461 §4.2, RFC 6533 §3. */
export function readOrcpt(value: string): string | null {
  const [, type, encoded] = TYPED.exec(value) ?? [];
  if (type === undefined || encoded === undefined || value.length > ORCPT) return null;
  const unitext = type.toLowerCase() === 'utf-8' && UNITEXT.test(encoded);
  const address = unitext ? decodeUnitext(encoded) : readPrintable(encoded);
  return address === null ? null : `${type};${address}`;
}

/**
 * Writes `addr-type;address` for ORCPT; an address of type utf-8 escapes itself, and all that is not ASCII unless
 * `smtpUtf8`. What cannot be written is a `TypeError`. RFC 3461 §4.2, RFC 6533 §3.
 */
export function formatOrcpt(orcpt: string, smtpUtf8: boolean): string {
  const [, type, address] = TYPED.exec(orcpt) ?? [];
  if (type === undefined || address === undefined)
    throw new TypeError('orcpt is an address type, a semicolon and an address');
  const unitext = type.toLowerCase() === 'utf-8' && !/^[^\\\u0080-\u{10ffff}]*$/u.test(address);
  if (!unitext) return within(`${type};${encodeXtext(address)}`, ORCPT, 'orcpt');
  const beyond = smtpUtf8 ? /[\p{Cc} +=\\]/gu : /[\p{Cc} +=\\]|[^\0-\x7f]/gu;
  // Embedding may make it longer than it was when it was accepted: that is nobody's fault.
  return `${type};${address.replaceAll(beyond, embedded)}`;
}

/** Decodes xtext that stands for printable ASCII, of which TAB is none; null for anything else. RFC 3461 §4. */
export function readPrintable(xtext: string): string | null {
  const text = decodeXtext(xtext);
  return text !== null && /^[ -~]+$/.test(text) ? text : null;
}

function decodeUnitext(text: string): string | null {
  const sound = [...text.matchAll(EMBEDDED)].every(([, hex]) => isCharacter(hex!));
  return sound
    ? text.replaceAll(EMBEDDED, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
    : null;
}

/** No control, and no half of a surrogate pair. */
function isCharacter(hex: string): boolean {
  const point = Number.parseInt(hex, 16);
  return point <= 0x10ffff && !/[\p{Cc}\p{Cs}]/u.test(String.fromCodePoint(point));
}

/** `EmbeddedUnicodeChar`. RFC 6533 §3. */
function embedded(char: string): string {
  return `\\x{${char.codePointAt(0)!.toString(16).toUpperCase().padStart(2, '0')}}`;
}

function within(text: string, limit: number, what: string): string {
  if (text.length > limit) throw new TypeError(`${what} is longer than ${limit} characters`);
  return text;
}
