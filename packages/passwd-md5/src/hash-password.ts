/** New hashes, as they stand in the file. */

import { createHash, pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { argon2Tag } from './argon2.ts';
import { computeCrypt } from './crypt-workers.ts';
import { saltOf } from './crypt64.ts';
import { scramCredentials } from './iterated-schemes.ts';

/**
 * What a new password can be kept as. `CRYPT` is bcrypt behind the one prefix that Exim's `crypteq` reads too; for
 * `ARGON2ID` Node 24.7 is needed; `SCRAM-SHA-256` lets clients log in without showing the password; `PLAIN-MD5` is for
 * programs that know nothing else.
 */
export type NewScheme =
  | 'CRYPT'
  | 'BLF-CRYPT'
  | 'SHA256-CRYPT'
  | 'SHA512-CRYPT'
  | 'ARGON2ID'
  | 'PBKDF2'
  | 'SCRAM-SHA-256'
  | 'PLAIN-MD5';

/** Default of `hashPassword`. */
export const DEFAULT_SCHEME: NewScheme = 'CRYPT';

/** About a tenth of a second each. Our choice, but for Argon2, which is as Dovecot has it, and RFC 7677 §4. */
const BCRYPT_COST = 10;
const SHA_ROUNDS = 20_000;
const PBKDF2_ROUNDS = 100_000;
const SCRAM_ITERATIONS = 15_000;
const ARGON2 = { algorithm: 'argon2id', memory: 65_536, passes: 3, lanes: 1 } as const;
const ARGON2_TAG = 32;

const pbkdf2Async = promisify(pbkdf2);

const MAKERS: Readonly<Record<NewScheme, (password: Uint8Array) => Promise<string>>> = {
  CRYPT: bcrypt,
  'BLF-CRYPT': bcrypt,
  'SHA256-CRYPT': (password) => sha('$5$', password),
  'SHA512-CRYPT': (password) => sha('$6$', password),
  ARGON2ID: argon2id,
  PBKDF2: pbkdf2Sha1,
  'SCRAM-SHA-256': scram,
  'PLAIN-MD5': async (password) => createHash('md5').update(password).digest('hex'),
};

/** The names of `NewScheme`. */
export const NEW_SCHEMES: readonly string[] = Object.keys(MAKERS);

/**
 * A hash field with its `{SCHEME}`. Throws a `TypeError` for a password that could not log in: an empty one, one that
 * holds NUL or, for bcrypt, one that is longer than the 72 octets that it looks at.
 */
export async function hashPassword(
  password: string | Uint8Array,
  scheme: NewScheme = DEFAULT_SCHEME,
): Promise<string> {
  const octets = Buffer.from(password);
  if (octets.length === 0 || octets.includes(0))
    throw new TypeError('a password is not empty and holds no NUL');
  return `{${scheme}}${await MAKERS[scheme](octets)}`;
}

/** Whether this is a `NewScheme`. */
export function isNewScheme(name: string): name is NewScheme {
  return Object.hasOwn(MAKERS, name);
}

async function bcrypt(password: Uint8Array): Promise<string> {
  if (password.length > 72) throw new TypeError('bcrypt looks at 72 octets of a password only');
  const setting = `$2y$${BCRYPT_COST}$${bcryptSalt()}`;
  return setting + (await computeCrypt({ type: 'bcrypt', password, setting }));
}

/** Sixteen octets are 22 digits, of the last of which only two bits count. */
function bcryptSalt(): string {
  return saltOf(randomBytes(21)) + '.Oeu'.charAt(randomBytes(1)[0]! & 3);
}

async function sha(kind: '$5$' | '$6$', password: Uint8Array): Promise<string> {
  const salt = saltOf(randomBytes(16));
  const algorithm = kind === '$5$' ? 'sha256' : 'sha512';
  const setting = { algorithm, salt, rounds: SHA_ROUNDS } as const;
  return `${kind}rounds=${SHA_ROUNDS}$${salt}$${await computeCrypt({ type: 'sha', password, setting })}`;
}

async function argon2id(password: Uint8Array): Promise<string> {
  const salt = randomBytes(16);
  const tag = await argon2Tag(password, { ...ARGON2, salt }, ARGON2_TAG);
  const { memory, passes, lanes } = ARGON2;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${lanes}$${unpadded(salt)}$${unpadded(tag)}`;
}

async function pbkdf2Sha1(password: Uint8Array): Promise<string> {
  const salt = saltOf(randomBytes(16));
  const digest = await pbkdf2Async(password, salt, PBKDF2_ROUNDS, 20, 'sha1');
  return `$1$${salt}$${PBKDF2_ROUNDS}$${digest.toString('hex')}`;
}

async function scram(password: Uint8Array): Promise<string> {
  const setting = { salt: randomBytes(16), iterations: SCRAM_ITERATIONS };
  const { salt, storedKey, serverKey } = await scramCredentials(password, setting);
  const fields = [salt, storedKey, serverKey].map((octets) =>
    Buffer.from(octets).toString('base64'),
  );
  return [SCRAM_ITERATIONS, ...fields].join(',');
}

function unpadded(octets: Uint8Array): string {
  return Buffer.from(octets).toString('base64').replace(/=+$/, '');
}
