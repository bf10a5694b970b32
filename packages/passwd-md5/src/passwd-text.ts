/** Changes of the text of a passwd file that leave all other lines as they are, octet for octet. */

import { canonicalUser } from './user.ts';

/** The text with a user's line at its end; null when there is such a user. */
export function withUser(text: string, user: string, hash: string): string | null {
  if (linesOf(text).some((line) => userOf(line) === user)) return null;
  const gap = text === '' || text.endsWith('\n') ? '' : '\n';
  return `${text}${gap}${user}:${hash}::\n`;
}

/** The text with another hash for a user, all other fields kept; null when there is no such user. */
export function withHash(
  text: string,
  user: string,
  change: (hash: string) => string | null,
): string | null {
  const lines = linesOf(text);
  const at = lines.findIndex((line) => userOf(line) === user);
  const line = lines[at];
  if (line === undefined) return null;
  const [, name = '', old = '', rest = ''] = /^([^:\r\n]*):?([^:\r\n]*)([^]*)$/.exec(line) ?? [];
  const hash = change(old);
  if (hash === null) return null;
  return [...lines.slice(0, at), `${name}:${hash}${rest}`, ...lines.slice(at + 1)].join('');
}

/** The text without a user, whose second line would otherwise count; null when there is no such user. */
export function withoutUser(text: string, user: string): string | null {
  const lines = linesOf(text);
  const others = lines.filter((line) => userOf(line) !== user);
  return others.length === lines.length ? null : others.join('');
}

/** With their ends. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** The text may be octets, one a character: a BOM is then three. */
function userOf(line: string): string | null {
  const [name = ''] = line.replace(/^(?:\uFEFF|\u00EF\u00BB\u00BF)/, '').split(':', 1);
  return canonicalUser(name.replace(/\r?\n$/, ''));
}
