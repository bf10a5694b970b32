/**
 * The public key of a record, fit for a signature or refused. RFC 6376 §6.1.2, RFC 8301 §3.2, RFC 8463 §4.2.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';

import type { KeyRecord } from './key-record.ts';
import { MAX_RSA_BITS, MAX_RSA_EXPONENT, MIN_RSA_BITS } from './limits.ts';
import { permerror, policy, type Refusal } from './result.ts';
import type { SignatureValue } from './signature.ts';

/** Octets of an Ed25519 key. RFC 8463 §4.2. */
const ED25519_SIZE = 32;

/** The key, where the record may be used for this signature: the steps of RFC 6376 §6.1.2 in their order. */
export function publicKeyFor(
  signature: SignatureValue,
  record: KeyRecord,
  minBits: number = MIN_RSA_BITS,
): KeyObject | Refusal {
  const { keyType, hash, domain, identityDomain } = signature;
  const { hashes, services, flags, publicKey } = record;
  if (hashes && !hashes.includes(hash)) return permerror(`the key is not for ${hash}`);
  if (!services.includes('*') && !services.includes('email')) {
    return permerror('the key is not for mail');
  }
  if (flags.includes('s') && identityDomain.toLowerCase() !== domain.toLowerCase()) {
    return permerror('the key is not for subdomains');
  }
  if (!publicKey) return permerror('the key was revoked');
  if (record.keyType !== keyType) return permerror(`the key is not of type ${keyType}`);
  const read = readKey(record, publicKey);
  if (!read) return permerror('the key cannot be read');
  return (keyType === 'rsa' && refuseRsa(read, minBits)) || read.key;
}

/** A key that was read, with its size where it is RSA. */
interface PublicKey {
  readonly key: KeyObject;
  readonly bits: number;
  readonly exponent: bigint;
}

/** RFC 8301 §3.2: not too small, and for our own sake not so large that it takes long. */
function refuseRsa({ bits, exponent }: PublicKey, minBits: number): Refusal | null {
  if (bits < minBits) return permerror(`the key has only ${bits} bits`);
  if (bits > MAX_RSA_BITS) return policy(`the key has ${bits} bits`);
  return exponent > MAX_RSA_EXPONENT ? policy('the exponent of the key is too large') : null;
}

/** Keys by their records: to read one takes about as long as to verify with it. */
const known = new WeakMap<KeyRecord, PublicKey>();

function readKey(record: KeyRecord, octets: Buffer): PublicKey | null {
  const found = known.get(record);
  if (found) return found;
  const key = record.keyType === 'rsa' ? readRsa(octets) : readEd25519(octets);
  if (!key) return null;
  const { modulusLength: bits = 0, publicExponent: exponent = 0n } = key.asymmetricKeyDetails ?? {};
  const read = { key, bits, exponent };
  known.set(record, read);
  return read;
}

/** RFC 8463 §4.2: the bare octets. */
function readEd25519(octets: Buffer): KeyObject | null {
  if (octets.length !== ED25519_SIZE) return null;
  const x = octets.toString('base64url');
  return createKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}

/** RFC 6376 §3.6.1 says RSAPublicKey, and its own examples, as all the world, have SubjectPublicKeyInfo. */
function readRsa(octets: Buffer): KeyObject | null {
  const key =
    createKey({ key: octets, format: 'der', type: 'spki' }) ??
    createKey({ key: octets, format: 'der', type: 'pkcs1' });
  return key?.asymmetricKeyType === 'rsa' ? key : null;
}

function createKey(input: Parameters<typeof createPublicKey>[0]): KeyObject | null {
  try {
    return createPublicKey(input);
  } catch {
    return null;
  }
}
