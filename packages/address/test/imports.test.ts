import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

/** Every package that a source file leads to. */
function packagesBehind(file: URL, seen = new Set<string>()): Set<string> {
  if (seen.has(file.href)) return new Set();
  seen.add(file.href);
  const packages = new Set<string>();
  for (const [, type, name] of readFileSync(file, 'utf8').matchAll(
    /^(?:import|export)( type)?[^;]*? from '([^']+)';/gm,
  )) {
    if (type || !name) continue;
    const behind = name.startsWith('.') ? packagesBehind(new URL(name, file), seen) : [name];
    for (const each of behind) packages.add(each);
  }
  return packages;
}

function entry(name: string): string[] {
  return [...packagesBehind(new URL(`../src/${name}`, import.meta.url))].toSorted();
}

test('the big tables are behind the subpaths alone', () => {
  assert.deepEqual(entry('index.ts'), ['ip-address', 'punycode/punycode.js']);
  assert.deepEqual(entry('idna.ts'), ['tr46']);
  assert.ok(entry('grammar.ts').includes('smtp-address-parser'));
});
