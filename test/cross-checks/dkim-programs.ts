/**
 * Other programs that sign and verify. For our scripts a message is
 * base64, a verdict is `pass` or why not, by selector; a signature is the field as it goes above the message.
 */
import type { KeyObject } from 'node:crypto';

import { dkimSign } from 'mailauth/lib/dkim/sign.js';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';

import { isThere, run, type Script } from './script.ts';

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

/** A program, and what it can do. */
export interface Program {
  readonly name: string;
  readonly there: boolean;
  readonly algorithms: readonly How['algorithm'][];
  readonly answer: (batch: Batch) => Promise<Answers>;
}

const PYTHON = '/usr/bin/python3';
const BOTH = ['rsa-sha256', 'ed25519-sha256'] as const;

function scripted(name: string, algorithms: Program['algorithms'], script: Script): Program {
  const answer = (batch: Batch): Promise<Answers> => run(script, written(batch));
  return { name, there: isThere(script), algorithms, answer };
}

export const PROGRAMS: readonly Program[] = [
  scripted('python3-dkim', BOTH, {
    interpreter: PYTHON,
    file: 'python3_dkim.py',
    probe: ['-c', 'import dkim, nacl'],
  }),
  // Debian's release knows no Ed25519.
  scripted('Mail::DKIM', ['rsa-sha256'], {
    interpreter: 'perl',
    file: 'mail_dkim.pl',
    probe: ['-MMail::DKIM', '-e', '1'],
  }),
  scripted('OpenDKIM', BOTH, {
    interpreter: PYTHON,
    file: 'opendkim.py',
    probe: ['-c', 'import ctypes; ctypes.CDLL("libopendkim.so.11")'],
  }),
  { name: 'mailauth', there: true, algorithms: BOTH, answer: mailauth },
];

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
