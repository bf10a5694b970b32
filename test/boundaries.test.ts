/** The house as the design draws it: arrows only downward, no cycle, and no core that can name a runtime. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..');

/** A package of a floor may lean on the floors below, and on nothing else of the house. */
const floors: readonly (readonly string[])[] = [
  ['wire', 'address', 'message', 'dns', 'files'],
  [
    'smtp-wire',
    'pop3-wire',
    'maildir',
    'passwd-md5',
    'router',
    'queue',
    'sasl',
    'dkim',
    'spf',
    'dnsbl',
    'dmarc',
  ],
  ['node', 'delivery'],
  ['server'],
];
/** Packages that must not be able to name a runtime: the compiler is given no types for one. */
const cores = [
  'wire',
  'address',
  'message',
  'dns',
  'smtp-wire',
  'pop3-wire',
  'router',
  'spf',
  'dnsbl',
  'dmarc',
];

interface Package {
  name: string;
  dependencies?: Record<string, string>;
  engines: { node: string };
}
interface Project {
  compilerOptions: { types?: string[]; lib?: string[] };
  references: { path: string }[];
}

const names = globSync('packages/*/package.json', { cwd: root }).map((file) =>
  basename(dirname(file)),
);
const read = (path: string): unknown => JSON.parse(readFileSync(join(root, path), 'utf8'));
const floorOf = (name: string): number => floors.findIndex((floor) => floor.includes(name));

function internalDependencies(name: string): string[] {
  const { dependencies = {} } = read(`packages/${name}/package.json`) as Package;
  return Object.keys(dependencies)
    .filter((dependency) => dependency.startsWith('@postino/'))
    .map((dependency) => dependency.slice('@postino/'.length));
}

/** The modules that a source file imports, types included. */
function imports(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/^(?:import|export)\b[^;]*?\bfrom '([^']+)';/gms)].map(
    (match) => match[1]!,
  );
}

test('every package has a floor', () => {
  assert.ok(names.length > 0);
  assert.deepEqual(
    names.filter((name) => floorOf(name) < 0),
    [],
  );
});

for (const name of names) {
  const sources = globSync(`packages/${name}/src/**/*.ts`, { cwd: root });

  test(`${name} leans only on lower floors`, () => {
    const wrong = internalDependencies(name).filter((other) => floorOf(other) >= floorOf(name));
    assert.deepEqual(wrong, []);
  });

  test(`${name} imports what it declares, and its project references say the same`, () => {
    const { dependencies = {} } = read(`packages/${name}/package.json`) as Package;
    const undeclared = sources.flatMap((file) =>
      imports(file)
        .filter((module) => !module.startsWith('.') && !module.startsWith('node:'))
        .map((module) =>
          module
            .split('/')
            .slice(0, module.startsWith('@') ? 2 : 1)
            .join('/'),
        )
        .filter((module) => !(module in dependencies))
        .map((module) => `${file}: ${module}`),
    );
    assert.deepEqual(undeclared, []);
    const { references } = read(`packages/${name}/tsconfig.json`) as Project;
    assert.deepEqual(
      references.map(({ path }) => basename(path)).toSorted(),
      internalDependencies(name).toSorted(),
    );
  });

  test(`${name} has no cycle of files`, () => {
    const edges = new Map(
      sources.map((file) => [
        file,
        imports(file)
          .filter((module) => module.startsWith('.'))
          .map((module) => relative(root, join(root, dirname(file), module))),
      ]),
    );
    assert.equal(cycle(edges), null);
  });

  test(`${name} keeps index.ts free of code and types`, () => {
    const text = readFileSync(join(root, `packages/${name}/src/index.ts`), 'utf8');
    const bare = text
      .replaceAll(/\/\*[^]*?\*\/|\/\/.*$/gm, '')
      .replaceAll(/export (type )?(\{[^}]*\}|\*) from '[^']+';/g, '');
    assert.equal(bare.trim(), '');
  });
}

for (const name of cores) {
  test(`${name} cannot name a runtime`, () => {
    assert.deepEqual((read(`packages/${name}/tsconfig.json`) as Project).compilerOptions.types, []);
    assert.deepEqual((read('tsconfig.base.json') as Project).compilerOptions.lib, ['es2024']);
  });
}

/** The first way round in a graph, or null. */
function cycle(edges: ReadonlyMap<string, readonly string[]>): string[] | null {
  const done = new Set<string>();
  const walk = (file: string, way: readonly string[]): string[] | null => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file)) return null;
    done.add(file);
    for (const next of edges.get(file) ?? []) {
      const found = walk(next, [...way, file]);
      if (found) return found;
    }
    return null;
  };
  for (const file of edges.keys()) {
    const found = walk(file, []);
    if (found) return found;
  }
  return null;
}
