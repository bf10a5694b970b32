/** Passwords and SASL, as the runners ask for them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PasswdFile } from '@postino/passwd-md5';
import { parsePlain } from '@postino/sasl';

export async function verifyPassword(encoded, password) {
  if (!/^(\{(PLAIN-MD5|LDAP-MD5|MD5)\})?([\da-f]{32}|[\w+/]{22}==)$/i.test(encoded)) {
    throw Object.assign(new Error(encoded.slice(0, 12)), { code: 'UNSUPPORTED' });
  }
  const folder = mkdtempSync(join(tmpdir(), 'postino-'));
  try {
    writeFileSync(join(folder, 'passwd'), `user:${encoded}::\n`);
    return await (await PasswdFile.open(join(folder, 'passwd'))).verify('user', password);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function decodePlain(initialResponse) {
  const octets = Buffer.from(initialResponse, 'base64');
  if (octets.toString('base64') !== initialResponse) return null;
  const plain = parsePlain(octets);
  return plain && { authzid: plain.authzid, username: plain.user, password: plain.password };
}
