/** Other programs that validate and seal chains. */
import type { KeyObject } from 'node:crypto';

import { sealMessage } from 'mailauth/lib/arc/index.js';
import { authenticate } from 'mailauth';

import { isThere, run, type Script } from './script.ts';

/** How messages are sealed: the results are those of this server, which are in the message, and `arc=` is among them. */
export interface SealHow {
  readonly domain: string;
  readonly selector: string;
  readonly authservId: string;
  readonly key: KeyObject;
}

export interface ArcBatch {
  /** Key records by name. */
  readonly keys: Readonly<Record<string, string>>;
  readonly verify: readonly Buffer[];
  readonly seal: readonly Buffer[];
  readonly how: SealHow;
}

export interface ArcAnswers {
  /** For each message: `pass`, or why not. */
  readonly verdicts: readonly string[];
  /** For each message: the fields to go above it. */
  readonly sets: readonly string[];
}

export interface ArcProgram {
  readonly name: string;
  readonly there: boolean;
  readonly answer: (batch: ArcBatch) => Promise<ArcAnswers>;
}

const PYTHON: Script = {
  interpreter: '/usr/bin/python3',
  file: 'python3_arc.py',
  probe: ['-c', 'import dkim, authres'],
};

export const ARC_PROGRAMS: readonly ArcProgram[] = [
  { name: 'python3-dkim', there: isThere(PYTHON), answer: python },
  { name: 'mailauth', there: true, answer: mailauth },
];

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs1', format: 'pem' }).toString();
}

function python({ keys, verify, seal, how: { key, ...how } }: ArcBatch): Promise<ArcAnswers> {
  return run(PYTHON, {
    keys,
    verify: verify.map((message) => message.toString('base64')),
    seal: seal.map((message) => message.toString('base64')),
    how: { ...how, pem: pemOf(key) },
  });
}

async function mailauth({ keys, verify, seal, how }: ArcBatch): Promise<ArcAnswers> {
  const resolver = async (name: string): Promise<string[][]> => {
    const record = keys[name];
    if (record === undefined) throw Object.assign(new Error(name), { code: 'ENOTFOUND' });
    return [[record]];
  };
  const verdicts: string[] = [];
  for (const message of verify) {
    const { arc } = await authenticate(message, {
      resolver,
      strict: true,
      disableDmarc: true,
      disableBimi: true,
    });
    const { result, comment } = arc ? arc.status : { result: 'none', comment: '' };
    verdicts.push(result === 'pass' ? 'pass' : `${result}: ${comment}`);
  }
  const sets: string[] = [];
  for (const message of seal) sets.push(await sealedByMailauth(message, how));
  return { verdicts, sets };
}

async function sealedByMailauth(message: Buffer, how: SealHow): Promise<string> {
  const [, results = ''] = /^Authentication-Results: (.*)\r\n/.exec(message.toString()) ?? [];
  const [, cv = ''] = /\barc=(\w+)/.exec(results) ?? [];
  const fields = await sealMessage(message, {
    signingDomain: how.domain,
    selector: how.selector,
    privateKey: pemOf(how.key),
    authResults: results,
    cv,
  });
  return fields.toString();
}
