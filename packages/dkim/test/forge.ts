/** Signatures that no signer of ours would write: any tags, over any message, by any key. */
import { createHash, type KeyObject, sign } from 'node:crypto';

import { splitMessage } from '@postino/message';

import { Body } from '../src/body-hash.ts';
import { isCanonicalization } from '../src/canonicalization.ts';
import { canonicalHeader, FieldIndex } from '../src/canonical-header.ts';
import { octets } from './chunks.ts';
import { RSA } from './keys.ts';

/** Tags to set, or with `null` to leave out. */
export type Tagging = Record<string, string | null>;

export interface Forging {
  readonly tags?: Tagging;
  readonly key?: KeyObject;
  readonly hash?: string;
}

/** The message with a signature above it that is right in all but what the tags make wrong. */
export function forge(
  message: Buffer,
  { tags = {}, key = RSA, hash = 'sha256' }: Forging = {},
): Buffer {
  const { header, body } = splitMessage(message);
  const all: Tagging = {
    v: '1',
    a: `rsa-${hash}`,
    c: 'relaxed/relaxed',
    d: 'example.org',
    s: 'rsa',
  };
  Object.assign(all, { h: 'From:Subject', bh: null }, tags);
  const [how, bodyHow = 'simple'] = (all['c'] ?? 'simple').split('/');
  if (!isCanonicalization(how) || !isCanonicalization(bodyHow)) throw new TypeError('c=');

  const hashes = new Body();
  const length = all['l'] == null ? null : Number(all['l']);
  const bodyHash = hashes.want({ canonicalization: bodyHow, hash, length });
  hashes.write(body);
  hashes.end();
  all['bh'] = tags['bh'] === undefined ? bodyHash.digest().toString('base64') : tags['bh'];

  const list = Object.entries(all).filter(([name, value]) => name !== 'b' && value !== null);
  const text = `DKIM-Signature: ${list.map(([name, value]) => `${name}=${value}`).join('; ')}`;
  const names = (all['h'] ?? '').toLowerCase().split(/[ \t\r\n]*:[ \t\r\n]*/);
  const own = octets(`${text}; b=`);
  const data = canonicalHeader(new FieldIndex(header).select(names), own, how);
  const value =
    key.asymmetricKeyType === 'rsa'
      ? sign(hash, data, key)
      : sign(null, createHash(hash).update(data).digest(), key);
  const b =
    tags['b'] === undefined
      ? `; b=${value.toString('base64')}`
      : (tags['b'] ?? '') && `; b=${tags['b']}`;
  return Buffer.concat([octets(`${text}${b}\r\n`), message]);
}
