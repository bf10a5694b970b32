/** The lines of an alias file, continuation lines joined. */

/** An alias with its continuation lines. Those stand behind LFs, so that every place in the text has its line number. */
export interface AliasLine {
  /** The number of its first line, counted from 1. */
  readonly number: number;
  readonly text: string;
}

/**
 * Joins lines that begin with white space to the one before. Blank lines and those that begin with `#` are passed over,
 * between continuation lines too. A file that begins with a continuation line gives a line that begins so.
 */
export function aliasLines(text: string): AliasLine[] {
  const joined: { number: number; parts: string[] }[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    const part = /^#|^\s*$/.test(line) ? '' : line.replace(/\r$/, '');
    const last = joined.at(-1);
    if (last && (part === '' || /^[ \t]/.test(part))) last.parts.push(part);
    else if (part !== '') joined.push({ number: index + 1, parts: [part] });
  }
  return joined.map(({ number, parts }) => ({ number, text: parts.join('\n') }));
}
