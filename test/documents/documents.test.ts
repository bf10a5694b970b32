/** The documents hold together: links lead somewhere, and each package's README has all its parts. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { gather } from '../../scripts/site/gather.ts';
import { documents, readDocument, root } from './fences.ts';

const withoutCode = (text: string): string =>
  text.replaceAll(/^```[^]*?^```$/gm, '').replaceAll(/`[^`\n]*`/g, '');

/** How GitHub names a heading. */
function anchorsOf(file: string): Set<string> {
  const headings = readDocument(file)
    .replaceAll(/^```[^]*?^```$/gm, '')
    .matchAll(/^#+ (.*)$/gm);
  return new Set(
    [...headings].map(([, title = '']) =>
      title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

function isDead(link: string, from: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? from : normalize(join(dirname(from), path));
  if (!existsSync(join(root, target))) return true;
  return anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).has(anchor);
}

for (const file of documents)
  test(`the links of ${file} lead somewhere`, () => {
    const links = [...withoutCode(readDocument(file)).matchAll(/\]\(([^)\s]+)\)/g)].map(
      ([, link = '']) => link,
    );
    const dead = links.filter((link) => !/^[a-z]+:/.test(link) && isDead(link, file));
    assert.deepEqual(dead, []);
  });

const parts: readonly { name: string; pattern: RegExp }[] = [
  { name: 'an example', pattern: /^```ts/m },
  { name: 'its shape', pattern: /^## (The shape|Shape)$/m },
  { name: 'limits and deviations', pattern: /^## (Limits|Deviations)/m },
  { name: 'the map of RFCs', pattern: /^## RFC map$/m },
  { name: 'a link to all sections', pattern: /\(\.\.\/\.\.\/docs\/rfc\.md\)/ },
];

for (const file of documents.filter((file) => /^packages\/[^/]+\/README\.md$/.test(file)))
  test(`${file} has all its parts`, () => {
    const text = readDocument(file);
    const missing = parts.filter(({ pattern }) => !pattern.test(text)).map(({ name }) => name);
    assert.deepEqual(missing, []);
  });

test('the pages of the site can be gathered', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'site-'));
  context.after(() => rmSync(folder, { recursive: true }));
  gather(folder);
  for (const page of ['index', 'configuration', 'packages/spf', 'states', 'hostile'])
    assert.ok(existsSync(join(folder, `${page}.md`)), page);
});
