/** The lines of LIST, UIDL and CAPA. Pure. RFC 1939 §5, §7, RFC 2449 §5. */
import { parseNumber } from './command.ts';

/** A message as the server lists it. */
export interface ListedMessage {
  readonly number: number;
  /** Octets, as the server counts them. */
  readonly size: number;
  /** Null where the server gives none. RFC 1939 §7 (UIDL). */
  readonly uid: string | null;
}

/** `number size`, for each line; null: some line is none. What stands behind the size is for people. RFC 1939 §5. */
export function parseSizes(text: string): Map<number, number> | null {
  return pairs(text, (word) => parseNumber(word));
}

/** `number unique-id`, for each line; null: some line is none, or an id is not 1 to 70 characters of `!` to `~`. */
export function parseUids(text: string): Map<number, string> | null {
  return pairs(text, (word) => (/^[!-~]{1,70}$/.test(word) ? word : null));
}

/** What the server can do, in capitals, with its arguments. RFC 2449 §5. */
export function parseCapabilities(text: string): Map<string, readonly string[]> {
  return new Map(
    lines(text).map((line) => {
      const [name = '', ...words] = line.toUpperCase().trim().split(/ +/);
      return [name, words];
    }),
  );
}

function pairs<T>(text: string, read: (word: string) => T | null): Map<number, T> | null {
  const found = new Map<number, T>();
  for (const line of lines(text)) {
    const [first = '', second = ''] = line.split(' ');
    const number = parseNumber(first);
    const value = read(second);
    if (number === null || number === 0 || value === null || found.has(number)) return null;
    found.set(number, value);
  }
  return found;
}

function lines(text: string): string[] {
  return text === '' ? [] : text.replace(/\r\n$/, '').split('\r\n');
}
