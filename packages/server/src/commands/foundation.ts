/** The files that a server begins with: each written once, and never over what is there. */
import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateKey } from '@postino/dkim';
import { selfSigned } from '@postino/node';
import { hashPassword } from '@postino/passwd-md5';
import type { RunAs } from '../config/values.ts';
import { giveTo, isRoot } from '../rights.ts';
import { configText, type Answers } from './config-text.ts';

export interface Foundation extends Answers {
  readonly user: string;
  readonly password: string;
  readonly runAs: RunAs | null;
}

/** For their owner alone: all but the configuration holds secrets. */
const SECRET = 0o600;

/** Writes all, and gives the path of the configuration. Rejects, with nothing written, where one of the files is there. */
export async function layFoundation(folder: string, foundation: Foundation): Promise<string> {
  const files = await contents(foundation);
  await mkdir(folder, { recursive: true });
  for (const { name } of files) await mustBeFree(join(folder, name));
  const owner = foundation.runAs && isRoot() ? foundation.runAs : null;
  for (const { name, text, mode } of files) {
    const path = join(folder, name);
    await writeFile(path, text, { flag: 'wx', mode });
    if (owner) await giveTo(path, owner);
  }
  for (const name of ['data', 'mail']) await makeOwnFolder(join(folder, name), owner);
  return join(folder, 'postino.toml');
}

interface File {
  readonly name: string;
  readonly text: string;
  readonly mode: number;
}

async function contents(foundation: Foundation): Promise<File[]> {
  const { hostname, user, password } = foundation;
  const { certificate, key } = selfSigned([hostname]);
  const { privateKey } = await generateKey({ algorithm: 'rsa' });
  const hash = await hashPassword(password);
  return [
    { name: 'dkim.key', text: privateKey, mode: SECRET },
    { name: 'key.pem', text: key, mode: SECRET },
    { name: 'certificate.pem', text: certificate, mode: 0o644 },
    { name: 'passwd', text: `${user}:${hash}::\n`, mode: SECRET },
    { name: 'aliases', text: aliases(user), mode: 0o644 },
    // Last: where it is, all is.
    { name: 'postino.toml', text: configText(foundation), mode: 0o644 },
  ];
}

function aliases(user: string): string {
  return `# name: target, target\npostmaster: ${user}\nabuse: ${user}\n`;
}

async function mustBeFree(path: string): Promise<void> {
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (isThere)
    throw new Error(`${path} is there already, and stays; choose another place with --folder`);
}

async function makeOwnFolder(path: string, owner: RunAs | null): Promise<void> {
  const made = await mkdir(path, { recursive: true, mode: 0o700 });
  if (made !== undefined && owner) await giveTo(path, owner);
}
