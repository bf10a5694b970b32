/**
 * One header field as the octets it came in: name, colon, body, folds and line end. RFC 5322 §2.2. White space before
 * the colon is obsolete but must be understood, RFC 5322 §4.5; lines may end in LF alone, as they do in files.
 */
import { decodeUtf8 } from './utf8.ts';

const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;
const SPACE = 0x20;
const TAB = 0x09;

/** Whether a field has this name, in whatever case. RFC 5322 §1.2.2. */
export function isNamed(field: Uint8Array, name: string): boolean {
  let end = name.length;
  while (field[end] === SPACE || field[end] === TAB) end++;
  // Most fields of another name are told apart here, before a single letter is compared.
  if (field[end] !== COLON) return false;
  for (let at = 0; at < name.length; at++) {
    if (lower(field[at] ?? 0) !== lower(name.charCodeAt(at))) return false;
  }
  return true;
}

/** The name of a field as it is spelled there. */
export function fieldName(field: Uint8Array): string {
  return decodeUtf8(field.subarray(0, Math.max(0, field.indexOf(COLON)))).trimEnd();
}

/**
 * The body of a field as text: unfolded, without the white space around it. RFC 5322 §2.2.3. Octets that are no UTF-8
 * become U+FFFD.
 */
export function fieldBody(field: Uint8Array): string {
  const colon = field.indexOf(COLON);
  let from = colon + 1;
  let upTo = field.length;
  while (isSpace(field[from])) from++;
  while (upTo > from && isSpace(field[upTo - 1])) upTo--;
  return decodeUtf8(field.subarray(from, upTo)).replace(/\r?\n/g, '');
}

function isSpace(octet: number | undefined): boolean {
  return octet === SPACE || octet === TAB || octet === CR || octet === LF;
}

function lower(octet: number): number {
  return octet >= 0x41 && octet <= 0x5a ? octet | 0x20 : octet;
}

/** `ftext`: what a field name is made of. RFC 5322 §3.6.8. */
export function isNameOctet(octet: number | undefined): boolean {
  return octet !== undefined && octet > SPACE && octet < 0x7f && octet !== COLON;
}

/** The fields that these octets are, each with its CRLF; null when they are anything but whole fields. */
export function splitFields(bytes: Uint8Array): Uint8Array[] | null {
  const fields: Uint8Array[] = [];
  for (let start = 0, line = 0; line < bytes.length;) {
    const lf = bytes.indexOf(LF, line);
    if (lf < 0 || bytes[lf - 1] !== CR) return null;
    line = lf + 1;
    if (bytes[line] === SPACE || bytes[line] === TAB) continue;
    if (!hasName(bytes, start)) return null;
    fields.push(bytes.subarray(start, line));
    start = line;
  }
  return fields;
}

function hasName(bytes: Uint8Array, start: number): boolean {
  let at = start;
  while (isNameOctet(bytes[at])) at++;
  return at > start && bytes[at] === COLON;
}
