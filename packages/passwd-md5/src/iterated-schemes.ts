/** PBKDF2 and SCRAM: many rounds of an HMAC, in Node's thread pool. */

import { createHash, createHmac, pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import { octetsOf, same, tooDear } from './scheme.ts';
import type { CostLimits, HashFault, Scheme } from './scheme.ts';
import { oneOfFew } from './turnstile.ts';

const pbkdf2Async = promisify(pbkdf2);

/** What a server of SCRAM-SHA-256 keeps of a password. RFC 5802 §3, RFC 7677. */
export interface ScramCredentials {
  readonly iterations: number;
  readonly salt: Uint8Array;
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
}

const PBKDF2 = /^\$1\$([^$:]+)\$([1-9]\d{0,8})\$([0-9a-f]{40})$/i;
const SCRAM = /^([1-9]\d{0,8}),([^,]+),([^,]{44}),([^,]{44})$/;

/** `$1$salt$rounds$digest`, as Dovecot writes it: SHA-1, the salt as it stands, the digest in hexadecimal. */
export function pbkdf2Scheme(limits: CostLimits): Scheme {
  return (hash) => {
    const [, salt, given, hex] = PBKDF2.exec(hash) ?? [];
    if (salt === undefined || hex === undefined) return null;
    const rounds = Number(given);
    if (rounds > limits.rounds) return tooDear(`${rounds} rounds`, limits.rounds);
    const expected = Buffer.from(hex, 'hex');
    return async (password) =>
      same(expected, await oneOfFew(() => pbkdf2Async(password, salt, rounds, 20, 'sha1')));
  };
}

/** `iterations,salt,StoredKey,ServerKey`, all but the first in base64. */
export function scramScheme(limits: CostLimits): Scheme {
  return (hash) => {
    const credentials = readScram(hash, limits);
    if (!credentials || 'fault' in credentials) return credentials;
    return async (password) => {
      const { storedKey, serverKey } = await scramCredentials(password, credentials);
      const isStored = same(storedKey, credentials.storedKey);
      return same(serverKey, credentials.serverKey) && isStored;
    };
  };
}

/** What stands behind `{SCRAM-SHA-256}`. */
export function readScram(hash: string, limits: CostLimits): ScramCredentials | HashFault | null {
  const [, given, ...fields] = SCRAM.exec(hash) ?? [];
  const [salt, storedKey, serverKey] = fields.map(octetsOf);
  if (!salt || storedKey?.length !== 32 || serverKey?.length !== 32) return null;
  const iterations = Number(given);
  if (iterations > limits.rounds) return tooDear(`${iterations} iterations`, limits.rounds);
  return { iterations, salt, storedKey, serverKey };
}

/** The keys of a password. RFC 5802 §3. */
// Not done: SASLprep (RFC 4013). A password is its octets, as Dovecot has it.
export async function scramCredentials(
  password: Uint8Array,
  { salt, iterations }: Pick<ScramCredentials, 'salt' | 'iterations'>,
): Promise<ScramCredentials> {
  const salted = await oneOfFew(() => pbkdf2Async(password, salt, iterations, 32, 'sha256'));
  const hmac = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
  const storedKey = createHash('sha256').update(hmac('Client Key')).digest();
  return { iterations, salt, storedKey, serverKey: hmac('Server Key') };
}
