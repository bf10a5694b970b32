/** The fenced examples of the documents, each with the place where it stands. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root: string = join(import.meta.dirname, '../..');

export interface Fence {
  /** `packages/spf/README.md:6`: file and line of the first mark. */
  readonly place: string;
  readonly language: string;
  /** The words behind the language: `no-run`, `continued`. */
  readonly marks: readonly string[];
  readonly text: string;
}

/** What people read, relative to the root. What is made for the site and what is installed there is none of it. */
export const documents: readonly string[] = [
  '*.md',
  'packages/*/README.md',
  'examples/**/*.md',
  'bench/*.md',
  'docs/*.md',
]
  .flatMap((pattern) => globSync(pattern, { cwd: root }))
  .filter((file) => !file.includes('node_modules'))
  .toSorted();

export function readDocument(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

/** All fences of a language. One that is `continued` has the text of the one before in front. */
export function fences(language: string): Fence[] {
  return documents.flatMap((file) => fencesOf(file, language));
}

function fencesOf(file: string, language: string): Fence[] {
  const text = readDocument(file);
  const found: Fence[] = [];
  for (const match of text.matchAll(/^```(\w+)(.*)\n([^]*?)^```$/gm)) {
    const [, name = '', words = '', body = ''] = match;
    if (name !== language) continue;
    const line = text.slice(0, match.index).split('\n').length;
    const marks = words.split(' ').filter((word) => word !== '');
    const before = marks.includes('continued') ? (found.at(-1)?.text ?? '') : '';
    found.push({ place: `${file}:${line}`, language, marks, text: before + body });
  }
  return found;
}
