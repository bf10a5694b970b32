/**
 * The public key of a record, fit for a signature or refused. RFC 6376 §6.1.2, RFC 8301 §3.2, RFC 8463 §4.2.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';

import type { KeyRecord } from './key-record.ts';
import { MAX_RSA_BITS, MIN_RSA_BITS } from './limits.ts';
import { permerror, policy, type Refusal } from './result.ts';
import type { DkimSignature, KeyType } from './signature.ts';

/** Octets of an Ed25519 key. RFC 8463 §4.2. */
const ED25519_SIZE = 32;

/** The key, where the record may be used for this signature: the steps of RFC 6376 §6.1.2 in their order. */
export function publicKeyFor(
  signature: DkimSignature,
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
  const key = readKey(keyType, publicKey);
  if (!key) return permerror('the key cannot be read');
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (bits !== undefined && bits < minBits) return permerror(`the key has only ${bits} bits`);
  if (bits !== undefined && bits > MAX_RSA_BITS) return policy(`the key has ${bits} bits`);
  return key;
}

function readKey(keyType: KeyType, octets: Uint8Array): KeyObject | null {
  if (keyType === 'ed25519') {
    if (octets.length !== ED25519_SIZE) return null;
    const x = Buffer.from(octets).toString('base64url');
    return createKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  }
  // RFC 6376 §3.6.1 says RSAPublicKey, and its own examples, as all the world, have SubjectPublicKeyInfo.
  const der = Buffer.from(octets);
  const key =
    createKey({ key: der, format: 'der', type: 'spki' }) ??
    createKey({ key: der, format: 'der', type: 'pkcs1' });
  return key?.asymmetricKeyType === 'rsa' ? key : null;
}

function createKey(input: Parameters<typeof createPublicKey>[0]): KeyObject | null {
  try {
    return createPublicKey(input);
  } catch {
    return null;
  }
}
