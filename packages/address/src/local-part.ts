/** Local parts: read out of a text, and written with as little quoting as possible. */

const ATEXT = /[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]/;
const IS_ATEXT: readonly boolean[] = Array.from({ length: 128 }, (_, code) =>
  ATEXT.test(String.fromCharCode(code)),
);

const DOT = 0x2e;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** A local part, decoded, and the place behind it. */
export interface LocalPart {
  readonly value: string;
  readonly end: number;
}

/**
 * Reads a local part at a place in a text, its quotes and backslashes taken away; null when none stands there.
 * `utf8` lets in all that is not ASCII. RFC 5321 §4.1.2, RFC 6531 §3.3.
 */
export function readLocalPart(text: string, at: number, utf8: boolean): LocalPart | null {
  const quoted = text.charCodeAt(at) === QUOTE;
  const read = quoted ? readQuotedString(text, at, utf8) : readDotString(text, at, utf8);
  // Half a surrogate pair has no UTF-8, so it cannot have come from a wire and cannot go to one.
  return read?.value.isWellFormed() ? read : null;
}

/** `Atom *("." Atom)`. RFC 5321 §4.1.2. */
function readDotString(text: string, at: number, utf8: boolean): LocalPart | null {
  let atom = at;
  let end = at;
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code === DOT && end > atom) atom = end + 1;
    else if (!(code < 128 ? IS_ATEXT[code] : utf8)) break;
  }
  return end > atom ? { value: text.slice(at, end), end } : null;
}

/** `DQUOTE *QcontentSMTP DQUOTE`; the empty one is a local part too. RFC 5321 §4.1.2. */
function readQuotedString(text: string, at: number, utf8: boolean): LocalPart | null {
  let value = '';
  let run = at + 1;
  for (let i = run; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) return { value: value + text.slice(run, i), end: i + 1 };
    if (code === BACKSLASH) {
      value += text.slice(run, i);
      run = ++i;
      if (!isPrintable(text.charCodeAt(i))) return null;
    } else if (!isPrintable(code) && !(code >= 128 && utf8)) return null;
  }
  return null;
}

/** An ASCII graphic or a space. RFC 5321 §4.1.2. */
function isPrintable(code: number): boolean {
  return code >= 0x20 && code <= 0x7e;
}

/**
 * Writes a local part, quoted only where it must be; null when no quoting helps, as with control characters.
 * RFC 5321 §4.1.2.
 */
export function formatLocalPart(value: string): string | null {
  if (readLocalPart(value, 0, true)?.value === value) return value;
  const quoted = `"${value.replace(/["\\]/g, String.raw`\$&`)}"`;
  return readLocalPart(quoted, 0, true) ? quoted : null;
}
