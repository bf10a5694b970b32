/** Case 77 of the hostile inputs, piece by piece. */
import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import test from 'node:test';

import { decodeBase64 } from '../src/base64.ts';
import { isDomain, isSelector } from '../src/domain.ts';
import {
  type DkimResult,
  type DkimVerifierOptions,
  parseKeyRecord,
  sign,
  verify,
} from '../src/index.ts';
import { MAX_SIGNATURES } from '../src/limits.ts';
import { decodeQuotedPrintable } from '../src/quoted-printable.ts';
import { parseTags } from '../src/tags.ts';
import { octets } from './chunks.ts';
import { forge, type Forging } from './forge.ts';
import { keys, now, p, RSA, SMALL } from './keys.ts';
import { BODY, HEADER, MESSAGE } from './message.ts';

const join = (...parts: (string | Uint8Array)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? octets(part) : part)));

async function results(
  message: Buffer,
  options: Partial<DkimVerifierOptions> = {},
): Promise<DkimResult[]> {
  return verify(message, { resolver: keys(), now, ...options });
}

/** Verdict and reason of a message with one signature. */
async function one(message: Buffer, options: Partial<DkimVerifierOptions> = {}): Promise<string> {
  const [result, ...more] = await results(message, options);
  assert.deepEqual(more, []);
  return [result!.result, result!.reason].filter(Boolean).join(': ');
}

test('hostile 77: l= that leaves octets unsigned is policy', async () => {
  const forged = forge(MESSAGE, { tags: { l: '5' } });
  assert.equal(await one(forged), 'policy: 23 octets of the body are not signed (l=)');
  assert.equal(await one(forged, { accept: ['partialBody'] }), 'pass');
  assert.match(await one(forge(MESSAGE, { tags: { l: '0' } })), /^policy: 28 octets/);
});

test('hostile 77: l= for all of the body passes until something is added', async () => {
  const forged = forge(MESSAGE, { tags: { l: '28' } });
  assert.equal(await one(forged), 'pass');
  assert.match(await one(join(forged, 'Buy!\r\n')), /^policy: 6 octets/);
  assert.match(await one(join(forged, 'Buy!\r\n'.repeat(9999))), /^policy: 59994 octets/);
});

test('hostile 77: l= past the end of the body is no pass', async () => {
  assert.match(await one(forge(MESSAGE, { tags: { l: '29' } })), /^fail: its l=/);
  assert.match(await one(forge(MESSAGE, { tags: { l: '9'.repeat(76) } })), /^fail: its l=/);
});

test('hostile 77: a second From that is not signed is policy, wherever it stands', async () => {
  const forged = forge(MESSAGE);
  const from = 'FROM : Eve <eve@evil.example>\r\n';
  assert.equal(await one(join(from, forged)), 'policy: there is a From that is not signed');
  const [signature] = /^.*\r\n/.exec(forged.toString('latin1'))!;
  assert.match(await one(join(signature, from, MESSAGE)), /^policy/);
  // Below, it is the one that h= means.
  assert.match(await one(join(signature, HEADER, from, '\r\n', BODY)), /^fail/);
});

test('hostile 77: two From fields that are both signed pass, and the caller sees both', async () => {
  const message = join('From: a@example.org\r\n', MESSAGE);
  const [result] = await results(forge(message, { tags: { h: 'from:from' } }));
  assert.deepEqual([result!.result, result!.signedHeaders], ['pass', ['from', 'from']]);
});

test('hostile 77: an oversigned From fails when another is added', async () => {
  const forged = forge(MESSAGE, { tags: { h: 'from:from' } });
  assert.equal(await one(forged), 'pass');
  assert.match(await one(join('From: eve@evil.example\r\n', forged)), /^fail/);
});

test('hostile 77: a Subject that is not signed passes, and signedHeaders says so', async () => {
  const [result] = await results(join(forge(MESSAGE, { tags: { h: 'from' } })));
  assert.deepEqual([result!.result, result!.signedHeaders], ['pass', ['from']]);
});

test('hostile 77: h= without From is permerror', async () => {
  const forged = forge(MESSAGE, { tags: { h: 'subject:x-from' } });
  assert.equal(await one(forged), 'permerror: it does not sign From');
});

test('hostile 77: x= in the past and t= in the future are policy', async () => {
  assert.equal(await one(forge(MESSAGE, { tags: { x: '1500000000' } })), 'policy: it has expired');
  assert.match(await one(forge(MESSAGE, { tags: { t: '1700000000' } })), /^policy: .*future/);
  assert.match(await one(forge(MESSAGE, { tags: { t: '999999999999' } })), /^policy: .*future/);
});

test('hostile 77: d= that is not the domain of From passes, and is told', async () => {
  const [result] = await results(forge(join('From: eve@evil.example\r\n\r\n')));
  assert.deepEqual([result!.result, result!.domain], ['pass', 'example.org']);
});

test('hostile 77: 500 signatures: the first 20 are looked at, the others are one result', async () => {
  const asked: string[] = [];
  const resolver = { ...keys(), resolveTxt: async (name: string) => (asked.push(name), [['p=']]) };
  const fields = Array.from(
    { length: 500 },
    (_, at) =>
      `DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=s${at}; h=from; l=${at}; bh=AA==; b=AA==\r\n`,
  );
  const got = await results(join(...fields, MESSAGE), { resolver });
  assert.equal(got.length, MAX_SIGNATURES + 1);
  assert.equal(asked.length, MAX_SIGNATURES);
  assert.deepEqual(got.at(-1), {
    result: 'policy',
    reason: '480 more not looked at',
  });
});

test('hostile 77: the limit of signatures is an option', async () => {
  const got = await results(forge(forge(forge(MESSAGE))), { maxSignatures: 2 });
  assert.deepEqual(
    got.map(({ result, reason }) => reason ?? result),
    ['pass', 'pass', '1 more not looked at'],
  );
});

/** A resolver with an RSA key of this many octets, and of this many in its exponent. */
function rsa(size: number, exponent: number): Partial<DkimVerifierOptions> {
  const [n, e] = [size, exponent].map((octets) => Buffer.alloc(octets, 0xa5).toString('base64url'));
  const key = createPublicKey({ key: { kty: 'RSA', n: n!, e: e! }, format: 'jwk' });
  return { resolver: keys({ 'rsa._domainkey.example.org': { TXT: [`p=${p(key)}`] } }) };
}

test('hostile 77: RSA of 512 bits is permerror, and a key without end is policy', async () => {
  const resolver = keys({ 'small._domainkey.example.org': { TXT: [`p=${p(SMALL)}`] } });
  const forged = forge(MESSAGE, { tags: { s: 'small' }, key: SMALL });
  assert.equal(await one(forged, { resolver }), 'permerror: the key has only 512 bits');
  assert.equal(await one(forged, { resolver, accept: ['smallKey'] }), 'pass');
  assert.equal(await one(forge(MESSAGE), rsa(1200, 3)), 'policy: the key has 9600 bits');
  assert.match(await one(forge(MESSAGE), rsa(256, 5)), /^policy: the exponent/);
  assert.match(await one(forge(MESSAGE), rsa(256, 4)), /^fail/);
});

/** Key records of case 77, and what a good signature comes to. */
const RECORDS: [title: string, record: string, want: string, forging?: Forging][] = [
  ['empty p=', 'v=DKIM1; p=', 'permerror: the key was revoked'],
  ['unknown k=', `k=ecdsa; p=${p(RSA)}`, 'permerror: the key is not of type rsa'],
  ['h=sha1', `h=sha1; p=${p(RSA)}`, 'permerror: the key is not for sha256'],
  [
    't=s and a subdomain in i=',
    `t=s; p=${p(RSA)}`,
    'permerror: the key is not for subdomains',
    { tags: { i: 'joe@mail.example.org' } },
  ],
];

for (const [title, record, want, forging] of RECORDS) {
  test(`hostile 77: ${title}: ${want}`, async () => {
    const resolver = keys({ 'rsa._domainkey.example.org': { TXT: [record] } });
    assert.equal(await one(forge(MESSAGE, forging), { resolver }), want);
  });
}

test('hostile 77: a key record split in many strings is joined', async () => {
  const strings = `v=DKIM1; k=rsa; p=${p(RSA)}`.split('').flatMap((octet) => ['', octet]);
  const resolver = keys({ 'rsa._domainkey.example.org': { TXT: [strings] } });
  assert.equal(await one(forge(MESSAGE), { resolver }), 'pass');
});

test('hostile 77: SHA-1 is permerror', async () => {
  const forged = forge(MESSAGE, { hash: 'sha1' });
  assert.equal(await one(forged), 'permerror: SHA-1 is historic');
  assert.equal(await one(forged, { accept: ['rsa-sha1'] }), 'pass');
});

test('hostile 77: b=, bh=, h= with folds in them pass, in both canonicalizations', async () => {
  for (const c of ['simple/simple', 'relaxed/relaxed']) {
    const text = forge(MESSAGE, { tags: { c, h: 'from\r\n\t:\r\n\t subject' } }).toString('latin1');
    const folded = text.replace(/ b=(.{30})(.{30})/, ' b=\r\n\t$1\r\n \t $2');
    assert.notEqual(folded, text);
    assert.equal(await one(octets(folded)), 'pass');
  }
});

/** Messages of case 77 that both canonicalizations must carry. */
const MESSAGES: [title: string, message: Buffer][] = [
  ['a body of only CRLFs', join(HEADER, '\r\n', '\r\n'.repeat(1000))],
  ['an empty body', join(HEADER, '\r\n')],
  ['no blank line', HEADER],
  ['spaces and tabs at the end of lines', join(HEADER, '\r\na \t\r\n \t \r\n\t')],
  ['a header with no value', join('Subject:\r\n', MESSAGE)],
  ['a header with only white space', join('Subject: \t\r\n \t\r\n', MESSAGE)],
  ['a body of LF only', join(HEADER, '\r\na\nb\n\n')],
  ['a body with CR only', join(HEADER, '\r\na\rb\r\r')],
  ['an 8-bit header', join('Subject: \xc3\xa9 \xa0 \xff\r\n', MESSAGE)],
  ['an unfolded header of 10 kB', join(`Subject: ${'x '.repeat(5000)}\r\n`, MESSAGE)],
];

for (const [title, message] of MESSAGES) {
  test(`hostile 77: ${title} is signed and passes`, async () => {
    for (const canonicalization of [
      'simple',
      'relaxed',
      'simple/relaxed',
      'relaxed/simple',
    ] as const) {
      const options = { domain: 'example.org', selector: 'rsa', key: RSA, canonicalization, now };
      assert.equal(await one(join(await sign(message, options), message)), 'pass');
    }
  });
}

test('hostile 77: a body whose LF became CRLF on its way fails', async () => {
  const message = join(HEADER, '\r\na\nb\n');
  const forged = forge(message).toString('latin1');
  assert.match(await one(octets(forged.replaceAll(/\r?\n/g, '\r\n'))), /^fail/);
});

test('hostile 77: a header block over the limit hides no From: permerror', async () => {
  const forged = forge(MESSAGE).toString('latin1');
  const signature = /^.*\r\n/.exec(forged)![0];
  const message = join(
    signature,
    `X: ${'x'.repeat(1_100_000)}\r\n`,
    'From: eve@evil.example\r\n',
    MESSAGE,
  );
  assert.equal(await one(message), 'permerror: the header block is too large');
});

test('hostile 77: ten thousand fields and as many names in h= are no work', async () => {
  const names = Array.from({ length: 6000 }, (_, at) => `x${at}`).join(':');
  const fields = Array.from({ length: 9000 }, (_, at) => `From: ${at}\r\n`);
  const many = Array.from({ length: MAX_SIGNATURES }, () =>
    forge(octets(''), { tags: { h: `from:${names}` } }),
  );
  const got = await results(join(...many, ...fields, '\r\n'));
  assert.equal(got.length, MAX_SIGNATURES);
});

/** A million octets each, which an expression that tries twice would never get through. */
const LONG = 1_000_000;
const TEXTS = [
  ' '.repeat(LONG),
  `b=${' '.repeat(LONG)}x`,
  `b=${' '.repeat(LONG)}\0`,
  `b=${'x '.repeat(LONG / 2)}`,
  `i=${'=4'.repeat(LONG / 2)}`,
  `d=${'a-'.repeat(LONG / 2)}`,
  `d=${'a.'.repeat(LONG / 2)}`,
  `h=${'from:'.repeat(LONG / 5)}`,
  `h=${' :'.repeat(LONG / 2)}`,
  `x=${'1'.repeat(LONG)}`,
  `p=${'A'.repeat(LONG)}!`,
  `p=${'A='.repeat(LONG / 2)}`,
  ';'.repeat(LONG),
  'a=;'.repeat(LONG / 3),
  `${'a'.repeat(LONG)}=1`,
  '\r\n '.repeat(LONG / 3),
];

test('hostile 77: no text of a peer makes an expression slow', async () => {
  for (const text of TEXTS) {
    parseTags(text);
    parseKeyRecord(`p=AAAA; ${text}`);
    decodeQuotedPrintable(text);
    decodeBase64(text);
    assert.equal(isDomain(text), false);
    assert.equal(isSelector(text), false);
    const rest = 'v=1; a=rsa-sha256; c=simple; bh=AA==';
    const field = `DKIM-Signature: ${text.slice(0, 60_000)}; ${rest}\r\n`;
    const [result] = await results(octets(field));
    assert.notEqual(result!.result, 'pass');
  }
});
