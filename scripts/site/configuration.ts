/** The reference of the configuration: keys, types and defaults from the schema, the words from the server's README. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configJsonSchema } from '@postino/server';
import { root } from './pages.ts';

interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
}

interface Key {
  /** Without its section: `listen`. */
  readonly name: string;
  /** `smtp`; that of keys at the top is empty. */
  readonly section: string;
  readonly schema: Schema;
}

/** Every key of the file, in the order of the schema. */
function keysOf(schema: Schema, section = ''): Key[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, below]) => {
    const path = section === '' ? name : `${section}.${name}`;
    if (below.properties) return keysOf(below, path);
    const each = typeof below.additionalProperties === 'object' && below.additionalProperties;
    return each ? keysOf(each, `${path}.NAME`) : [{ name, section, schema: below }];
  });
}

function typeOf({ type = 'text', enum: choices, items }: Schema): string {
  if (choices) return choices.map((choice) => JSON.stringify(choice)).join(', ');
  if (type === 'array') return `list of ${items ? typeOf(items) : 'text'}`;
  return { string: 'text', integer: 'whole number', boolean: '`true`, `false`' }[type] ?? type;
}

interface Words {
  /** What holds where the key is left out. */
  readonly leftOut: string;
  readonly meaning: string;
}

/** What the README says of each key: its tables are headed `key`, or ``key in `[domains."…"]` ``. */
function wordsOfKeys(): Map<string, Words> {
  const readme = readFileSync(join(root, 'packages/server/README.md'), 'utf8');
  const words = new Map<string, Words>();
  for (const [table] of readme.matchAll(/(?:^\|.*\n)+/gm)) {
    const [head = [], , ...rows] = table.trim().split('\n').map(cells);
    const [, section] = /^key(?: in `\[(\w+)\..*)?$/.exec(head[0] ?? '') ?? [null];
    if (section === null) continue;
    const prefix = section === undefined ? '' : `${section}.NAME.`;
    for (const [key = '', leftOut = '', meaning = ''] of rows)
      words.set(prefix + key.replaceAll('`', ''), { leftOut, meaning });
  }
  return words;
}

const cells = (row: string): string[] =>
  row
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim());

function table(keys: readonly Key[], words: ReadonlyMap<string, Words>): string {
  const rows = keys.map(({ name, section, schema }) => {
    const key = section === '' ? name : `${section}.${name}`;
    const said = words.get(key);
    if (!said) throw new Error(`the server's README does not tell of ${key}`);
    const leftOut = section.endsWith('.NAME') ? said.leftOut : written(schema.default);
    return `| <a id="${key}"></a>\`${name}\` | ${typeOf(schema)} | ${leftOut} | ${said.meaning} |`;
  });
  return ['| key | type | left out | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** What a TOML file says where it says nothing. */
function written(value: unknown): string {
  return value === undefined ? 'it has to be given' : `\`${JSON.stringify(value)}\``;
}

function defaults(keys: readonly Key[]): string {
  const lines = keys.map(({ name, schema }) =>
    schema.default === undefined
      ? `${name} = "mail.example.org"`
      : `${name} = ${JSON.stringify(schema.default)}`,
  );
  return lines.join('\n');
}

/** The page, and with it the whole file with every default. */
export function configurationPage(): string {
  const schema = configJsonSchema() as Schema;
  const words = wordsOfKeys();
  const sections = Map.groupBy(keysOf(schema), ({ section }) => section);
  const tables = [...sections].map(([section, keys]) => {
    const title = section === '' ? 'At the top' : `[${section.replace('.NAME', '."…"')}]`;
    return `## ${title}\n\n${table(keys, words)}`;
  });
  const file = [...sections]
    .filter(([section]) => !section.includes('NAME'))
    .map(([section, keys]) => (section === '' ? '' : `[${section}]\n`) + defaults(keys));
  return `# Configuration reference

Drawn from the schema that the server checks its file with, and from the words of its
[README](../packages/server/README.md). One TOML file. Paths are relative to it. Sizes are \`"50MB"\` (\`B\`, \`KB\`, \`MB\`, \`GB\`, each
1024 of the one before), times \`"5m"\` (\`s\`, \`m\`, \`h\`, \`d\`), addresses to listen on \`"0.0.0.0:25"\` and \`"[::]:25"\`. A mistake is told
with its line, its key and what would be right; \`postino check\` finds it before a restart does.

${tables.join('\n\n')}

## The whole file

Every key with its default. What you leave out is this.

\`\`\`toml
${file.join('\n\n')}
\`\`\`
`;
}
