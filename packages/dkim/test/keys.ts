/** Keys and a zone for the tests. RSA keys are small so that the tests are quick. */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

import { type Zone, zone } from '@postino/dns';

import { formatKeyRecord, txtStrings } from '../src/index.ts';

const rsa = (bits: number): KeyObject =>
  generateKeyPairSync('rsa', { modulusLength: bits }).privateKey;

export const RSA: KeyObject = rsa(1024);
export const OTHER: KeyObject = rsa(1024);
export const SMALL: KeyObject = rsa(512);
export const ED25519: KeyObject = generateKeyPairSync('ed25519').privateKey;
export const RSA_PEM: string = RSA.export({ type: 'pkcs8', format: 'pem' }).toString();

/** 2020-09-13T12:26:40Z, in ms. */
export const NOW = 1_600_000_000_000;
export const now = (): number => NOW;

/** `p=` of a key. */
export const p = (key: KeyObject): string => /p=(.*)/.exec(formatKeyRecord(key))![1]!;

export const KEYS: Zone = {
  'rsa._domainkey.example.org': { TXT: [txtStrings(formatKeyRecord(RSA))] },
  'ed._domainkey.example.org': { TXT: [formatKeyRecord(ED25519)] },
};

/** A resolver with these records beside the two keys. */
export function keys(more: Zone = {}): ReturnType<typeof zone> {
  return zone({ ...KEYS, ...more });
}

/** RFC 8463 §A.1: the seed of an Ed25519 key in base64. */
export function ed25519FromSeed(seed: string): KeyObject {
  const prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
  const key = Buffer.concat([prefix, Buffer.from(seed, 'base64')]);
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
}
