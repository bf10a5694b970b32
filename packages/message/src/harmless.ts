/**
 * Text that others wrote — a HELO name, a DNS record, a remote reply — made fit to stand in a header field. After this
 * it can neither end a line nor begin a field.
 */
import { cutToOctets } from './utf8.ts';

/** Octets that foreign text may take: one line at its longest. RFC 5322 §2.1.1. */
export const MAX_FOREIGN_TEXT = 998;

export interface HarmlessOptions {
  /** Octets in UTF-8, cut off behind them; `MAX_FOREIGN_TEXT` unless given. */
  readonly max?: number;
  /** Whether characters past ASCII may stay: where the message is an internationalized one. RFC 6532 §3.2. */
  readonly utf8?: boolean;
}

/** White space of all kinds to a space; other controls, half characters and (without `utf8`) all past ASCII to `?`. */
export function harmless(
  text: string,
  { max = MAX_FOREIGN_TEXT, utf8 = false }: HarmlessOptions = {},
): string {
  if (text.length <= max && /^[ -~]*$/.test(text)) return text;
  // No character is shorter than an octet: what is cut here would be cut below, and megabytes need not be looked at.
  const plain = text
    .slice(0, max)
    .replace(/[\t\n\v\f\r\u0085\u2028\u2029]/g, ' ')
    .replace(/[\p{Cc}\p{Cs}]/gu, '?');
  return cutToOctets(utf8 ? plain : plain.replace(/\P{ASCII}/gu, '?'), max);
}
