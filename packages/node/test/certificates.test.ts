import assert from 'node:assert/strict';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Certificates, NodeWire, selfSigned } from '@postino/node';
import { sockets } from './pairs.ts';

const folder = await mkdtemp(join(tmpdir(), 'certificates-'));
after(() => rm(folder, { recursive: true }));

const one = selfSigned(['one.example']);
const two = selfSigned(['two.example']);
let files = 0;

/** Writes a new file and gives its path. */
async function file(text: string): Promise<string> {
  const path = join(folder, `${++files}.pem`);
  await writeFile(path, text);
  return path;
}

/** Puts a new file in the place of another, as certificate clients do. */
async function replace(path: string, text: string): Promise<void> {
  await rename(await file(text), path);
}

/** The subject of the certificate that a handshake shows now. */
async function shown(certificates: Certificates): Promise<string> {
  const [accepted, connected] = await sockets();
  const server = new NodeWire(accepted, { certificates });
  const client = new NodeWire(connected);
  const [, tls] = await Promise.all([server.startTls(), client.startTls({ verify: 'none' })]);
  server.destroy();
  client.destroy();
  return new X509Certificate(tls.peerCertificate ?? '').subject;
}

test('one file may hold the chain and the key, in any order', async () => {
  for (const text of [one.certificate + one.key, one.key + one.certificate + two.certificate]) {
    const certificates = await Certificates.open({ certificate: await file(text) });
    assert.equal(await shown(certificates), 'CN=one.example');
  }
});

test('changed files are shown in the next handshake, without restart', async () => {
  const [certificate, key] = [await file(one.certificate), await file(one.key)];
  let reloads = 0;
  const certificates = await Certificates.open({
    certificate,
    key,
    checkEvery: 0,
    onReload: () => reloads++,
  });
  assert.equal(await shown(certificates), 'CN=one.example');
  assert.equal(reloads, 0);
  await replace(certificate, two.certificate);
  await replace(key, two.key);
  assert.equal(await shown(certificates), 'CN=two.example');
  assert.equal(reloads, 1);
});

test('the files are not looked at more often than said', async () => {
  const certificate = await file(one.certificate + one.key);
  const certificates = await Certificates.open({ certificate, checkEvery: 3_600_000 });
  await certificates.current();
  await replace(certificate, two.certificate + two.key);
  assert.equal(await shown(certificates), 'CN=one.example');
  await certificates.reload();
  assert.equal(await shown(certificates), 'CN=two.example');
});

test('new files that are no good keep the old certificate, are told once, and are read again when mended', async () => {
  const [certificate, key] = [await file(one.certificate), await file(one.key)];
  const errors: string[] = [];
  const onError = (error: Error): void => void errors.push(error.message);
  const certificates = await Certificates.open({ certificate, key, checkEvery: 0, onError });
  await replace(certificate, two.certificate);
  assert.equal(await shown(certificates), 'CN=one.example');
  assert.equal(await shown(certificates), 'CN=one.example');
  assert.equal(errors.length, 1);
  assert.match(
    errors[0] ?? '',
    /private key in .*\.pem is not that of the first certificate in .*\.pem/,
  );
  await rm(key);
  assert.equal(await shown(certificates), 'CN=one.example');
  assert.match(errors[1] ?? '', /cannot read .*\.pem: ENOENT/);
  await assert.rejects(certificates.reload(), /cannot read/);
  await writeFile(key, two.key);
  assert.equal(await shown(certificates), 'CN=two.example');
  assert.equal(errors.length, 2);
});

test('many handshakes at once look at the files once', async () => {
  const certificate = await file(one.certificate + one.key);
  let errors = 0;
  const certificates = await Certificates.open({
    certificate,
    checkEvery: 0,
    onError: () => errors++,
  });
  await replace(certificate, 'rubbish');
  await Promise.all(Array.from({ length: 10 }, () => certificates.current()));
  assert.equal(errors, 1);
});

test('what cannot be used at the start is refused with the name of the file, never with its text', async () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const locked = privateKey.export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'x',
  });
  const missing = join(folder, 'missing.pem');
  const certificate = await file(one.certificate);
  const table: [Parameters<typeof Certificates.open>[0], RegExp][] = [
    [{ certificate: missing }, /^Error: cannot read .*missing\.pem: ENOENT/],
    [{ certificate, key: missing }, /^Error: cannot read .*missing\.pem: ENOENT/],
    [{ certificate: folder }, /^Error: cannot read .*: EISDIR/],
    [{ certificate }, new RegExp(`no usable private key in ${certificate}`)],
    [{ certificate: await file('') }, /no usable certificate in .*\.pem/],
    [
      {
        certificate: await file('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'),
        key: await file(one.key),
      },
      /no usable certificate in .*\.pem/,
    ],
    [
      { certificate, key: await file(locked.toString()) },
      /no usable private key in .*\.pem.*passphrase/i,
    ],
    [
      { certificate, key: await file(two.key) },
      /private key in .*\.pem is not that of the first certificate in .*\.pem/,
    ],
    [{ certificate: one.certificate, key: two.key }, /private key in the PEM text is not that/],
    [{ certificate: one.certificate, key: one.key, ciphers: 'NONSENSE' }, /cipher/],
  ];
  for (const [options, fault] of table) {
    await assert.rejects(Certificates.open(options), (error: Error) => {
      assert.match(String(error), fault);
      assert.doesNotMatch(String(error), /BEGIN/);
      return true;
    });
  }
});
