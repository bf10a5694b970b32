/**
 * The private key of a signer. No message of an error ever holds a key.
 */
import { createPrivateKey, KeyObject } from 'node:crypto';

import { MIN_RSA_BITS } from './limits.ts';

/**
 * A private key out of a PEM, fit for signing, or a `TypeError` that says what is wrong with it: not a key, a public one,
 * of another type than RSA and Ed25519, or RSA of fewer than 1024 bits (RFC 8301 §3.2). A key object is checked likewise.
 */
export function signingKey(key: string | KeyObject): KeyObject {
  const object = key instanceof KeyObject ? key : readPem(key);
  if (object.type !== 'private') throw new TypeError('the DKIM key is not a private key');
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = object;
  if (type !== 'rsa' && type !== 'ed25519') {
    throw new TypeError(`the DKIM key must be RSA or Ed25519, not ${type}`);
  }
  const bits = details?.modulusLength ?? 0;
  if (type === 'rsa' && bits < MIN_RSA_BITS) {
    throw new TypeError(`the DKIM key has ${bits} bits; RSA needs at least ${MIN_RSA_BITS}`);
  }
  return object;
}

function readPem(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    // What the library says is left out: nothing that was read from a key may reach a log.
    throw new TypeError('the DKIM key is not a private key in PEM without a passphrase');
  }
}
