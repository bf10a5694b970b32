/** Where in a TOML text a key stands: the parser does not say. */

const HEADER = /^\s*\[{1,2}\s*([^\]]+?)\s*\]{1,2}/;
const ASSIGNMENT = /^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=/;

/**
 * The line, from 1, that gives the key at this path or the nearest thing around it; null when there is neither.
 * Not done: text within `"""` that looks like a key misleads it, which spoils a line number and nothing else.
 */
export function lineOfKey(toml: string, path: readonly string[]): number | null {
  let table: string[] = [];
  let best: { line: number; depth: number } | null = null;
  for (const [index, text] of toml.split('\n').entries()) {
    const header = HEADER.exec(text)?.[1];
    const key = ASSIGNMENT.exec(text)?.[1];
    if (header) table = names(header);
    const at = header ? table : key ? [...table, ...names(key)] : null;
    if (at && leadsTo(at, path) && at.length > (best?.depth ?? 0))
      best = { line: index + 1, depth: at.length };
  }
  return best?.line ?? null;
}

function names(dotted: string): string[] {
  const parts = dotted.match(/"[^"]*"|'[^']*'|[^.\s]+/g) ?? [];
  return parts.map((name) => name.replace(/^(["'])(.*)\1$/, '$2'));
}

function leadsTo(at: readonly string[], path: readonly string[]): boolean {
  return at.length <= path.length && at.every((name, i) => name === path[i]);
}
