/**
 * A header field from its name and its value, folded. RFC 5322 §2.2.3, §2.1.1.
 */
import { isNameOctet } from './field.ts';
import { cutToOctets, encodeUtf8, octetLength } from './utf8.ts';

/** Octets that a line should have at most, its CRLF not counted. RFC 5322 §2.1.1. */
export const FOLD_AT = 78;
/** Octets that a line must have at most, its CRLF not counted. RFC 5322 §2.1.1, RFC 6532 §3.4. */
export const MAX_LINE = 998;

/** White space that fills a line: kept whole, it might be cut into lines of nothing else. */
const LONG_SPACE = new RegExp(`^[ \\t]{${FOLD_AT},}`);

/**
 * `Name: value` with its CRLF, folded. A name that is none, or a value with a control character in it, is a
 * `TypeError`: text of others goes through `harmless()` first.
 */
export function formatField(name: string, value: string): string {
  if (!isFieldName(name)) throw new TypeError(`not a header field name: ${JSON.stringify(name)}`);
  // oxlint-disable-next-line no-control-regex
  if (/[\0-\x08\x0a-\x1f\x7f]/.test(value)) {
    throw new TypeError(`the value of ${name} holds a control character; make it harmless() first`);
  }
  return `${fold(`${name}: ${value}`)}\r\n`;
}

/**
 * A line folded before its white space, to 78 octets where there is white space to fold at. Unfolding gives it back.
 *
 * Deviation: a word longer than a line may ever be is cut, and a space goes in, since RFC 5322 §2.1.1 leaves no other
 * way. White space at the end is dropped, and 78 octets of it before a long word become one space, because a folded line
 * must not be white space only (RFC 5322 §3.2.2).
 */
export function fold(line: string): string {
  let folded = '';
  let octets = 0;
  for (const word of words(line)) {
    const more = octetLength(word);
    if (folded !== '' && octets + more > FOLD_AT && /^[ \t]/.test(word)) {
      folded += '\r\n';
      octets = 0;
    }
    folded += word;
    octets += more;
  }
  return folded;
}

/** The words of a line, each with the white space before it, none longer than a line may be. */
function* words(line: string): Generator<string> {
  for (const word of line.split(/(?<=[^ \t])(?=[ \t])/)) {
    if (!/[^ \t]/.test(word)) continue;
    if (word.length * 3 <= MAX_LINE) yield word;
    else yield* pieces(word.replace(LONG_SPACE, ' '));
  }
}

/** A word in pieces that each fit on a line, the second and following with the space that a folded line begins with. */
function* pieces(word: string): Generator<string> {
  for (let at = 0; at < word.length;) {
    const space = at > 0 ? ' ' : '';
    const piece = cutToOctets(word.slice(at, at + MAX_LINE), MAX_LINE - space.length);
    yield space + piece;
    at += piece.length;
  }
}

function isFieldName(name: string): boolean {
  return name !== '' && encodeUtf8(name).every(isNameOctet);
}
