import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { parseCommandLine, UsageError } from '../src/command-line.ts';
import { makeFolder } from './site.ts';

interface Run {
  readonly out: string;
  readonly err: string;
  readonly code: number | null;
}

const main = join(import.meta.dirname, '../src/main.ts');

/** Runs the command; once `until` is in its output it is told to end. */
async function run(
  context: TestContext,
  args: readonly string[],
  options: { cwd?: string; until?: string } = {},
): Promise<Run> {
  const child = spawn(process.execPath, ['--conditions=@postino/source', main, ...args], {
    cwd: options.cwd,
  });
  context.after(() => child.kill('SIGKILL'));
  let [out, err] = ['', ''];
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
    if (options.until !== undefined && out.includes(options.until)) child.kill('SIGTERM');
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { out, err, code };
}

const WRONG: readonly (readonly [args: string[], says: RegExp])[] = [
  [['serv'], /^there is no command "serv"; did you mean "serve"\?$/],
  [['dance'], /^there is no command "dance"; postino --help shows what there is$/],
  [['serve'], /^serve needs a configuration; write: postino serve --config FILE$/],
  [['serve', 'a.toml'], /^"a\.toml" is one word too many; write: postino serve --config a\.toml$/],
  [['serve', '--confg', 'x'], /^there is no option "--confg"; did you mean "--config"\?$/],
  [['--zzz'], /^there is no option "--zzz"; postino --help shows what there is$/],
  [['serve', '--config'], /--config.* argument missing; postino --help shows how it is written$/],
  [['--version=1'], /--version.* does not take an argument; postino --help/],
];
for (const [args, says] of WRONG) {
  test(`postino ${args.join(' ')}: the mistake is named`, () => {
    assert.throws(
      () => parseCommandLine(args),
      (error) => error instanceof UsageError && says.test(error.message),
    );
  });
}

test('arguments become a command', () => {
  const serve = { type: 'serve', config: 'a.toml' };
  assert.deepEqual(parseCommandLine(['serve', '--config', 'a.toml']), serve);
  assert.deepEqual(parseCommandLine(['--config=a.toml']), serve);
  assert.deepEqual(parseCommandLine([]), { type: 'tryOut' });
  assert.deepEqual(parseCommandLine(['serve', '-h']), { type: 'help' });
});

test('a wrong command line ends with 64, a wrong configuration with 78', async (context) => {
  const [usage, missing] = await Promise.all([
    run(context, ['dance']),
    run(context, ['--config', '/nowhere.toml']),
  ]);
  assert.match(usage.err, /^postino: there is no command "dance"; .*\n$/);
  assert.match(missing.err, /^postino: \/nowhere\.toml: there is no such file; .*\n$/);
  assert.deepEqual([usage.code, missing.code, usage.out], [64, 78, '']);
});

test('postino --help and --version', async (context) => {
  const [help, version] = await Promise.all([
    run(context, ['--help']),
    run(context, ['--version']),
  ]);
  assert.match(help.out, /postino serve --config FILE/);
  assert.match(version.out, /^postino \d+\.\d+\.\d+\n$/);
  assert.deepEqual([help.code, version.code], [0, 0]);
});

test('postino serve runs until SIGTERM, with JSON for a log', async (context) => {
  const folder = makeFolder(context);
  const file = join(folder, 'postino.toml');
  writeFileSync(file, TOML);
  const { out, err, code } = await run(context, ['serve', '--config', file], { until: '"ready"' });
  assert.equal(code, 0, err);
  const log = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { msg: string; level: string });
  assert.equal(log.filter(({ msg }) => msg === 'listening').length, 2);
  assert.ok(
    log.some(({ level, msg }) => level === 'warn' && msg.startsWith('[dkim] has no effect yet')),
  );
});

test('without a configuration a whole server runs, and prints lines to paste', async (context) => {
  const folder = makeFolder(context);
  const { out, code } = await run(context, [], { cwd: folder, until: 'pop3s://127.0.0.1:' });
  assert.equal(code, 0);
  assert.match(out, /curl -sS .*--cacert var\/certificate\.pem .*smtps:\/\/127\.0\.0\.1:\d+/);
});

const TOML = `hostname = "poul.org"
data_dir = "data"
users.passwd = "passwd"
aliases.file = "aliases"
maildir.path = "mail/{user}"
smtp.listen = ["127.0.0.1:0"]
pop3.listen = ["127.0.0.1:0"]
[dkim]
selector = "dkim"
`;
