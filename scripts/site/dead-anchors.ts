/** Links of a built site whose anchor is not on the page that they lead to. Dead pages are found by the build itself. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** `/running#set-it-up on /set-up`, and so on. */
export function deadAnchors(site: string): string[] {
  const html = new Map(
    globSync('**/*.html', { cwd: site }).map((file) => [
      `/${file.replace(/(index)?\.html$/, '')}`,
      readFileSync(join(site, file), 'utf8'),
    ]),
  );
  const ids = new Map([...html].map(([page, text]) => [page, idsOf(text)]));
  return [...html].flatMap(([from, text]) =>
    [...text.matchAll(/href="([^"#:]*)#([^"]+)"/g)]
      .map(([, page = '', anchor = '']) => ({ page: page === '' ? from : page, anchor }))
      .filter(({ page, anchor }) => ids.get(page)?.has(decodeURIComponent(anchor)) === false)
      .map(({ page, anchor }) => `${page}#${anchor} on ${from}`),
  );
}

const idsOf = (text: string): Set<string> =>
  new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id = '']) => id));
