import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { test } from 'node:test';
import { generateKey, sign, verify } from '@postino/dkim';
import { zone } from '@postino/dns';
import { dkimKeygen } from '../src/commands/dkim-keygen.ts';
import { runCommand } from '../src/run-command.ts';
import { run } from './run.ts';
import { makeFolder } from './site.ts';

const WRONG: readonly (readonly [args: string[], says: RegExp])[] = [
  [['serv'], /^postino: unknown command 'serv'\n\(Did you mean serve\?\)\n$/],
  [['dance'], /^postino: unknown command 'dance'\n$/],
  [['serve', 'a.toml'], /^postino: too many arguments for 'serve'/],
  [['serve', '--confg', 'x'], /^postino: unknown option '--confg'\n\(Did you mean --config\?\)\n$/],
  [['dkim', 'keygen', '--domain', 'a.org'], /^postino: required option '--key <file>'/],
  [
    ['dkim', 'keygen', '--domain', 'a.org', '--key', 'k', '--algorithm', 'dsa'],
    /^postino: option '--algorithm <name>' argument 'dsa' is invalid\. Allowed choices are rsa, ed25519/,
  ],
  [
    ['spf', '--ip', '1.2.3', '--sender', 'a@b.org'],
    /'1\.2\.3' is invalid\. This is no IP address\.\n$/,
  ],
  [['init', '--hostname', 'a b'], /This is no domain name; write it as mail\.example\.org\.\n$/],
  [['serve', '--config'], /^postino: option '-c, --config <file>' argument missing\n$/],
];
for (const [args, says] of WRONG) {
  test(`postino ${args.join(' ')}: the mistake is named`, async () => {
    let told = '';
    assert.equal(await runCommand(args, (text) => (told += text)), 64);
    assert.match(told, says);
  });
}

test('a wrong command line ends with 64, a wrong configuration with 78', async (context) => {
  const [usage, missing] = await Promise.all([
    run(context, ['dance']),
    run(context, ['--config', '/nowhere.toml']),
  ]);
  assert.match(usage.err, /^postino: unknown command 'dance'\n$/);
  assert.match(missing.err, /^postino: \/nowhere\.toml: there is no such file; .*\n$/);
  assert.deepEqual([usage.code, missing.code, usage.out], [64, 78, '']);
});

test('postino --help and --version', async (context) => {
  const [help, version] = await Promise.all([
    run(context, ['--help']),
    run(context, ['--version']),
  ]);
  assert.match(help.out, /serve \[options\] +run the server/);
  assert.match(version.out, /^postino \d+\.\d+\.\d+\n$/);
  assert.deepEqual([help.code, version.code], [0, 0]);
});

for (const algorithm of ['rsa', 'ed25519'] as const) {
  test(`postino dkim keygen: a key of ${algorithm} that fits its record, and is never written over`, async (context) => {
    const key = join(makeFolder(context), 'dkim.key');
    const options = { domain: 'poul.org', selector: 'mail', key, algorithm };
    const told = await dkimKeygen(options);
    assert.equal(statSync(key).mode & 0o777, 0o600);
    const [, strings = ''] =
      /^mail\._domainkey\.poul\.org\. IN TXT (?:\( )?([^)\n]*(?:\n  "[^)\n]*)?)/m.exec(told) ?? [];
    const record = [...strings.matchAll(/"([^"]{1,255})"/g)].map(([, text]) => text);
    const message = Buffer.from('From: a@poul.org\r\n\r\nHi\r\n');
    const field = await sign(message, { ...options, key: readFileSync(key, 'utf8') });
    const resolver = zone({ 'mail._domainkey.poul.org': { TXT: [record.join('')] } });
    const [result] = await verify(Buffer.concat([Buffer.from(field), message]), { resolver });
    assert.equal(result!.result, 'pass', result!.reason);
    await assert.rejects(dkimKeygen(options), /EEXIST/);
  });
}

test('postino dkim keygen: what is no domain and no selector is named, and nothing is written', async (context) => {
  const key = join(makeFolder(context), 'dkim.key');
  const options = { domain: 'poul.org', selector: 'dkim', key, algorithm: 'ed25519' } as const;
  await assert.rejects(dkimKeygen({ ...options, domain: 'poul org' }), /not a domain name/);
  await assert.rejects(dkimKeygen({ ...options, selector: 'a b' }), /not a DKIM selector/);
  assert.ok(!existsSync(key));
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
    log.some(({ level, msg }) => level === 'warn' && msg.startsWith('nobody can log in by smtp')),
  );
});

const isRoot = process.getuid?.() === 0;

test(
  'started as root, the server is somebody else once it is ready',
  { skip: !isRoot && 'only root can become somebody else' },
  async (context) => {
    const folder = makeFolder(context);
    const file = join(folder, 'postino.toml');
    chmodSync(folder, 0o755);
    mkdirSync(join(folder, 'mail'));
    chmodSync(join(folder, 'mail'), 0o777);
    writeFileSync(file, `run_as = "mail:mail"\n${TOML}`);
    const { out, err, code } = await run(context, ['--config', file], { until: '"ready"' });
    assert.equal(code, 0, err);
    assert.match(out, /"user":"mail","group":"mail","msg":"rights of root given up"/);
    assert.notEqual(statSync(join(folder, 'data/lock')).uid, 0);
  },
);

/** Files that root may read and the server's user may not, and what is said of them. */
const UNREADABLE: readonly (readonly [file: string, toml: string, says: RegExp])[] = [
  ['passwd', '', /^postino: users\.passwd: cannot read .*\/passwd: EACCES/],
  [
    'dkim.key',
    'dkim.domain = "poul.org"\ndkim.private_key = "dkim.key"\n',
    /^postino: dkim\.private_key: EACCES.*\/dkim\.key/,
  ],
];
for (const [name, toml, says] of UNREADABLE) {
  test(
    `started as root, the file that the other user cannot read is named: ${name}`,
    { skip: !isRoot && 'only root can become somebody else' },
    async (context) => {
      const folder = makeFolder(context);
      const file = join(folder, 'postino.toml');
      chmodSync(folder, 0o755);
      writeFileSync(
        join(folder, 'dkim.key'),
        (await generateKey({ algorithm: 'ed25519' })).privateKey,
      );
      mkdirSync(join(folder, 'mail'));
      chmodSync(join(folder, 'mail'), 0o777);
      writeFileSync(file, `run_as = "mail:mail"\n${TOML}${toml}`);
      chmodSync(join(folder, name), 0o600);
      const { err, code } = await run(context, ['--config', file]);
      assert.match(err, says);
      assert.equal(code, 1);
    },
  );
}

test('without a configuration a whole server runs, and the lines that it prints work as pasted', async (context) => {
  const folder = makeFolder(context);
  rmSync(join(folder, 'passwd'));
  const heard: string[] = [];
  const { out, err, code } = await run(context, [], {
    cwd: folder,
    until: 'pop3s://',
    async meanwhile(text) {
      const lines = text.split('\n').filter((line) => line.startsWith('  '));
      for (const line of lines) {
        const [program = ''] = /curl|swaks/.exec(line) ?? [];
        if (spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0) continue;
        const child = spawn('sh', ['-c', line], {
          cwd: folder,
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        const [output, [status]] = await Promise.all([
          readText(child.stdout),
          once(child, 'close'),
        ]);
        assert.equal(status, 0, line);
        heard.push(output);
      }
    },
  });
  assert.equal(code, 0, err);
  assert.match(out, /smtps:\/\/127\.0\.0\.1:\d+/);
  assert.ok(heard.length === 0 || heard.at(-1)!.includes('Subject: Ciao'), heard.at(-1));
});

const TOML = `hostname = "poul.org"
data_dir = "data"
users.passwd = "passwd"
aliases.file = "aliases"
maildir.path = "mail/{user}"
smtp.listen = ["127.0.0.1:0"]
pop3.listen = ["127.0.0.1:0"]
`;
