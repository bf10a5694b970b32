/**
 * Collects what the sources say of the RFCs (`RFC 5321 §4.5.2`, `Deviation: …`, `Not done: …`) into docs/rfc.md, and fails on
 * a section that its RFC does not have. `node --run rfc` writes; with `--check` it fails where docs/rfc.md is stale. It has
 * docs/hostile.md and docs/requirements.md drawn and checked too.
 * The sections of each RFC stand in rfc-sections.json; `--sections FOLDER` adds those of the RFC texts in a folder.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

type Sections = Record<string, string[]>;
interface Mention {
  readonly rfc: string;
  readonly section: string;
  readonly file: string;
}
interface Remark {
  readonly file: string;
  readonly text: string;
}

const root = join(import.meta.dirname, '..');
const table = join(import.meta.dirname, 'rfc-sections.json');
const page = join(root, 'docs/rfc.md');
const known = existsSync(table) ? (JSON.parse(readFileSync(table, 'utf8')) as Sections) : {};

/** `RFC 5321 §4.1.1.2, §4.1.1.3`: one RFC, then its sections. */
function mentions(file: string, text: string): Mention[] {
  const words = text.replaceAll(/\n\s*(\*|\/\/)?\s*/g, ' ');
  return [...words.matchAll(/RFC (\d+)((?:,? (?:and )?§+[\dA-Z][\d.A-Z]*)+)/g)].flatMap(
    ([, rfc, list]) =>
      [...list!.matchAll(/§([\dA-Z](?:[\d.A-Z]*[\dA-Z])?)/g)].map(([, section]) => ({
        rfc: rfc!,
        section: section!,
        file,
      })),
  );
}

/** A comment's remark, to the end of its comment. */
function remarks(file: string, text: string, word: string): Remark[] {
  return [
    ...text.matchAll(
      new RegExp(`(?://|\\*) ${word}: ((?:.*\\n)(?:\\s*(?://|\\*)(?!/)\\s+.*\\n)*)`, 'g'),
    ),
  ].map(([, rest]) => ({
    file,
    text: rest!
      .replaceAll(/\n\s*(\/\/|\*)\s*/g, ' ')
      .replaceAll(/\s*\*\/\s*$|\s+/g, ' ')
      .trim(),
  }));
}

/** A heading: little indented, a number that counts sections, a title. */
const SECTION = /^ {0,4}(?:Appendix )?((?:[A-Z]|[1-3]?\d)(?:\.\d+)*)\.? {1,4}[A-Za-z"]/;

function sectionsIn(text: string): string[] {
  const found = text.split('\n').flatMap((line) => SECTION.exec(line)?.[1] ?? []);
  return [...new Set(found)].toSorted(bySection);
}

function bySection(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

function addSections(folder: string): void {
  const cited = new Set(all.map(({ rfc }) => rfc));
  for (const rfc of cited) {
    const file = join(folder, `rfc${rfc}.txt`);
    if (existsSync(file)) known[rfc] = sectionsIn(readFileSync(file, 'utf8'));
  }
  writeFileSync(table, `${JSON.stringify(known, null, 1)}\n`);
}

function link(file: string): string {
  return `[${file.replace(/^packages\//, '')}](../${file})`;
}

function render(): string {
  const lines = [
    '# RFC coverage',
    '',
    'Drawn from the sources by `node --run rfc`: where each section is cited, what differs from it on purpose, what is missing.',
    'What SMTP and POP3 demand, sentence by sentence: [requirements.md](requirements.md).',
  ];
  for (const [rfc, list] of [...Map.groupBy(all, (mention) => mention.rfc)].toSorted(([a], [b]) =>
    bySection(a, b),
  )) {
    lines.push('', `## RFC ${rfc}`, '', '| section | where |', '| --- | --- |');
    for (const [section, here] of [...Map.groupBy(list, (mention) => mention.section)].toSorted(
      ([a], [b]) => bySection(a, b),
    )) {
      lines.push(
        `| §${section} | ${[...new Set(here.map(({ file }) => link(file)))].join(', ')} |`,
      );
    }
  }
  for (const [title, list] of [
    ['Deviations', deviations],
    ['Not done', gaps],
  ] as const) {
    lines.push('', `## ${title}`, '');
    for (const { file, text } of list) lines.push(`- ${link(file)}: ${text}`);
  }
  return `${lines.join('\n')}\n`;
}

const files = globSync('packages/*/src/**/*.ts', { cwd: root }).toSorted();
const texts = files.map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));
const all = texts.flatMap(({ file, text }) => mentions(file, text));
const deviations = texts.flatMap(({ file, text }) => remarks(file, text, 'Deviation'));
const gaps = texts.flatMap(({ file, text }) => remarks(file, text, 'Not done'));

const { check, sections } = parseArgs({
  options: { check: { type: 'boolean', default: false }, sections: { type: 'string' } },
}).values;
if (sections) addSections(sections);
for (const { rfc, section, file } of all) {
  if (known[rfc] && !known[rfc].includes(section)) {
    console.error(`${file}: RFC ${rfc} has no section ${section}`);
    process.exitCode = 1;
  }
}
const old = existsSync(page) ? readFileSync(page, 'utf8') : '';
if (check && old !== render()) {
  console.error('docs/rfc.md is stale. Run: node --run rfc');
  process.exitCode = 1;
} else if (!check) writeFileSync(page, render());

for (const other of ['hostile.ts', 'requirements.ts']) {
  const parameters = [join(import.meta.dirname, other), ...(check ? ['--check'] : [])];
  if (spawnSync(process.execPath, parameters, { stdio: 'inherit' }).status !== 0)
    process.exitCode = 1;
}
