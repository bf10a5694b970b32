/**
 * Draws the order tables of the protocol machines into the documents, as Mermaid state diagrams.
 * `node --run states` writes them; with `--check` it writes nothing and fails where a drawing is stale.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ORDER as pop3 } from '@postino/pop3-wire';
import { CLIENT_ORDER as smtpClient, ORDER as smtp } from '@postino/smtp-wire';

type Order = Readonly<Record<string, Readonly<Partial<Record<string, string>>>>>;

const root = join(import.meta.dirname, '..');
/** Each between two marks of its name. */
const places: readonly { file: string; name: string; order: Order }[] = [
  { file: 'packages/smtp-wire/README.md', name: 'states', order: smtp },
  { file: 'packages/smtp-wire/README.md', name: 'client states', order: smtpClient },
  { file: 'packages/pop3-wire/README.md', name: 'states', order: pop3 },
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

function withDrawing(text: string, drawing: string, name: string): string | null {
  const place = new RegExp(`(<!-- ${name} -->\\n)[^]*?(<!-- /${name} -->)`);
  if (!place.test(text)) return null;
  return text.replace(place, (_, open: string, close: string) => `${open}\n${drawing}\n\n${close}`);
}

const { check } = parseArgs({ options: { check: { type: 'boolean', default: false } } }).values;
for (const { file, name, order } of places) {
  const old = readFileSync(join(root, file), 'utf8');
  const text = withDrawing(old, draw(order), name);
  if (text === null) throw new Error(`${file} has no <!-- ${name} --> to draw behind`);
  if (text === old) continue;
  if (check) {
    console.error(`${file} is stale: its order table has changed. Run: node --run states`);
    process.exitCode = 1;
  } else writeFileSync(join(root, file), text);
}
