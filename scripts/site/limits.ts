/** The limits of all packages, from the sources: each is a named constant whose docstring says what it bounds. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './pages.ts';

interface Limit {
  readonly package: string;
  readonly file: string;
  readonly name: string;
  readonly value: string;
  readonly meaning: string;
}

const DECLARATION =
  /(?:\/\*\*\s*((?:(?!\*\/)[^])*?)\s*\*\/\n)?export const ([A-Z][A-Z0-9_]+)(?:: number)? = ([\d_]+(?: \* [\d_]+)*)n?;/g;

function limits(): Limit[] {
  const files = globSync('packages/*/src/**/*.ts', { cwd: root }).toSorted();
  return files.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    return [...text.matchAll(DECLARATION)].map(([, comment = '', name = '', value = '']) => ({
      package: file.split('/')[1] ?? '',
      file,
      name,
      value: value.replaceAll('_', ' ').replaceAll('*', '×'),
      meaning: comment.replaceAll(/\s*\n \* ?/g, ' ').replaceAll('|', '\\|'),
    }));
  });
}

export function limitsPage(): string {
  const sections = [...Map.groupBy(limits(), (limit) => limit.package)].map(([name, all]) => {
    const rows = all.map(
      ({ file, name, value, meaning }) => `| [\`${name}\`](../${file}) | ${value} | ${meaning} |`,
    );
    return `## ${name}\n\n| constant | value | what it bounds |\n| --- | ---: | --- |\n${rows.join('\n')}`;
  });
  return `# Limits

Everything is bounded, and each bound has a name. Drawn from the sources; the options that change them stand in the README
of each package. Tables of options, such as those of SMTP's time-outs, are there too: [smtp-wire](../packages/smtp-wire/README.md#limits),
[pop3-wire](../packages/pop3-wire/README.md#limits). For the server they are keys: \`[limits]\` in its
[configuration](../packages/server/README.md#configuration).

${sections.join('\n\n')}
`;
}
