/**
 * Address lists of header fields: From, To, Cc, Reply-To and their like. RFC 5322 §3.4 with the obsolete forms of
 * §4.4, and two common mistakes that leave no doubt which address is meant.
 */

import { headerTokens, type HeaderToken } from './header-tokens.ts';
import { formatLocalPart } from './local-part.ts';

/** One mailbox of a list. RFC 5322 §3.4. */
export interface ListedMailbox {
  /** The display name; where there is none the comment, as old mail has it; else empty. Encoded words stay encoded. */
  readonly name: string;
  /** `local@domain`, without blanks, comments, route and needless quotes. */
  readonly address: string;
}

/** A named group of mailboxes, perhaps of none. RFC 5322 §3.4. */
export interface ListedGroup {
  readonly name: string;
  readonly group: readonly ListedMailbox[];
}

/**
 * Parses the value of an address field, folded or not; null when it breaks the grammar. A domain may be any dot-atom
 * or literal: hand the address to `parseMailbox` to know whether mail can go there. RFC 5322 §3.4, §4.4.
 */
// Deviation: `Joe, PhD <a@b>` and `"Joe" a@b` are taken; RFC 5322 §3.4 wants quotes and angle brackets.
// Not done: encoded words are not decoded (RFC 2047 §5).
export function parseAddressList(text: string): (ListedMailbox | ListedGroup)[] | null {
  const tokens = headerTokens(text);
  return tokens && new AddressListParser(tokens).parse();
}

/** Recursive descent over the tokens; every method gives null for a fault and leaves the place behind what it took. */
class AddressListParser {
  readonly #tokens: readonly HeaderToken[];
  #at = 0;

  constructor(tokens: readonly HeaderToken[]) {
    this.#tokens = tokens;
  }

  parse(): (ListedMailbox | ListedGroup)[] | null {
    const list = this.#separated(() => this.#address());
    return this.#peek().type === 'end' ? list : null;
  }

  /** Items between commas; there may be too many commas. RFC 5322 §4.4. */
  #separated<T>(read: () => T | null): T[] | null {
    const items: T[] = [];
    for (;;) {
      while (this.#take(','));
      if (this.#peek().type === 'end' || this.#is(';')) return items;
      const item = read();
      if (!item) return null;
      items.push(item);
      if (!this.#is(',')) return items;
    }
  }

  #address(): ListedMailbox | ListedGroup | null {
    const start = this.#at;
    const phrase = this.#phrase();
    if (!this.#take(':')) {
      this.#at = start;
      return this.#mailbox();
    }
    if (phrase.length === 0 || phrase.some(isComma)) return null;
    const group = this.#separated(() => this.#mailbox());
    return group && this.#take(';') ? { name: joined(phrase), group } : null;
  }

  #mailbox(): ListedMailbox | null {
    const start = this.#at;
    const phrase = this.#phrase();
    const read = this.#is('<') ? this.#angle(phrase) : this.#bare(phrase);
    if (!read) return null;
    const comments = this.#tokens.slice(start, this.#at + 1).map((token) => token.comment);
    return { name: read.name || (comments.findLast(Boolean) ?? ''), address: read.address };
  }

  /** Words and dots, and commas between them: a comma that ends an address cannot stand behind a bare word. */
  #phrase(): HeaderToken[] {
    const start = this.#at;
    while (isWord(this.#peek()) || this.#is('.') || (this.#is(',') && this.#at > start)) this.#at++;
    return this.#tokens.slice(start, this.#at);
  }

  #angle(phrase: readonly HeaderToken[]): ListedMailbox | null {
    this.#take('<');
    if (!this.#route()) return null;
    const local = this.#phrase();
    const address = this.#addrSpec(local);
    return address && this.#take('>') ? { name: joined(phrase), address } : null;
  }

  /** `@one,@two:`, to be ignored. RFC 5322 §4.4. */
  #route(): boolean {
    if (!this.#is('@') && !this.#is(',')) return true;
    while (this.#take(',') || (this.#take('@') && this.#domain() !== null));
    return this.#take(':');
  }

  /** An address without angle brackets; words before it are taken for its name. */
  #bare(phrase: readonly HeaderToken[]): ListedMailbox | null {
    const start = startOfLocalPart(phrase);
    const name = phrase.slice(0, start);
    const last = name.at(-1);
    if (last && !(isWord(last) && phrase[start]?.spaced)) return null;
    if (name.some(isComma)) return null;
    const address = this.#addrSpec(phrase.slice(start));
    return address === null ? null : { name: joined(name), address };
  }

  /** The rest of `local-part "@" domain`, its local part already read. RFC 5322 §3.4.1. */
  #addrSpec(local: readonly HeaderToken[]): string | null {
    if (local.length === 0 || startOfLocalPart(local) !== 0 || !this.#take('@')) return null;
    const localPart = formatLocalPart(local.map((token) => token.value).join(''));
    const domain = this.#domain();
    return localPart === null || domain === null ? null : `${localPart}@${domain}`;
  }

  #domain(): string | null {
    if (this.#peek().type === 'literal') return this.#next().value;
    let domain = '';
    do {
      if (this.#peek().type !== 'atom') return null;
      domain += (domain && '.') + this.#next().value;
    } while (this.#take('.'));
    return domain;
  }

  #peek(): HeaderToken {
    return this.#tokens[this.#at] ?? END;
  }

  #next(): HeaderToken {
    return this.#tokens[this.#at++] ?? END;
  }

  #is(special: string): boolean {
    return isSpecial(this.#peek(), special);
  }

  #take(special: string): boolean {
    if (!this.#is(special)) return false;
    this.#at++;
    return true;
  }
}

const END: HeaderToken = { type: 'end', value: '', spaced: false, comment: '' };

function isWord(token: HeaderToken | undefined): boolean {
  return token?.type === 'atom' || token?.type === 'quoted';
}

function isSpecial(token: HeaderToken | undefined, special: string): boolean {
  return token?.type === 'special' && token.value === special;
}

const isComma = (token: HeaderToken): boolean => isSpecial(token, ',');

/** Where the last `word *("." word)` of a phrase begins; at its end when there is none. RFC 5322 §4.4. */
function startOfLocalPart(phrase: readonly HeaderToken[]): number {
  let start = phrase.length;
  if (isWord(phrase[start - 1])) start--;
  while (start < phrase.length && isSpecial(phrase[start - 1], '.') && isWord(phrase[start - 2])) {
    start -= 2;
  }
  return start;
}

/** The words of a phrase, one blank wherever blanks or comments stood. RFC 5322 §3.2.2. */
function joined(phrase: readonly HeaderToken[]): string {
  return phrase
    .map(({ value, spaced }) => (spaced ? ' ' : '') + value)
    .join('')
    .trim();
}
