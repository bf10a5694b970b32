/**
 * Lists of `tag=value`, as signatures and key records are. RFC 6376 §3.2.
 */

/** One tag of a list. */
export interface Tag {
  /** Without the white space around it. */
  readonly value: string;
  /** Where the value begins and ends in the text, with the white space around it. */
  readonly start: number;
  readonly end: number;
}

/** A list in the order that it has in the text. */
export type Tags = ReadonlyMap<string, Tag>;

const NAME = /^[A-Za-z][A-Za-z0-9_]*$/;
/**
 * Anything but controls, and CR and LF only in folds, RFC 6376 §2.8: RFC 6376 §3.2 advises not to preclude octets past
 * ASCII.
 */
const TEXT = /^[\t\x20-\x7e\x80-\xff]*(?:\r?\n[\t ][\t\x20-\x7e\x80-\xff]*)*$/;

/**
 * The tags of a list whose characters are octets, or null where it is none: a tag twice, a piece without a name or `=`,
 * control characters. White space may follow the last semicolon.
 */
export function parseTags(text: string): Tags | null {
  if (!TEXT.test(text)) return null;
  const tags = new Map<string, Tag>();
  let end: number;
  for (let at = 0; at < text.length; at = end + 1) {
    const semicolon = text.indexOf(';', at);
    end = semicolon < 0 ? text.length : semicolon;
    if (semicolon < 0 && skipSpace(text, at, end) === end) break;
    const equals = text.indexOf('=', at);
    if (equals < 0 || equals > end) return null;
    const name = trimSpace(text, at, equals);
    const start = equals + 1;
    if (!NAME.test(name) || tags.has(name)) return null;
    tags.set(name, { value: trimSpace(text, start, end), start, end });
  }
  return tags.size > 0 ? tags : null;
}

/** The items of a list with colons between, without the white space around each. RFC 6376 §3.5. */
export function splitColons(value: string): string[] {
  return value.split(':').map((item) => trimSpace(item));
}

/** A value without any white space, as base64 and quoted-printable are read. RFC 6376 §2.8, §2.11. */
export function withoutSpace(value: string): string {
  return value.replace(/[ \t\r\n]+/g, '');
}

/** Without the white space of mail around it; `trim()` would take octets past ASCII too. */
function trimSpace(text: string, from: number = 0, upTo: number = text.length): string {
  const start = skipSpace(text, from, upTo);
  let end = upTo;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function skipSpace(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && isSpace(text.charCodeAt(at))) at++;
  return at;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d || code === 0x0a;
}
