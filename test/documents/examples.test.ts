/**
 * The examples of READMEs and documents are code: all are checked by the compiler, and all but those marked `no-run`
 * are run, each in an empty folder of its own.
 */
import assert from 'node:assert/strict';
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { parseConfig } from '@postino/server';
import { fences, root } from './fences.ts';

const command = promisify(execFile);

// Below the root, so that `@postino/…` is found; not below node_modules, where Node strips no types.
mkdirSync(join(root, 'dist'), { recursive: true });
const folder = mkdtempSync(join(root, 'dist/examples-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const examples = fences('ts').map((fence) => ({
  ...fence,
  file: join(folder, `${fence.place.replaceAll(/\W+/g, '-')}.ts`),
}));
for (const { file, text } of examples) writeFileSync(file, `${text}export {};\n`);
writeFileSync(
  join(folder, 'tsconfig.json'),
  JSON.stringify({
    extends: '../../tsconfig.base.json',
    compilerOptions: {
      noEmit: true,
      composite: false,
      declarationMap: false,
      isolatedDeclarations: false,
    },
    include: ['*.ts'],
  }),
);

test('the examples hold before the compiler', async () => {
  const compiler = join(root, 'node_modules/.bin/tsc');
  const { stdout } = await command(compiler, ['--pretty', 'false', '-p', folder]).catch(
    (error: { stdout: string }) => error,
  );
  assert.equal(stdout, '');
});

const programs = examples.filter(({ marks }) => !marks.includes('no-run'));
const errors = new Map<string, string | null>();

before(async () => {
  const runner = fork(
    join(import.meta.dirname, 'run-examples.mjs'),
    programs.map(({ file }) => file),
    {
      execArgv: ['--conditions=@postino/source', '--no-warnings'],
      stdio: 'ignore',
      timeout: 300_000,
    },
  );
  runner.on('message', ({ file, error }: { file: string; error: string | null }) =>
    errors.set(file, error),
  );
  await once(runner, 'disconnect'); // behind all messages
  runner.kill();
});

for (const { place, file } of programs)
  test(`the example of ${place} runs`, () =>
    assert.equal(errors.has(file) ? errors.get(file) : 'it did not end', null));

/** An excerpt is a file together with what every file has, and most have. */
function whole(text: string): string {
  const hostname = /^hostname\b/m.test(text) ? '' : 'hostname = "mail.example.org"\n';
  const tls = /^\[tls\]/m.test(text) ? '' : '\n[tls]\ncertificate = "tls.pem"\n';
  return hostname + text + tls;
}

for (const { place, text } of fences('toml'))
  test(`the configuration of ${place} is one`, () => {
    parseConfig(whole(text), { file: '/etc/postino.toml' });
  });
