/**
 * DKIM: signing beside the bare RSA operation, verifying beside mailauth, and large bodies beside the bare hash. The DNS is a
 * Map for all.
 */
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, type KeyObject, sign as signBytes } from 'node:crypto';
import { promisify } from 'node:util';

import { formatKeyRecord, sign, signingKey, verify } from '@postino/dkim';
import { zone } from '@postino/dns';
import { dkimSign } from 'mailauth/lib/dkim/sign.js';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';

import { table } from './contest.ts';

const DOMAIN = 'example.org';
const SELECTOR = 'bench';
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = signingKey(privateKey);
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

const HEADER = [
  'Received: from mail.example.net (mail.example.net [192.0.2.7])',
  '\tby mx.example.org with ESMTPS id 1vNq2K;',
  '\tTue, 24 Nov 2026 10:00:00 +0100',
  'Date: Tue, 24 Nov 2026 09:59:58 +0100',
  'From: Ale <ale@example.org>',
  'To: Bob <bob@example.com>, Carla <carla@example.com>',
  'Message-ID: <20261124095958.4711@example.org>',
  'Subject: minutes of the meeting, and what is to be done until',
  ' the next one',
  'MIME-Version: 1.0',
  'Content-Type: text/plain; charset=utf-8',
  '',
  '',
].join('\r\n');
const TEXT = 'It was the best of times, it was the worst of times, it was the age of\r\n';
const BASE64 = `${'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk'.padEnd(76, '0123456789')}\r\n`;

/** A message of this size whose body repeats a line. */
function message(size: number, line: string): Buffer {
  return Buffer.from(HEADER + line.repeat(Math.ceil((size - HEADER.length) / line.length)));
}

const records = new Map([[`${SELECTOR}._domainkey.${DOMAIN}`, [[formatKeyRecord(key)]]]]);
const resolveTxt = async (name: string): Promise<string[][]> => records.get(name) ?? [];
const resolver = { ...zone({}), resolveTxt };

type Canonicalization = 'relaxed/relaxed' | 'simple/simple';
const signature = (bytes: Buffer, canonicalization: Canonicalization): Promise<string> =>
  sign(bytes, { domain: DOMAIN, selector: SELECTOR, key, canonicalization });
const signed = async (bytes: Buffer, canonicalization: Canonicalization): Promise<Buffer> =>
  Buffer.concat([Buffer.from(await signature(bytes, canonicalization)), bytes]);

const signAway = promisify<string, Buffer, KeyObject, Buffer>(signBytes);
const signer = { signingDomain: DOMAIN, selector: SELECTOR, privateKey: pem };
const byMailauth = (bytes: Buffer, canonicalization: Canonicalization): Promise<unknown> =>
  dkimSign(bytes, { ...signer, signatureData: [signer], canonicalization });

async function verifiedByUs(bytes: Buffer): Promise<void> {
  const [result] = await verify(bytes, { resolver });
  assert.equal(result?.result, 'pass', result?.reason);
}

async function verifiedByMailauth(bytes: Buffer): Promise<void> {
  const { results } = await dkimVerify(bytes, { resolver: resolveTxt });
  assert.equal(results[0]?.status.result, 'pass');
}

function hash(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}

const small = message(4096, TEXT);
/** About what is hashed of a header. */
const headerData = Buffer.alloc(1024, 'x');

for (const how of ['relaxed/relaxed', 'simple/simple'] as const) {
  const smallSigned = await signed(small, how);
  const base64 = await signed(message(1 << 20, BASE64), how);
  const text = await signed(message(1 << 20, TEXT), how);
  console.log(`\n## ${how}\n`);
  await table({
    'sign 4 KB': {
      'RSA alone': () => signAway('sha256', headerData, key),
      postino: () => signature(small, how),
      mailauth: () => byMailauth(small, how),
    },
    'verify 4 KB': {
      postino: () => verifiedByUs(smallSigned),
      mailauth: () => verifiedByMailauth(smallSigned),
    },
    'verify 1 MB of base64': {
      'SHA-256 alone': () => hash(base64),
      postino: () => verifiedByUs(base64),
      mailauth: () => verifiedByMailauth(base64),
    },
    'verify 1 MB of text': {
      'SHA-256 alone': () => hash(text),
      postino: () => verifiedByUs(text),
      mailauth: () => verifiedByMailauth(text),
    },
  });
}
