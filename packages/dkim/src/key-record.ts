/**
 * A key record, read, written, and cut into the strings of a TXT record. RFC 6376 §3.6.1, RFC 8463 §4.2.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';

import { decodeBase64 } from './base64.ts';
import { MAX_TXT_STRING } from './limits.ts';
import { permerror, type Refusal } from './result.ts';
import { parseTags, splitColons } from './tags.ts';

/** A key record whose every tag is well formed. */
export interface KeyRecord {
  /** `k=`. */
  readonly keyType: string;
  /** `h=`, or null for any hash. */
  readonly hashes: readonly string[] | null;
  /** `s=`. */
  readonly services: readonly string[];
  /** `t=`. */
  readonly flags: readonly string[];
  /** `p=`; null where the key is revoked. */
  readonly publicKey: Buffer | null;
}

/** Reads a record whose strings were joined. RFC 6376 §3.6.1, §6.1.2 step 5. */
export function parseKeyRecord(text: string): KeyRecord | Refusal {
  const tags = parseTags(text);
  if (!tags) return permerror('the key record is not a list of tags');
  const value = (name: string): string | undefined => tags.get(name)?.value;
  const version = value('v');
  if (version !== undefined && (version !== 'DKIM1' || tags.keys().next().value !== 'v')) {
    return permerror('the key record is not of version DKIM1');
  }
  const p = value('p');
  if (p === undefined) return permerror('the key record has no p=');
  const publicKey = decodeBase64(p);
  if (!publicKey && p !== '') return permerror('the p= of the key record is not base64');
  const hashes = value('h');
  return {
    keyType: value('k') ?? 'rsa',
    hashes: hashes === undefined ? null : splitColons(hashes),
    services: splitColons(value('s') ?? '*'),
    flags: splitColons(value('t') ?? ''),
    publicKey,
  };
}

/** The record that publishes the public half of a key. */
export function formatKeyRecord(key: KeyObject): string {
  // A public key out of a private one; Node takes a private key for this, and a public one as it is.
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  if (publicKey.asymmetricKeyType === 'ed25519') {
    // RFC 8463 §4.2: the bare 32 octets, which stand at the end of the structure.
    const octets = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
    return `v=DKIM1; k=ed25519; p=${octets.toString('base64')}`;
  }
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return `v=DKIM1; k=rsa; p=${spki.toString('base64')}`;
}

/** A record cut into the strings of a TXT record, none of more than 255 octets. RFC 6376 §3.6.2.2. */
export function txtStrings(record: string): string[] {
  return record.match(new RegExp(`.{1,${MAX_TXT_STRING}}`, 'gs')) ?? [];
}
