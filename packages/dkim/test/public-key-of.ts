/** The public half of a key as the bare structure of PKCS #1, in base64. */
import { createPublicKey, type KeyObject } from 'node:crypto';

export function publicKeyOf(key: KeyObject): string {
  return createPublicKey(key).export({ type: 'pkcs1', format: 'der' }).toString('base64');
}
