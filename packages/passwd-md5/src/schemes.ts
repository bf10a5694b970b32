/** How passwords are kept: one row for each scheme. */

import { createHash } from 'node:crypto';
import { cryptScheme } from './crypt-schemes.ts';
import { DIGEST_SCHEMES, md5 } from './digest-schemes.ts';
import { pbkdf2Scheme, scramScheme } from './iterated-schemes.ts';
import { same } from './scheme.ts';
import type { Check, CostLimits, Encoding, HashFault, Scheme, Schemes } from './scheme.ts';

const PREFIX = /^\{([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)\}/;
const NAME = /^[A-Za-z0-9.-]*$/;
const ENCODINGS: Readonly<Record<string, Encoding>> = { HEX: 'HEX', B64: 'B64', BASE64: 'B64' };
/** One round of a digest and no more. */
const FAST: ReadonlySet<string> = new Set([...Object.keys(DIGEST_SCHEMES), 'MD5']);

/** A hash field as it was understood. */
export interface HashField {
  /** In upper case, without its encoding; `MD5` and `CRYPT` where nothing stands before the hash. */
  readonly scheme: string;
  /** Whether it is guessed by the million in a second: a digest of one round. */
  readonly fast: boolean;
  /** Null: it matches nothing, see `fault`. */
  readonly check: Check | null;
  /** For the operator; null where nothing is wrong. */
  readonly fault: string | null;
}

/** Passwords as they are, for who wants it in `schemes`: whoever reads the file has them all. */
export const plain: Scheme = (hash) => {
  return hash === '' ? null : (password) => same(sha256(hash), sha256(password));
};

/** Digests are compared, so that the length does not show. */
function sha256(text: string | Uint8Array): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Reads whole hash fields, `{SCHEME}` and all; `more` adds to the table, or replaces rows of it. */
export function fieldReader(limits: CostLimits, more: Schemes = {}): (field: string) => HashField {
  const table = schemeTable(limits, more);
  return (field) => {
    const [prefix = '', name = ''] = PREFIX.exec(field) ?? [];
    const hash = field.slice(prefix.length);
    const row = findRow(table, name.toUpperCase());
    const scheme = ['', 'MD5'].includes(row.name) ? bareScheme(hash) : row.name;
    const read = row.scheme?.(hash, row.encoding) ?? null;
    const check = typeof read === 'function' ? read : null;
    const fault = check ? null : reason(read, { field, known: row.scheme !== undefined });
    return { scheme, fast: check !== null && FAST.has(scheme), check, fault };
  };
}

function bareScheme(hash: string): string {
  return hash.startsWith('$') ? 'CRYPT' : 'MD5';
}

function reason(
  read: HashFault | Check | null,
  { field, known }: { readonly field: string; readonly known: boolean },
): string {
  if (read && 'fault' in read) return read.fault;
  if (field === '') return 'there is no hash: nobody can log in';
  return known ? 'the hash is malformed' : 'the scheme is not known';
}

function schemeTable(limits: CostLimits, more: Schemes): ReadonlyMap<string, Scheme> {
  const crypt = cryptScheme(limits);
  const md5OrCrypt: Scheme = (hash) => (hash.startsWith('$') ? crypt : md5)(hash);
  const rows = {
    ...DIGEST_SCHEMES,
    '': md5OrCrypt,
    // Dovecot has both under this name.
    MD5: md5OrCrypt,
    ...Object.fromEntries(CRYPT_NAMES.map((name) => [name, crypt])),
    PBKDF2: pbkdf2Scheme(limits),
    'SCRAM-SHA-256': scramScheme(limits),
  };
  const table = new Map<string, Scheme>();
  for (const [name, scheme] of [...Object.entries(rows), ...Object.entries(more)]) {
    if (!NAME.test(name)) throw new TypeError(`${name} cannot be the name of a scheme`);
    table.set(name.toUpperCase(), scheme);
  }
  return table;
}

const CRYPT_NAMES = [
  'CRYPT',
  'MD5-CRYPT',
  'SHA256-CRYPT',
  'SHA512-CRYPT',
  'BLF-CRYPT',
  'ARGON2I',
  'ARGON2ID',
];

interface Row {
  readonly name: string;
  readonly scheme: Scheme | undefined;
  readonly encoding?: Encoding;
}

/** The whole name, else the name without what follows its last point, where that is an encoding. */
function findRow(table: ReadonlyMap<string, Scheme>, name: string): Row {
  const whole = table.get(name);
  const [, base = '', suffix = ''] = /^(.+)\.([^.]+)$/.exec(name) ?? [];
  const encoding = ENCODINGS[suffix];
  if (whole || !encoding) return { name, scheme: whole };
  return { name: base, scheme: table.get(base), encoding };
}
