/**
 * Which tests show what becomes of each hostile input: a test whose title begins with `hostile N:` is one for the input N
 * of hostile-inputs.json. `node --run hostile` draws docs/hostile.md; with `--check` it fails where that is stale. It fails
 * where an input has no test, or a test an input that does not exist.
 */
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

interface Named {
  readonly number: string;
  readonly title: string;
  readonly file: string;
}

const root = join(import.meta.dirname, '..');
const page = join(root, 'docs/hostile.md');
const inputs: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(join(import.meta.dirname, 'hostile-inputs.json'), 'utf8'),
);

/** A string literal that begins so; a template may have more in it than is written here. */
const TITLE = /(['"`])hostile (\d+)(?:: ((?:(?!\1)[^\n\\]|\\.)*))?\1/g;

function namedIn(file: string): Named[] {
  return [...readFileSync(join(root, file), 'utf8').matchAll(TITLE)].map(
    ([, , number, title = '']) => ({ number: number!, title: title.replaceAll('\\', ''), file }),
  );
}

function row([number, what]: [string, string]): string {
  const tests = named
    .filter((test) => test.number === number)
    .map(({ file, title }) => `[${file.replace(/^packages\//, '')}](../${file})${said(title)}`);
  return `| ${number} | ${what} | ${tests.join('<br>')} |`;
}

function said(title: string): string {
  return title === '' ? '' : `: ${title.replaceAll(/[|<>`]/g, (sign) => `\\${sign}`)}`;
}

const files = globSync(['packages/*/test/**/*.ts', 'test/**/*.ts'], { cwd: root }).toSorted();
const named = files.flatMap(namedIn);
const drawn = `# Hostile input

Drawn from the titles of the tests by \`node --run hostile\`: what strangers may send, and the tests that show what becomes
of it.

| | input | tests |
| ---: | --- | --- |
${Object.entries(inputs).map(row).join('\n')}
`;

const { check } = parseArgs({ options: { check: { type: 'boolean', default: false } } }).values;
const faults = [
  ...Object.keys(inputs).flatMap((number) =>
    named.some((test) => test.number === number) ? [] : `hostile ${number} has no test`,
  ),
  ...named.flatMap(({ number, file }) =>
    number in inputs ? [] : `${file}: there is no hostile ${number}`,
  ),
  ...(check && drawn !== (existsSync(page) ? readFileSync(page, 'utf8') : '')
    ? ['docs/hostile.md is stale. Run: node --run hostile']
    : []),
];
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
else if (!check) writeFileSync(page, drawn);
