/**
 * A new pair of keys: the private one for the signer, the public one as the record for the DNS.
 */
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';

import { formatKeyRecord } from './key-record.ts';
import { DEFAULT_RSA_BITS, MAX_RSA_BITS, MIN_RSA_BITS } from './limits.ts';
import type { KeyType } from './signature.ts';

export interface GenerateKeyOptions {
  readonly algorithm: KeyType;
  /** Bits of an RSA key, 1024 to 8192; 2048 unless given. RFC 8301 §3.2. */
  readonly bits?: number;
}

export interface GeneratedKey {
  /** PKCS #8 in PEM. */
  readonly privateKey: string;
  /** `v=DKIM1; k=...; p=...`, for `SELECTOR._domainkey.DOMAIN`; `txtStrings()` cuts it. */
  readonly record: string;
}

const generate = promisify(generateKeyPair);

/** Makes a key. Bits that are too few, too many, or given for Ed25519 are a `TypeError`. */
export function generateKey(options: GenerateKeyOptions): Promise<GeneratedKey> {
  const { algorithm, bits } = options;
  if (algorithm !== 'rsa' && algorithm !== 'ed25519') {
    throw new TypeError(`a DKIM key is rsa or ed25519, not ${JSON.stringify(algorithm)}`);
  }
  if (algorithm === 'ed25519' && bits !== undefined) {
    throw new TypeError('an ed25519 key has no choice of bits');
  }
  const length = bits ?? DEFAULT_RSA_BITS;
  if (!Number.isSafeInteger(length) || length < MIN_RSA_BITS || length > MAX_RSA_BITS) {
    throw new TypeError(`an RSA key has ${MIN_RSA_BITS} to ${MAX_RSA_BITS} bits, not ${bits}`);
  }
  return make(algorithm, length);
}

async function make(algorithm: KeyType, modulusLength: number): Promise<GeneratedKey> {
  const { privateKey, publicKey } =
    algorithm === 'rsa' ? await generate('rsa', { modulusLength }) : await generate('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { privateKey: pem, record: formatKeyRecord(publicKey) };
}
