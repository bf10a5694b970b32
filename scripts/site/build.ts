/**
 * Builds the site into `docs/.vitepress/dist`: `node --run site`. What only the site needs has a lockfile of its own there,
 * so that nobody else has to install it.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { deadAnchors } from './dead-anchors.ts';
import { gather } from './gather.ts';
import { root } from './pages.ts';

const site = join(root, 'docs/.vitepress');

function run(command: string, ...parameters: string[]): void {
  const { status } = spawnSync(command, parameters, { cwd: site, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${command} ${parameters.join(' ')} ended with ${status}`);
}

const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  packageManager: string;
};
run('npx', '-y', packageManager, 'install', '--frozen-lockfile');
rmSync(join(site, 'pages'), { recursive: true, force: true });
gather(join(site, 'pages'));
run('node_modules/.bin/typedoc', '--options', 'typedoc.config.mjs');
run('node_modules/.bin/vitepress', 'build', '..');
const dead = deadAnchors(join(site, 'dist'));
if (dead.length > 0) throw new Error(`anchors that are nowhere:\n${dead.join('\n')}`);
