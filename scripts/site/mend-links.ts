/** Links that hold in the repository, made to hold on the site. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { pages, root } from './pages.ts';

/** A fence, inline code, or the target of a link: only the last is changed. */
const PARTS = /^```[^]*?^```$|`[^`\n]*`|\]\(([^)\s]+)\)/gm;

/** The text with its relative links mended; files that are no pages are handed to `source`, which says where they will be. */
export function mendLinks(text: string, file: string, source: (path: string) => string): string {
  return text.replaceAll(PARTS, (part: string, link: string | undefined) =>
    link === undefined || /^([a-z]+:|#|\/)/.test(link) ? part : `](${mended(link, file, source)})`,
  );
}

function mended(link: string, file: string, source: (path: string) => string): string {
  const [path = '', anchor] = link.split('#');
  const target = normalize(join(dirname(file), path)).replace(/\/$/, '');
  const page = pages.get(target) ?? pages.get(`${target}/README.md`);
  if (page !== undefined) return `/${page === 'index' ? '' : page}${anchor ? `#${anchor}` : ''}`;
  const full = join(root, target);
  if (existsSync(full) && statSync(full).isFile()) return source(target);
  throw new Error(`${file}: ${link} is no page of the site and no file`);
}
