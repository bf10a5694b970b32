/**
 * Looks at the built site with Chromium, as a reader would: fails where a page shows no heading or its script throws. With
 * `--pictures FOLDER` it takes pictures too: each page in light and dark, on a desk and on a telephone.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { root } from './pages.ts';

const site = join(root, 'docs/.vitepress/dist');
const { pictures, page: chosen } = parseArgs({
  options: { pictures: { type: 'string' }, page: { type: 'string', multiple: true } },
}).values;
const pages = chosen ?? ['', 'quick-start', 'set-up', 'states', 'configuration', 'api/spf'];
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};
/** 0 is dark, 1 is light: Chromium's own numbers. */
const looks = [
  { name: 'desk', size: '1440,1000', scheme: 1 },
  { name: 'desk-dark', size: '1440,1000', scheme: 0 },
  { name: 'telephone', size: '500,900', scheme: 1 },
];

function fileFor(url: string): string | null {
  const path = normalize(decodeURIComponent(url.split('?')[0] ?? '/'));
  const files = [path, `${path}.html`, `${path}index.html`].map((file) => join(site, file));
  return files.find((file) => extname(file) !== '' && existsSync(file)) ?? null;
}

async function serve(): Promise<{ server: Server; origin: string }> {
  const server = createServer(({ url = '/' }, response) => {
    const file = fileFor(url);
    response.writeHead(file ? 200 : 404, {
      'content-type': types[extname(file ?? '')] ?? 'text/html',
    });
    response.end(file ? readFileSync(file) : 'not here');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { server, origin: `http://127.0.0.1:${address.port}` };
}

/** Without the network, and with what scripts say on standard error. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--enable-logging=stderr',
  '--hide-scrollbars',
  '--virtual-time-budget=10000',
];

/** What Chromium says of a page: its document, or what it complains of. */
async function chromium(
  url: string,
  flags: readonly string[],
): Promise<{ out: string; log: string }> {
  const profile = mkdtempSync(join(tmpdir(), 'chromium-'));
  const child = spawn('chromium', [...FLAGS, `--user-data-dir=${profile}`, ...flags, url]);
  const [out, log] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  rmSync(profile, { recursive: true, force: true });
  return { out, log };
}

const { server, origin } = await serve();
for (const page of pages) {
  const { out, log } = await chromium(`${origin}/${page}`, ['--dump-dom']);
  const said = log.split('\n').filter((line) => /CONSOLE.*(Error|error|Failed)/.test(line));
  const heading = /<h1[^>]*>/.test(out);
  if (!heading || said.length > 0) {
    console.error(`/${page}: ${heading ? said.join('\n') : 'no heading is shown'}`);
    process.exitCode = 1;
  }
  if (pictures === undefined) continue;
  mkdirSync(pictures, { recursive: true });
  for (const { name, size, scheme } of looks) {
    const picture = join(pictures, `${page.replaceAll('/', '-') || 'home'}-${name}.png`);
    const flags = [`--screenshot=${picture}`, `--window-size=${size}`];
    await chromium(`${origin}/${page}`, [
      ...flags,
      `--blink-settings=preferredColorScheme=${scheme}`,
    ]);
  }
}
server.close();
console.log(`${pages.length} pages looked at`);
