/**
 * Other programs that sign and verify. Each runs once for a whole batch: JSON on its input, JSON on its output. A message is
 * base64, a verdict is `pass` or why not, by selector; a signature is the field as it goes above the message.
 */
import { execFile, spawnSync } from 'node:child_process';
import type { KeyObject } from 'node:crypto';
import { join } from 'node:path';

import { dkimSign } from 'mailauth/lib/dkim/sign.js';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';

/** How a message is to be signed. */
export interface How {
  readonly selector: string;
  readonly domain: string;
  readonly algorithm: 'rsa-sha256' | 'ed25519-sha256';
  readonly header: 'simple' | 'relaxed';
  readonly body: 'simple' | 'relaxed';
  readonly key: KeyObject;
}

export interface Batch {
  /** Key records by name. */
  readonly keys: Readonly<Record<string, string>>;
  readonly verify: readonly Buffer[];
  readonly sign: readonly Buffer[];
  readonly how: readonly How[];
}

export interface Answers {
  /** For each message, by selector. */
  readonly verdicts: readonly Readonly<Record<string, string>>[];
  /** For each message, one for each `how`. */
  readonly signatures: readonly (readonly string[])[];
}

/** A program, the command that shows whether it is there, and what it can do. */
export interface Program {
  readonly name: string;
  readonly probe: readonly [string, ...string[]];
  readonly algorithms: readonly How['algorithm'][];
  readonly run: (batch: Batch) => Promise<Answers>;
}

const BOTH = ['rsa-sha256', 'ed25519-sha256'] as const;

export const PROGRAMS: readonly Program[] = [
  {
    name: 'python3-dkim',
    probe: ['/usr/bin/python3', '-c', 'import dkim, nacl'],
    algorithms: BOTH,
    run: (batch) => script('/usr/bin/python3', 'python3_dkim.py', written(batch)),
  },
  {
    name: 'Mail::DKIM',
    probe: ['perl', '-MMail::DKIM', '-e', '1'],
    // Debian's release knows no Ed25519.
    algorithms: ['rsa-sha256'],
    run: (batch) => script('perl', 'mail_dkim.pl', written(batch)),
  },
  {
    name: 'OpenDKIM',
    probe: ['/usr/bin/python3', '-c', 'import ctypes; ctypes.CDLL("libopendkim.so.11")'],
    algorithms: BOTH,
    run: (batch) => script('/usr/bin/python3', 'opendkim.py', written(batch)),
  },
  { name: 'mailauth', probe: ['true'], algorithms: BOTH, run: mailauth },
];

/** Whether a program is there. */
export function isThere({ probe: [command, ...parameters] }: Pick<Program, 'probe'>): boolean {
  return spawnSync(command, parameters, { stdio: 'ignore' }).status === 0;
}

/** Runs one of our scripts, with JSON in and JSON out. */
export function script<T>(interpreter: string, name: string, input: unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    const file = join(import.meta.dirname, 'programs', name);
    const options = { timeout: 120_000, maxBuffer: 64 << 20 };
    const child = execFile(interpreter, [file], options, (error, out, complaints) => {
      if (error) reject(new Error(`${name}: ${complaints}`, { cause: error }));
      else resolve(JSON.parse(out) as T);
    });
    child.stdin!.end(JSON.stringify(input));
  });
}

function base64(message: Buffer): string {
  return message.toString('base64');
}

/** What the scripts take: messages in base64, keys as text. */
function written({ keys, verify, sign, how }: Batch): object {
  return {
    keys,
    verify: verify.map(base64),
    sign: sign.map(base64),
    how: how.map(({ key, ...one }) => ({ ...one, ...exported(key) })),
  };
}

function exported(key: KeyObject): { pem: string; seed?: string } {
  if (key.asymmetricKeyType === 'rsa') {
    return { pem: key.export({ type: 'pkcs1', format: 'pem' }).toString() };
  }
  const pem = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  const seed = Buffer.from(key.export({ format: 'jwk' }).d!, 'base64url').toString('base64');
  return { pem, seed };
}

async function mailauth({ keys, verify, sign, how }: Batch): Promise<Answers> {
  const resolver = async (name: string): Promise<string[][]> => {
    const record = keys[name];
    if (record === undefined) throw Object.assign(new Error(name), { code: 'ENOTFOUND' });
    return [[record]];
  };
  const verdicts: Record<string, string>[] = [];
  for (const message of verify) {
    const { results } = await dkimVerify(message, { resolver });
    verdicts.push(
      Object.fromEntries(
        results.map(({ selector, status }) => [
          selector,
          status.result === 'pass' ? 'pass' : `${status.result}: ${status.comment}`,
        ]),
      ),
    );
  }
  const signatures: string[][] = [];
  for (const message of sign) {
    signatures.push(await Promise.all(how.map((one) => signedByMailauth(message, one))));
  }
  return { verdicts, signatures };
}

async function signedByMailauth(message: Buffer, how: How): Promise<string> {
  const signer = {
    signingDomain: how.domain,
    selector: how.selector,
    privateKey: exported(how.key).pem,
  };
  const { signatures, errors } = await dkimSign(message, {
    // Its types want the signer here, its code below.
    ...signer,
    signatureData: [signer],
    canonicalization: `${how.header}/${how.body}`,
    algorithm: how.algorithm,
  });
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  return signatures;
}
