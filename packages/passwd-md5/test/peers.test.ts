/** Hashes by Dovecot and OpenSSL verified by us, and ours by Dovecot. Skipped where they are missing, unless CI demands them. */
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

test('doveadm pw makes them, we verify them', { skip: missing('doveadm') }, async (t) => {
  const cases = DOVECOT.map((scheme, at) => [scheme, PASSWORDS[at % PASSWORDS.length]!] as const);
  const made = await Promise.all(
    cases.map(async ([scheme, password]) =>
      (await run('doveadm', ['pw', '-s', scheme, '-p', password])).stdout.trim(),
    ),
  );
  const file = await PasswdFile.open(
    await passwdFile(t, made.map((hash, at) => `u${at}:${hash}\n`).join('')),
  );
  for (const [at, [scheme, password]] of cases.entries()) {
    assert.equal(await file.verify(`u${at}`, password), true, scheme);
    assert.equal(await file.verify(`u${at}`, `${password}!`), false, scheme);
  }
});

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
  for (const [at, [kind, password]] of cases.entries())
    assert.equal(await file.verify(`u${at}`, password), true, `${kind} ${password}`);
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
      await assert.rejects(run('doveadm', ['pw', '-t', hash, '-p', 'wrong']), scheme);
    }),
  );
});
