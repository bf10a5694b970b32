/**
 * What the RFCs demand, sentence by sentence, and where we do it: docs/requirements/rfcN.txt, from which `node --run
 * requirements` draws docs/requirements.md; with `--check` it fails where that is stale. A row is a sentence of the RFC, in
 * its order: the words of RFC 2119 in it, the side it speaks to, what it says in short, then
 * `done`, where (file and word) and a test; `deviation`, why, and a test where there is one; or `not ours`, and why.
 *
 * Files, words and tests must exist. With `--text FOLDER` (default: shared/rfc beside the checkout) each RFC's text must have
 * the same sentences: as many in each section, with the same words. A text that is not there is passed over with a word.
 */
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { requirementSentences, type Sentence } from './requirement-sentences.ts';

const SIDES = ['server', 'client', 'both'] as const;
const VERDICTS = ['done', 'deviation', 'not ours'] as const;

interface Row {
  readonly section: string;
  readonly words: string;
  readonly side: string;
  readonly what: string;
  readonly verdict: string;
  /** A file below packages/ and a word in it; or a reason. */
  readonly where: string;
  readonly test: string;
}

/** What is looked at of each. */
const RFCS: Readonly<Record<string, { title: string; scope: RegExp; anyCase?: boolean }>> = {
  '5321': { title: 'SMTP', scope: /^[34](?:\.|$)/ },
  '1939': { title: 'POP3', scope: /^(?:[3-9]|11|13)(?:\.|$)/, anyCase: true },
  '2920': { title: 'PIPELINING', scope: /^3\./ },
  '3030': { title: 'CHUNKING and BINARYMIME', scope: /^[23](?:\.|$)/ },
  '3207': { title: 'STARTTLS', scope: /^[46](?:\.|$)/ },
  '4954': { title: 'AUTH', scope: /^[4568](?:\.|$)/ },
};

const root = join(import.meta.dirname, '..');
const page = join(root, 'docs/requirements.md');
const { check, text: folder } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    text: { type: 'string', default: join(root, '../shared/rfc') },
  },
}).values;

const tests = globSync(['packages/*/test/**/*.{ts,txt}', 'test/**/*.ts'], { cwd: root })
  .toSorted()
  .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));
const faults: string[] = [];

function rowsOf(rfc: string): Row[] {
  let section = '';
  const lines = readFileSync(join(root, `docs/requirements/rfc${rfc}.txt`), 'utf8').split('\n');
  return lines.flatMap((line) => {
    if (line.startsWith('§')) section = line.slice(1);
    if (line === '' || line.startsWith('§')) return [];
    const [words = '', side = '', what = '', verdict = '', where = '', test = ''] =
      line.split(/ \|(?: |$)/);
    return [{ section, words, side, what, verdict, where, test }];
  });
}

/** What is wrong with a row by itself. */
function rowFaults({ words, side, what, verdict, where, test }: Row): string[] {
  const found: string[] = [];
  if (!/^(?:(?:MUST|SHALL|SHOULD)(?: NOT)?|REQUIRED|RECOMMENDED)\b/.test(words))
    found.push('no word of RFC 2119');
  if (!SIDES.some((each) => each === side)) found.push(`no side: ${side}`);
  if (!VERDICTS.some((each) => each === verdict)) found.push(`no verdict: ${verdict}`);
  if (what === '' || where === '') found.push('something is empty');
  if (verdict === 'done') found.push(...placeFaults(where));
  if (verdict === 'done' ? !fileOf(test) : test !== '' && !fileOf(test))
    found.push(`no such test: ${test}`);
  return found;
}

function placeFaults(where: string): string[] {
  const [file = '', ...words] = where.split(' ');
  const path = join(root, 'packages', file);
  if (!existsSync(path)) return [`no such file: ${file}`];
  const source = readFileSync(path, 'utf8');
  return words.flatMap((word) =>
    new RegExp(`\\b${word}\\b`).test(source) ? [] : `${file} has no ${word}`,
  );
}

/** The first test file that has this in a title, or is that transcript. */
function fileOf(test: string): string | undefined {
  if (test === '') return undefined;
  return tests.find(({ file, text }) => file.endsWith(`/${test}`) || text.includes(test))?.file;
}

/** Where rows and text are not the same. */
function textFaults(rows: readonly Row[], sentences: readonly Sentence[]): string[] {
  const sections = new Set([...rows, ...sentences].map(({ section }) => section));
  return [...sections].flatMap((section) => {
    const ours = rows.filter((row) => row.section === section).map(({ words }) => words);
    const theirs = sentences
      .filter((sentence) => sentence.section === section)
      .map(({ words }) => words.join(' '));
    return ours.join() === theirs.join()
      ? []
      : `§${section}: the text has ${theirs.join(', ')}; the rows have ${ours.join(', ')}`;
  });
}

function checkText(rfc: string, rows: readonly Row[]): void {
  const file = join(folder, `rfc${rfc}.txt`);
  if (!existsSync(file)) return console.error(`RFC ${rfc}: no text here to compare with`);
  const { scope, anyCase = false } = RFCS[rfc]!;
  const all = requirementSentences(readFileSync(file, 'latin1'), { anyCase });
  const sentences = all.filter(({ section }) => scope.test(section));
  faults.push(...textFaults(rows, sentences).map((fault) => `RFC ${rfc} ${fault}`));
}

function drawnRow({ section, words, side, what, verdict, where, test }: Row): string {
  const [file = '', ...symbols] = where.split(' ');
  const place =
    verdict === 'done'
      ? `[${file}](../packages/${file})${symbols.map((symbol) => ` \`${symbol}\``).join('')}`
      : `**${verdict}**: ${where}`;
  const shown = fileOf(test);
  const proof = shown ? `[${escaped(test)}](../${shown})` : '';
  return `| ${section} | ${words.toLowerCase()} | ${side} | ${escaped(what)} | ${place} | ${proof} |`;
}

function escaped(text: string): string {
  return text.replaceAll(/[|<>[\]*]/g, (sign) => `\\${sign}`);
}

function drawnRfc(rfc: string, rows: readonly Row[]): string {
  const count = (verdict: string): number => rows.filter((row) => row.verdict === verdict).length;
  return `## RFC ${rfc}, ${RFCS[rfc]!.title}

${rows.length} sentences: ${VERDICTS.map((verdict) => `${count(verdict)} ${verdict}`).join(', ')}.

| § | | | | where, or why not | test |
| --- | --- | --- | --- | --- | --- |
${rows.map(drawnRow).join('\n')}
`;
}

const drawn = [
  `# What the RFCs demand

Drawn from the rows in \`docs/requirements\` by \`node --run requirements\`: each sentence with MUST or SHOULD, in our words and in the
order of the text, and what we make of it. [rfc.md](rfc.md) has the sections that the sources cite.
`,
];
for (const rfc of Object.keys(RFCS)) {
  const rows = rowsOf(rfc);
  for (const row of rows)
    faults.push(
      ...rowFaults(row).map((fault) => `RFC ${rfc} §${row.section}, ${row.what}: ${fault}`),
    );
  checkText(rfc, rows);
  drawn.push(drawnRfc(rfc, rows));
}
const text = drawn.join('\n');
if (check && text !== (existsSync(page) ? readFileSync(page, 'utf8') : ''))
  faults.push('docs/requirements.md is stale. Run: node --run requirements');
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
if (!check) writeFileSync(page, text);
