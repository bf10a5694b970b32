/** The README's tables are the schema: each key with its default, and no other. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseConfig } from '@postino/server';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const tables = readme.replace(/^\| key in `\[domains[^]*?\n\n/m, '');
const rows = [...tables.matchAll(/^\| `([a-z0-9_.]+)` *\| *(?:`([^`]*)`)? *\|/gm)].map(
  ([, key = '', given]) => ({ key, given }),
);

function keysBelow(value: unknown, path: string[] = []): string[] {
  const isSection = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isSection
    ? Object.entries(value).flatMap(([key, below]) => keysBelow(below, [...path, key]))
    : [path.join('.')];
}

const FILE = { file: '/etc/postino.toml' };

test('every key of the configuration is in the README, and no other', () => {
  const known = keysBelow(parseConfig('hostname = "poul.org"', FILE));
  assert.deepEqual(rows.map(({ key }) => key).toSorted(), known.toSorted());
});

test('the defaults in the README are those of the schema', () => {
  const lines = rows
    .filter(({ given }) => given !== undefined)
    .map(({ key, given }) => `${key} = ${given}`);
  const written = parseConfig(['hostname = "poul.org"', ...lines].join('\n'), FILE);
  const implied = parseConfig('hostname = "poul.org"', FILE);
  assert.deepEqual(written, implied);
});
