/** Passwords and SASL, as the runners ask for them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PasswdFile } from '@postino/passwd-md5';
import { parsePlain } from '@postino/sasl';

export async function verifyPassword(encoded, password) {
  const folder = mkdtempSync(join(tmpdir(), 'postino-'));
  try {
    writeFileSync(join(folder, 'passwd'), `user:${encoded}::\n`);
    const file = await PasswdFile.open(join(folder, 'passwd'));
    const [problem] = await file.problems();
    // Kinds of hashes that we do not have, DES-CRYPT last; and an empty password matches nothing, whatever its hash.
    if (
      /not supported|not known/.test(problem?.reason ?? '') ||
      /^[./\dA-Za-z]{13}$/.test(encoded) ||
      password.length === 0
    )
      throw Object.assign(new Error(encoded.slice(0, 12)), { code: 'UNSUPPORTED' });
    return await file.verify('user', password);
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
