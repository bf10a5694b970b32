/** Hashes by Dovecot, OpenSSL and Exim verified by us, and ours by Dovecot and Exim. Skipped where they are missing, unless CI demands them. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { hashPassword, isNewScheme, NEW_SCHEMES, PasswdFile } from '@postino/passwd-md5';
import { passwdFile } from './temporary.ts';

const run = promisify(execFile);
const required = process.env['POSTINO_REQUIRE_CLIENTS'] === '1';
const missing = (program: string): string | false =>
  !required &&
  spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0 &&
  `${program} is not installed`;

const PASSWORDS = ['secret', 'süß', 'a'.repeat(32), 'b'.repeat(64), 'p w"$x\\'];
const hasArgon2 = Reflect.has(await import('node:crypto'), 'argon2');
const DOVECOT =
  'SHA SSHA SHA256 SSHA256 SHA512 SSHA512 SMD5 LDAP-MD5 PLAIN-MD5 PLAIN-MD5.B64 SHA512.HEX MD5-CRYPT SHA256-CRYPT SHA512-CRYPT BLF-CRYPT CRYPT PBKDF2 SCRAM-SHA-256'
    .split(' ')
    .concat(hasArgon2 ? ['ARGON2I', 'ARGON2ID'] : []);

/** Few rounds: what is shown holds for many too. */
const ROUNDS: Readonly<Record<string, string>> = {
  'SHA256-CRYPT': '1000',
  'SHA512-CRYPT': '1000',
  'BLF-CRYPT': '4',
  PBKDF2: '1000',
};

test('doveadm pw makes them, we verify them', { skip: missing('doveadm') }, async (t) => {
  const cases = DOVECOT.map((scheme, at) => [scheme, PASSWORDS[at % PASSWORDS.length]!] as const);
  const made = await Promise.all(
    cases.map(async ([scheme, password]) =>
      (
        await run('doveadm', ['pw', '-s', scheme, '-p', password, ...roundsOf(scheme)])
      ).stdout.trim(),
    ),
  );
  const file = await PasswdFile.open(
    await passwdFile(t, made.map((hash, at) => `u${at}:${hash}\n`).join('')),
  );
  await Promise.all(
    cases.map(async ([scheme, password], at) => {
      assert.equal(await file.verify(`u${at}`, password), true, scheme);
      // Half a second each; schemes.test.ts has wrong ones too.
      if (!scheme.startsWith('ARGON2'))
        assert.equal(await file.verify(`u${at}`, `${password}!`), false, scheme);
    }),
  );
});

function roundsOf(scheme: string): string[] {
  const rounds = ROUNDS[scheme];
  return rounds === undefined ? [] : ['-r', rounds];
}

test('openssl passwd makes them, we verify them', { skip: missing('openssl') }, async (t) => {
  const cases = ['-1', '-5', '-6'].flatMap((kind) =>
    PASSWORDS.map((password) => [kind, password] as const),
  );
  const made = await Promise.all(
    cases.map(async ([kind, password]) =>
      (await run('openssl', ['passwd', kind, password])).stdout.trim(),
    ),
  );
  const file = await PasswdFile.open(
    await passwdFile(t, made.map((hash, at) => `u${at}:${hash}\n`).join('')),
  );
  await Promise.all(
    cases.map(async ([kind, password], at) =>
      assert.equal(await file.verify(`u${at}`, password), true, `${kind} ${password}`),
    ),
  );
});

test('we make them, doveadm pw verifies them', { skip: missing('doveadm') }, async () => {
  const schemes = NEW_SCHEMES.filter(isNewScheme).filter(
    (name) => name !== 'ARGON2ID' || hasArgon2,
  );
  await Promise.all(
    schemes.map(async (scheme, at) => {
      const password = PASSWORDS[at % PASSWORDS.length]!;
      const hash = await hashPassword(password, scheme);
      const { stdout } = await run('doveadm', ['pw', '-t', hash, '-p', password]);
      assert.match(stdout, /\(verified\)/, scheme);
    }),
  );
  const hash = await hashPassword('right', 'PLAIN-MD5');
  await assert.rejects(run('doveadm', ['pw', '-t', hash, '-p', 'wrong']));
});

test('we make them, crypteq of Exim verifies them', { skip: missing('exim4') }, async () => {
  const password = 'p w"$x\\';
  const made = await Promise.all(
    (['CRYPT', 'BLF-CRYPT', 'SHA256-CRYPT', 'SHA512-CRYPT', 'PLAIN-MD5'] as const).map((scheme) =>
      hashPassword(password, scheme),
    ),
  );
  // What the course writes: hex, and the prefix stands in the configuration.
  const hashes = made.map(forCrypteq);
  const asked = hashes.flatMap((hash) => [
    `\${if crypteq{\\N${password}\\N}{\\N${hash}\\N}{yes}{no}}`,
    `\${if crypteq{wrong}{\\N${hash}\\N}{yes}{no}}`,
  ]);
  const { stdout } = await run('exim4', ['-be', ...asked]);
  assert.deepEqual(
    stdout.trim().split('\n'),
    hashes.flatMap(() => ['yes', 'no']),
  );
});

/** Exim knows `{crypt}` and `{md5}`. */
function forCrypteq(hash: string): string {
  return hash.replace(/^\{PLAIN-MD5\}/, '{md5}').replace(/^\{[A-Z0-9-]*CRYPT\}/, '{crypt}');
}

test('Exim makes them, we verify them', { skip: missing('exim4') }, async (t) => {
  const asked = PASSWORDS.flatMap((password) =>
    ['md5', 'sha1', 'sha256'].map((digest) => `\${${digest}:\\N${password}\\N}`),
  );
  const { stdout } = await run('exim4', ['-be', ...asked]);
  const schemes = ['', '{SHA.HEX}', '{SHA256.HEX}'];
  const lines = stdout
    .trim()
    .split('\n')
    .map((hex, at) => `u${at}:${schemes[at % 3]}${hex.toLowerCase()}::\n`);
  assert.equal(lines.length, asked.length);
  const file = await PasswdFile.open(await passwdFile(t, lines.join('')));
  for (const at of asked.keys()) {
    const password = PASSWORDS[Math.floor(at / 3)]!;
    assert.equal(await file.verify(`u${at}`, password), true, asked[at]);
    assert.equal(await file.verify(`u${at}`, `${password}!`), false, asked[at]);
  }
});
