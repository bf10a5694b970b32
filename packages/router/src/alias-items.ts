/** The right side of an alias, cut into its items. */

/** An item, and how many lines stand before the one where it begins. */
export interface AliasItem {
  readonly text: string;
  readonly line: number;
}

const TO_THE_END = /:(?:fail|defer):/iy;

/**
 * Cuts at commas that are not within quotes. A `#` where an item would begin makes the rest of its line a comment, and
 * the text of `:fail:` and `:defer:` goes on to the end, commas and all.
 */
export function aliasItems(text: string, start: number): AliasItem[] {
  const items: AliasItem[] = [];
  let line = 0;
  for (let last = 0, at = skipGap(text, start); at < text.length;) {
    const end = itemEnd(text, at);
    line += text.slice(last, at).split('\n').length - 1;
    items.push({ text: text.slice(at, end).trimEnd(), line });
    last = at;
    at = skipGap(text, end);
  }
  return items;
}

function skipGap(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    const char = text[at];
    if (char === '#') at = lineEnd(text, at);
    else if (char !== ',' && char !== ' ' && char !== '\t' && char !== '\n') return at;
  }
  return text.length;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}

function itemEnd(text: string, start: number): number {
  TO_THE_END.lastIndex = start;
  if (TO_THE_END.test(text)) return text.length;
  let quoted = false;
  for (let at = start; at < text.length; at++) {
    const char = text[at];
    if (char === '"') quoted = !quoted;
    else if (char === '\\' && quoted) at++;
    else if (char === ',' && !quoted) return at;
  }
  return text.length;
}
