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
/** Anything but controls: RFC 6376 §3.2 advises not to preclude octets past ASCII. */
const TEXT = /^[\t\r\n\x20-\x7e\x80-\xff]*$/;
/** A CR or LF that is not part of a fold. RFC 6376 §2.8. */
const STRAY_LINE_END = /\r(?!\n)|\n(?![ \t])/;

/**
 * The tags of a list whose characters are octets, or null where it is none: a tag twice, a piece without a name or `=`,
 * control characters. White space may follow the last semicolon.
 */
export function parseTags(text: string): Tags | null {
  if (!TEXT.test(text) || STRAY_LINE_END.test(text)) return null;
  const tags = new Map<string, Tag>();
  for (let at = 0; at < text.length;) {
    const semicolon = text.indexOf(';', at);
    const end = semicolon < 0 ? text.length : semicolon;
    const spec = text.slice(at, end);
    if (semicolon < 0 && trimSpace(spec) === '') break;
    const equals = spec.indexOf('=');
    const name = trimSpace(spec.slice(0, Math.max(0, equals)));
    const value = trimSpace(spec.slice(equals + 1));
    if (!NAME.test(name) || tags.has(name)) return null;
    tags.set(name, { value, start: at + equals + 1, end });
    at = end + 1;
  }
  return tags.size > 0 ? tags : null;
}

/** The items of a list with colons between, without the white space around each. RFC 6376 §3.5. */
export function splitColons(value: string): string[] {
  return value.split(':').map(trimSpace);
}

/** A value without any white space, as base64 and quoted-printable are read. RFC 6376 §2.8, §2.11. */
export function withoutSpace(value: string): string {
  return value.replace(/[ \t\r\n]+/g, '');
}

/** Without the white space of mail around it; `trim()` would take octets past ASCII too. */
function trimSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d || code === 0x0a;
}
