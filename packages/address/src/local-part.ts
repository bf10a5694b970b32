/** Local parts: read from a text, and written with as little quoting as possible. */

/** A piece of a text, decoded, and the place behind it. */
export interface Token {
  readonly value: string;
  readonly end: number;
}

const ATEXT = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]$/;
const DOT = 0x2e;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const DEL = 0x7f;

const atext: readonly boolean[] = Array.from({ length: 128 }, (_, code) =>
  ATEXT.test(String.fromCharCode(code)),
);

/** Reads a Dot-string or a Quoted-string at a place; null when none stands there. RFC 5321 §4.1.2. */
export function readLocalPart(text: string, at: number, utf8: boolean): Token | null {
  return text.charCodeAt(at) === QUOTE
    ? readQuotedString(text, at, utf8)
    : readDotString(text, at, utf8);
}

/** `Atom *("." Atom)`. RFC 5321 §4.1.2; RFC 6531 §3.3 adds all that is not ASCII. */
function readDotString(text: string, at: number, utf8: boolean): Token | null {
  let atomStart = at;
  let end = at;
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code === DOT && end > atomStart) atomStart = end + 1;
    else if (!(code < 128 ? atext[code] : utf8)) break;
  }
  return end > atomStart ? { value: text.slice(at, end), end } : null;
}

/** `DQUOTE *QcontentSMTP DQUOTE`. RFC 5321 §4.1.2; RFC 6531 §3.3. */
function readQuotedString(text: string, at: number, utf8: boolean): Token | null {
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

/** Writes a local part, quoted only where it must be; null when no quoting helps. RFC 5321 §4.1.2. */
export function formatLocalPart(localPart: string): string | null {
  if (readDotString(localPart, 0, true)?.end === localPart.length) return localPart;
  const quoted = `"${localPart.replace(/["\\]/g, '\\$&')}"`;
  return readQuotedString(quoted, 0, true) ? quoted : null;
}

function isPrintable(code: number): boolean {
  return code >= 0x20 && code < DEL;
}
