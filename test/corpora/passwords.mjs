/** Passwords and SASL, as the runners ask for them. */
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PasswdFile } from '@postino/passwd-md5';
import { parsePlain, scramServer as saslScramServer } from '@postino/sasl';

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

/** Both messages of a server, for the client's messages of the data. */
export async function scramServer(example) {
  const { mechanism, user, iterations, serverNonce, clientFirst, clientFinal } = example;
  const salt = Buffer.from(example.salt, 'base64');
  const [name, length] = mechanism.startsWith('SCRAM-SHA-256') ? ['sha256', 32] : ['sha1', 20];
  const salted = pbkdf2Sync(example.password, salt, iterations, length, name);
  const hmac = (label) => createHmac(name, salted).update(label).digest();
  const storedKey = createHash(name).update(hmac('Client Key')).digest();
  const credentials = { salt, iterations, storedKey, serverKey: hmac('Server Key') };
  const server = saslScramServer({
    mechanism,
    credentials: (asked) => (asked === user ? credentials : null),
    nonce: () => serverNonce,
  });
  const first = await server.start(Buffer.from(clientFirst));
  const final = await server.step(Buffer.from(clientFinal));
  return { serverFirst: textOf(first), serverFinal: textOf(final) };
}

function textOf({ type, bytes }) {
  return type === 'challenge' ? Buffer.from(bytes).toString() : type;
}
