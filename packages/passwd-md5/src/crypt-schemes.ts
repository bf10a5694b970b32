/** The hashes of crypt(3): each names its kind between its first two dollar signs. */

import { isUtf8 } from 'node:buffer';
import { argon2 } from './argon2.ts';
import type { CryptJob } from './crypt-job.ts';
import { computeCrypt } from './crypt-workers.ts';
import { same, tooDear } from './scheme.ts';
import type { Check, CostLimits, HashFault, Scheme } from './scheme.ts';

const MD5 = /^\$1\$([^$:\n]{0,8})\$([./0-9A-Za-z]{22})$/;
const SHA = /^\$([56])\$(?:rounds=([1-9]\d{0,8})\$)?([^$:\n]{0,16})\$([./0-9A-Za-z]+)$/;
const BCRYPT = /^(\$2[aby]\$(\d\d)\$[./0-9A-Za-z]{22})([./0-9A-Za-z]{31})$/;

const SHA_KINDS = {
  5: { algorithm: 'sha256', digits: 43 },
  6: { algorithm: 'sha512', digits: 86 },
} as const;
/** Where a hash does not say it. */
const DEFAULT_ROUNDS = 5000;
/** crypt(3) never writes fewer. */
const MIN_ROUNDS = 1000;
const MIN_BCRYPT_COST = 4;

type Reading = Check | HashFault | null;

/** One row for all of them; Dovecot, too, takes any of them behind the name of any other. */
export function cryptScheme(limits: CostLimits): Scheme {
  return (hash) => {
    const [, kind = ''] = /^\$([^$]*)\$/.exec(hash) ?? [];
    if (kind === '1') return md5(hash);
    if (kind === '5' || kind === '6') return sha(hash, limits);
    if (/^2[aby]$/.test(kind)) return bcrypt(hash, limits);
    return /^argon2i?d?$/.test(kind) ? argon2(hash, limits) : unknownKind(kind);
  };
}

function md5(hash: string): Reading {
  const [, setting, digest] = MD5.exec(hash) ?? [];
  return setting === undefined || digest === undefined
    ? null
    : computed(digest, (password) => ({ type: 'md5', password, setting }));
}

function sha(hash: string, limits: CostLimits): Reading {
  const [, kind, given, salt, digest] = SHA.exec(hash) ?? [];
  if (salt === undefined || digest === undefined) return null;
  const { algorithm, digits } = SHA_KINDS[kind === '5' ? 5 : 6];
  const rounds = given === undefined ? DEFAULT_ROUNDS : Number(given);
  if (rounds > limits.rounds) return tooDear(`${rounds} rounds`, limits.rounds);
  if (digest.length !== digits || rounds < MIN_ROUNDS) return null;
  const setting = { algorithm, salt, rounds };
  return computed(digest, (password) => ({ type: 'sha', password, setting }));
}

function bcrypt(hash: string, limits: CostLimits): Reading {
  const [, setting, exponent, digest] = BCRYPT.exec(hash) ?? [];
  if (setting === undefined || digest === undefined) return null;
  const cost = Number(exponent);
  if (cost > limits.bcryptCost) return tooDear(`a cost of ${cost}`, limits.bcryptCost);
  if (cost < MIN_BCRYPT_COST) return null;
  const check = computed(digest, (password) => ({ type: 'bcrypt', password, setting }));
  // The library takes text alone: other octets would become replacement characters, and so match one another.
  return async (password) => (await check(password)) && isUtf8(password);
}

function computed(digest: string, job: (password: Uint8Array) => CryptJob): Check {
  const expected = Buffer.from(digest);
  return async (password) => same(expected, Buffer.from(await computeCrypt(job(password))));
}

function unknownKind(kind: string): HashFault | null {
  return kind === '' ? null : { fault: `hashes of the kind $${kind}$ are not supported` };
}
