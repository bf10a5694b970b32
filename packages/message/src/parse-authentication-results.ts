/**
 * Reading Authentication-Results. Who reads them must know which `authserv-id` to believe. RFC 8601 §4.1.
 */
import type { AuthenticationResult, AuthenticationResults } from './authentication-results.ts';

/** The only version of the field. RFC 8601 §2.2. */
const VERSION = 1;

const KEYWORD = /[a-z0-9][a-z0-9_-]*/iy;
const NUMBER = /\d{1,9}/y;
const QUOTED = /"[^"\\]*(?:\\[^][^"\\]*)*"/y;
const WORD = /[^\s;()"]+/y;
const SERVER_NAME = /[^\s;()"=]+/y;
const DOMAIN_PART = /@[^\s;()"@]+/y;
const SPACE = /\s*/y;
const IN_COMMENT = /[^()\\]*(?:\\[^][^()\\]*)*/y;

/**
 * The value of a field, folded or not; null when it breaks the grammar, or has a version other than 1. Comments are
 * dropped, quotes undone, keywords in lower case; of a property that is given twice the first counts. RFC 8601 §2.2.
 */
// Deviation: values may hold what RFC 2045 §5.1 wants quoted, such as `/` and `:`, keywords an underscore, and a `;`
// may stand at the end: others write such fields, and what they mean is beyond doubt.
export function parseAuthenticationResults(value: string): AuthenticationResults | null {
  return new AuthenticationResultsParser(value).parse();
}

/** Recursive descent over the text; every method gives null for a fault and leaves the place behind what it took. */
class AuthenticationResultsParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): AuthenticationResults | null {
    const authservId = this.#quoted() ?? this.#match(SERVER_NAME);
    if (!authservId) return null;
    const version = this.#match(NUMBER);
    if (version !== null && Number(version) !== VERSION) return null;
    const results = this.#results();
    return results && this.#atEnd() ? { authservId, results } : null;
  }

  /** `no-result / 1*resinfo`. */
  #results(): AuthenticationResult[] | null {
    const results: AuthenticationResult[] = [];
    if (!this.#take(';')) return null;
    do {
      if (this.#atEnd()) break;
      const method = this.#keyword();
      if (method === 'none' && results.length === 0 && !this.#is('=') && !this.#is('/')) {
        this.#take(';');
        return results;
      }
      const result = method === null ? null : this.#result(method);
      if (!result) return null;
      results.push(result);
    } while (this.#take(';'));
    return results.length > 0 ? results : null;
  }

  /** `resinfo` behind its method. */
  #result(method: string): AuthenticationResult | null {
    const version = this.#take('/') ? this.#match(NUMBER) : '';
    if (version === null || !this.#take('=')) return null;
    const result = this.#keyword();
    if (result === null) return null;
    const properties = new Map<string, string>();
    let reason: string | undefined;
    for (let first = true; !this.#is(';') && !this.#atEnd(); first = false) {
      const name = this.#propertyName();
      if (name === null || !this.#take('=')) return null;
      const value = this.#value();
      if (value === null) return null;
      if (name.includes('.')) properties.set(name, properties.get(name) ?? value);
      else if (name === 'reason' && first) reason = value;
      else return null;
    }
    return {
      method,
      ...(version && { version: Number(version) }),
      result,
      ...(reason !== undefined && { reason }),
      properties: Object.fromEntries(properties),
    };
  }

  /** `ptype.property`, or a word without a dot: only `reason` may be one. */
  #propertyName(): string | null {
    const type = this.#keyword();
    if (type === null || !this.#take('.')) return type;
    const property = this.#keyword();
    return property === null ? null : `${type}.${property}`;
  }

  /** `pvalue`; a quoted local part keeps its quotes before its `@`. */
  #value(): string | null {
    this.#skip();
    const start = this.#at;
    const quoted = this.#quoted();
    if (quoted === null) return this.#match(WORD);
    DOMAIN_PART.lastIndex = this.#at;
    if (!DOMAIN_PART.test(this.#text)) return quoted;
    this.#at = DOMAIN_PART.lastIndex;
    return withoutFolds(this.#text.slice(start, this.#at));
  }

  /** A `quoted-string` without its quotes and folds. RFC 5322 §3.2.4. */
  #quoted(): string | null {
    const text = this.#match(QUOTED);
    return text && withoutFolds(text.slice(1, -1)).replace(/\\([^])/g, '$1');
  }

  #keyword(): string | null {
    return this.#match(KEYWORD)?.toLowerCase() ?? null;
  }

  #is(special: string): boolean {
    this.#skip();
    return this.#text[this.#at] === special;
  }

  #take(special: string): boolean {
    if (!this.#is(special)) return false;
    this.#at++;
    return true;
  }

  #match(pattern: RegExp): string | null {
    this.#skip();
    pattern.lastIndex = this.#at;
    const [text] = pattern.exec(this.#text) ?? [];
    if (text === undefined) return null;
    this.#at += text.length;
    return text;
  }

  #atEnd(): boolean {
    this.#skip();
    return this.#at === this.#text.length;
  }

  /** `CFWS`; a comment that is never closed stays, and is a fault for whoever comes to it. RFC 5322 §3.2.2. */
  #skip(): void {
    for (;;) {
      this.#at = after(SPACE, this.#text, this.#at);
      const end = endOfComment(this.#text, this.#at);
      if (end === null) return;
      this.#at = end;
    }
  }
}

/** Where the comment that begins here ends; null when there is none, or no end to it. */
function endOfComment(text: string, start: number): number | null {
  if (text[start] !== '(') return null;
  let depth = 1;
  for (let at = start + 1; at < text.length; at++) {
    at = after(IN_COMMENT, text, at);
    if (text[at] === '(') depth++;
    else if (text[at] === ')' && --depth === 0) return at + 1;
  }
  return null;
}

function after(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  pattern.test(text);
  return pattern.lastIndex;
}

function withoutFolds(text: string): string {
  return text.replace(/\r?\n/g, '');
}
