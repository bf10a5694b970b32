/** The lexical tokens of a structured header field. RFC 5322 §3.2. */

/** One token, with what stood before it. */
export interface HeaderToken {
  /** `special` is one of `<>:;,@.`; `literal` is `[...]` whole; the last token of all is `end`. */
  readonly type: 'atom' | 'quoted' | 'literal' | 'special' | 'end';
  /** Quotes and backslashes of a quoted string are taken away. */
  readonly value: string;
  /** Did blanks or comments stand before it? */
  readonly spaced: boolean;
  /** The last comment before it, without its parentheses; empty when there was none. */
  readonly comment: string;
}

const BLANK = ' \t\r\n';
const SPECIAL = '<>:;,@.';
// Atoms take all that is not ASCII too. RFC 6532 §3.2.
const ATOM = /[^\0- ()<>[\]:;@\\,."\x7f]+/y;

/** Cuts the value of a field, folded or not, into tokens; null when a quote, comment or bracket stays open. */
export function headerTokens(text: string): HeaderToken[] | null {
  const tokens: HeaderToken[] = [];
  let spaced = false;
  let comment = '';
  let at = 0;
  while (at < text.length) {
    const first = text.charAt(at);
    if (BLANK.includes(first)) {
      spaced = true;
      at++;
    } else if (first === '(') {
      const end = endOfComment(text, at);
      if (end === null) return null;
      spaced = true;
      comment = unescape(text.slice(at + 1, end - 1)).trim();
      at = end;
    } else {
      const token = tokenAt(text, at);
      if (!token) return null;
      tokens.push({ type: token.type, value: token.value, spaced, comment });
      spaced = false;
      comment = '';
      at = token.end;
    }
  }
  tokens.push({ type: 'end', value: '', spaced, comment });
  return tokens;
}

/** The token that begins at a place, and where it ends. */
type Piece = Pick<HeaderToken, 'type' | 'value'> & { readonly end: number };

function tokenAt(text: string, at: number): Piece | null {
  const first = text.charAt(at);
  if (SPECIAL.includes(first)) return { type: 'special', value: first, end: at + 1 };
  if (first === '"') return quotedAt(text, at);
  if (first === '[') return literalAt(text, at);
  ATOM.lastIndex = at;
  const value = ATOM.exec(text)?.[0];
  return value === undefined ? null : { type: 'atom', value, end: at + value.length };
}

function quotedAt(text: string, at: number): Piece | null {
  const end = endOfRun(text, at, '"');
  return end === null
    ? null
    : { type: 'quoted', value: unescape(text.slice(at + 1, end - 1)), end };
}

function literalAt(text: string, at: number): Piece | null {
  const end = endOfRun(text, at, ']');
  return end === null
    ? null
    : { type: 'literal', value: text.slice(at, end).replace(/\s+/g, ''), end };
}

/** The place behind the closing character, backslashes heeded; null when there is none. */
function endOfRun(text: string, at: number, close: string): number | null {
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === close) return i + 1;
  }
  return null;
}

/** Comments nest. RFC 5322 §3.2.2. */
function endOfComment(text: string, at: number): number | null {
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '(') depth++;
    else if (text[i] === ')' && --depth === 0) return i + 1;
  }
  return null;
}

/** Takes away folding and backslashes. RFC 5322 §2.2.3, §3.2.1. */
function unescape(text: string): string {
  return text.replace(/\r?\n(?=[ \t])/g, '').replace(/\\(.)/gs, '$1');
}
