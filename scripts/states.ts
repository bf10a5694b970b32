/**
 * Draws the order tables of the protocol machines, and who leans on whom, into the documents, as Mermaid diagrams.
 * `node --run states` writes them; with `--check` it writes nothing and fails where a drawing is stale.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { ORDER as pop3 } from '@postino/pop3-wire';
import { CLIENT_ORDER as smtpClient, ORDER as smtp } from '@postino/smtp-wire';

type Order = Readonly<Record<string, Readonly<Partial<Record<string, string>>>>>;

const root = join(import.meta.dirname, '..');
/** Each between two marks of its name. */
const places: readonly { file: string; name: string; drawing: string }[] = [
  { file: 'packages/smtp-wire/README.md', name: 'states', drawing: draw(smtp) },
  { file: 'packages/smtp-wire/README.md', name: 'client states', drawing: draw(smtpClient) },
  { file: 'packages/pop3-wire/README.md', name: 'states', drawing: draw(pop3) },
  { file: 'ARCHITECTURE.md', name: 'house', drawing: house() },
];

/** One arrow for all verbs that lead from one phase to the same other. */
function draw(order: Order): string {
  const arrows = Object.entries(order).flatMap(([phase, row]) => {
    const ways = Map.groupBy(Object.entries(row), ([, next]) => next);
    return [...ways].map(
      ([next, verbs]) => `  ${phase} --> ${next}: ${verbs.map(([verb]) => verb).join(', ')}`,
    );
  });
  const first = Object.keys(order)[0];
  return ['```mermaid', 'stateDiagram-v2', `  [*] --> ${first}`, ...arrows, '```'].join('\n');
}

/** Who leans on whom. What another arrow leads to already has none of its own. */
function house(): string {
  const files = globSync('packages/*/package.json', { cwd: root }).toSorted();
  const direct = new Map(files.map((file) => [basename(dirname(file)), dependenciesOf(file)]));
  const reached = (name: string): string[] =>
    (direct.get(name) ?? []).flatMap((below) => [below, ...reached(below)]);
  const arrows = [...direct].flatMap(([name, all]) =>
    all
      .filter((one) => !all.some((other) => reached(other).includes(one)))
      .map((one) => `  ${name} --> ${one}`),
  );
  return ['```mermaid', 'flowchart TB', ...arrows, '```'].join('\n');
}

function dependenciesOf(file: string): string[] {
  const { dependencies = {} } = JSON.parse(readFileSync(join(root, file), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  return Object.keys(dependencies)
    .filter((name) => name.startsWith('@postino/'))
    .map((name) => name.slice('@postino/'.length));
}

function withDrawing(text: string, drawing: string, name: string): string | null {
  const place = new RegExp(`(<!-- ${name} -->\\n)[^]*?(<!-- /${name} -->)`);
  if (!place.test(text)) return null;
  return text.replace(place, (_, open: string, close: string) => `${open}\n${drawing}\n\n${close}`);
}

const { check } = parseArgs({ options: { check: { type: 'boolean', default: false } } }).values;
for (const { file, name, drawing } of places) {
  const old = readFileSync(join(root, file), 'utf8');
  const text = withDrawing(old, drawing, name);
  if (text === null) throw new Error(`${file} has no <!-- ${name} --> to draw behind`);
  if (text === old) continue;
  if (check) {
    console.error(`${file} is stale: what is drawn there has changed. Run: node --run states`);
    process.exitCode = 1;
  } else writeFileSync(join(root, file), text);
}
