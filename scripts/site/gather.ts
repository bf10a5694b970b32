/** Gathers the site's pages from where they stand in the repository. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { configurationPage } from './configuration.ts';
import { withIncludes } from './include.ts';
import { limitsPage } from './limits.ts';
import { mendLinks } from './mend-links.ts';
import { pages, root } from './pages.ts';

/** Pages that are drawn from the sources. */
const drawn: Readonly<Record<string, () => string>> = {
  configuration: configurationPage,
  limits: limitsPage,
};

/** Writes them below a folder: links mended, parts that stand elsewhere included. A link that leads nowhere throws. */
export function gather(folder: string): void {
  const write = (page: string, text: string, file: string): void =>
    put(folder, `${page}.md`, mendLinks(withIncludes(text), file, copy));
  /** A file that is no page is shown as plain text, under a name that a browser shows. */
  const copy = (path: string): string => {
    const shown = join('source', path.endsWith('.txt') ? path : `${path}.txt`);
    const place = join(folder, 'public', shown);
    mkdirSync(dirname(place), { recursive: true });
    cpSync(join(root, path), place);
    return `/${shown}`;
  };
  for (const [file, page] of pages)
    if (file !== 'README.md') write(page, readFileSync(join(root, file), 'utf8'), file);
  for (const [page, draw] of Object.entries(drawn)) write(page, draw(), `docs/${page}.md`);
}

function put(folder: string, name: string, text: string): void {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
