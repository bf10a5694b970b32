/**
 * The grammar of a message's file name: `unique,S=370,W=380:2,FS`. The unique part never changes; what follows a
 * comma are fields that anyone may add, what follows the colon is `info`, rewritten whenever a flag changes.
 */

/** A file name in its parts. */
export interface FileName {
  readonly unique: string;
  /** `S=`: octets on disk. */
  readonly diskSize?: number;
  /** `W=`: octets when every line ends in CRLF. */
  readonly size?: number;
  /** Letters in order, as after `:2,`. */
  readonly flags: string;
}

/** Fifteen digits are exact in a double, and more than any disk holds. */
const SIZE = /^([SW])=(\d{1,15})$/;

/** The parts of a file name; null for what is no message: a dotfile, or a name without a unique part. */
export function parseFileName(text: string): FileName | null {
  const colon = text.indexOf(':');
  const base = colon < 0 ? text : text.slice(0, colon);
  const [unique = '', ...fields] = base.split(',');
  // U+FFFD is what is left of octets that are no UTF-8: such a file cannot be opened by its name.
  if (unique === '' || unique.startsWith('.') || /[/\0\uFFFD]/.test(text)) return null;
  return { unique, ...sizesOf(fields), flags: colon < 0 ? '' : flagsOf(text.slice(colon + 1)) };
}

/** The file name of its parts: sizes where they are known, `:2,` where there are flags. */
export function formatFileName({ unique, diskSize, size, flags }: FileName): string {
  const s = diskSize === undefined ? '' : `,S=${diskSize}`;
  const w = size === undefined ? '' : `,W=${size}`;
  return unique + s + w + (flags === '' ? '' : `:2,${flags}`);
}

function sizesOf(fields: readonly string[]): Pick<FileName, 'diskSize' | 'size'> {
  let sizes: { diskSize?: number; size?: number } = {};
  for (const field of fields) {
    const [, key, digits] = SIZE.exec(field) ?? [];
    if (key === 'S') sizes = { ...sizes, diskSize: Number(digits) };
    if (key === 'W') sizes = { ...sizes, size: Number(digits) };
  }
  return sizes;
}

/** `info` that begins with `1,` is experimental and holds no flags. */
function flagsOf(info: string): string {
  if (!info.startsWith('2,')) return '';
  // By far the most have none, or one.
  if (/^2,[A-Za-z]?$/.test(info)) return info.slice(2);
  const letters =
    info
      .slice(2)
      .split(',', 1)[0]!
      .match(/[A-Za-z]/g) ?? [];
  return [...new Set(letters)].toSorted().join('');
}
