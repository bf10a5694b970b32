/** Which documents of the repository become which pages of the site. */
import { globSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export const root: string = join(import.meta.dirname, '../..');

const named: Readonly<Record<string, string>> = {
  'ARCHITECTURE.md': 'architecture',
  'CONTRIBUTING.md': 'contributing',
  'README.md': 'index',
  'SECURITY.md': 'security',
  'bench/README.md': 'performance',
};

/** Document → page, both without a slash in front, the page without an extension. `README.md` has the place of the home page. */
export const pages: ReadonlyMap<string, string> = new Map([
  ...Object.entries(named),
  ...glob('packages/*/README.md', (file) => `packages/${basename(dirname(file))}`),
  ...glob('examples/**/README.md', (file) => dirname(file)),
  ...glob('docs/*.md', (file) => basename(file, '.md')),
]);

function glob(pattern: string, page: (file: string) => string): [string, string][] {
  const files = globSync(pattern, { cwd: root }).filter((file) => !file.includes('node_modules'));
  return files.toSorted().map((file) => [file, page(file)]);
}
