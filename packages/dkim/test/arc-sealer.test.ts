import assert from 'node:assert/strict';
import test from 'node:test';

import { parseAuthenticationResults, splitMessage, fieldBody } from '@postino/message';
import { StateError } from '@postino/wire';
import fc from 'fast-check';

import {
  type ArcSealerOptions,
  arcSealer,
  MAX_ARC_SETS,
  seal,
  UnsignableError,
  verifyArc,
} from '../src/arc.ts';
import { cut, octets, places } from './chunks.ts';
import { forgeSet } from './forge-arc.ts';
import { ED25519, keys, now, RSA, RSA_PEM, SMALL } from './keys.ts';
import { BODY, HEADER, MESSAGE } from './message.ts';

const OURS = 'mx.example.com';
const OPTIONS: ArcSealerOptions = {
  authservId: OURS,
  domain: 'example.org',
  selector: 'rsa',
  key: RSA,
  now,
};
const PASSED = `Authentication-Results: ${OURS}; arc=pass\r\n`;

const join = (...parts: (string | Uint8Array)[]): Buffer =>
  Buffer.concat(parts.map((part) => Buffer.from(part)));

async function sealed(message: Buffer, more: Partial<ArcSealerOptions> = {}): Promise<Buffer> {
  return join(await seal(message, { ...OPTIONS, ...more }), message);
}

async function verdict(message: Buffer): Promise<string> {
  const { result, reason, oldestPass } = await verifyArc(message, { resolver: keys(), now });
  return reason === undefined ? `${result} ${oldestPass ?? ''}`.trim() : `${result}: ${reason}`;
}

/** Only the ARC-Authentication-Results of what a sealer gave, unfolded. */
const resultsOf = (fields: string): string =>
  /^ARC-Authentication-Results:.*/m.exec(fields.replaceAll(/\r\n[ \t]/g, ' '))![0];

test('a set: the seal, the signature and the results, each tag where it belongs', async () => {
  const message = join(
    `Authentication-Results: ${OURS}; spf=pass smtp.mailfrom=a@b.c\r\n`,
    MESSAGE,
  );
  const fields = await seal(message, OPTIONS);
  const [arcSeal, signature, results, ...more] = fields
    .replaceAll(/\r\n[ \t]/g, ' ')
    .replaceAll(/(?<= b=)[A-Za-z0-9+/= ]+(?=;\r\n)/g, 'B')
    .split('\r\n');
  const tags = 'd=example.org; s=rsa; t=1600000000';
  assert.equal(arcSeal, `ARC-Seal: i=1; a=rsa-sha256; cv=none; ${tags}; b=B;`);
  assert.match(
    signature!,
    /^ARC-Message-Signature: i=1; a=rsa-sha256; c=relaxed\/relaxed; d=example\.org; s=rsa; t=1600000000; h=From:From:.*; bh=[A-Za-z0-9+/]{43}=; b=B;$/,
  );
  assert.equal(results, `ARC-Authentication-Results: i=1; ${OURS}; spf=pass smtp.mailfrom=a@b.c`);
  assert.deepEqual(more, ['']);
  for (const line of fields.split('\r\n')) assert.ok(line.length <= 78, line);
  assert.equal(await verdict(join(fields, message)), 'pass 0');
});

test('set upon set, each after the verdict on what came', async () => {
  const once = await sealed(MESSAGE);
  const twice = await sealed(once, { chain: 'pass' });
  const ed = await sealed(join(PASSED, twice), { key: ED25519, selector: 'ed' });
  assert.equal(await verdict(ed), 'pass 0');
  const changed = octets(once.toString('latin1').replace('hungry', 'thirsty'));
  const broken = await sealed(changed, { chain: 'fail' });
  assert.equal(await verdict(broken), 'fail: the ARC-Seal of instance 2 says cv=fail');
  assert.equal(await verdict(await sealed(changed, { chain: 'pass' })), 'pass 2');
});

/** Only the ARC-Seal, above a chain that is said to fail. */
async function failingSeal(message: Buffer): Promise<string> {
  return (await seal(message, { ...OPTIONS, chain: 'fail' })).split('ARC-Message')[0]!;
}

test('RFC 8617 §5.1.2: the seal of a broken chain covers its own set alone', async () => {
  const once = await sealed(MESSAGE);
  const other = octets(once.toString('latin1').replace('mx.example.com', 'mx.example.net'));
  assert.equal(await failingSeal(other), await failingSeal(once));
});

test('nothing is added where the newest seal says cv=fail, or no number is left', async () => {
  const broken = await sealed(await sealed(MESSAGE), { chain: 'fail' });
  assert.equal(await seal(broken, { ...OPTIONS, chain: 'fail' }), '');
  const last = await forgeSet(MESSAGE, { instance: MAX_ARC_SETS });
  assert.equal(await seal(last, { ...OPTIONS, chain: 'fail' }), '');
  const before = await forgeSet(MESSAGE, { instance: MAX_ARC_SETS - 1 });
  assert.match(await seal(before, { ...OPTIONS, chain: 'fail' }), /^ARC-Seal: i=50;/);
});

/** Fields of Authentication-Results, and what is sealed of them. RFC 8617 §4.1.1. */
const RESULTS: readonly (readonly [title: string, fields: string[], sealed: string])[] = [
  ['none', [], 'none'],
  ['no-result', [`${OURS}; none`], 'none'],
  ['those of others', ['mx.example.net; spf=pass'], 'none'],
  ['our name in other letters', ['MX.Example.COM; spf=pass'], 'spf=pass'],
  [
    'several fields',
    [`${OURS}; spf=pass`, `${OURS} 1; dkim=fail; dmarc=fail`],
    'spf=pass; dkim=fail; dmarc=fail',
  ],
  [
    'comments',
    [`${OURS}; dkim=pass (a 1;024 "bit\\) key) header.d=a.b`],
    'dkim=pass (a 1;024 "bit\\) key) header.d=a.b',
  ],
  ['quoted strings', [`${OURS}; spf=fail reason="a; \\"b\\""`], 'spf=fail reason="a; \\"b\\""'],
  [
    'what breaks the grammar',
    [`${OURS}; spf`, `${OURS}; none; spf=pass`, `${OURS}; dkim=pass`],
    'dkim=pass',
  ],
  ['what is escaped in a comment', [`${OURS}; spf=pass (a \\) ; b)`], 'spf=pass (a \\) ; b)'],
  ['an escaped quote', [`${OURS}; spf=fail reason="a \\"; b"`], 'spf=fail reason="a \\"; b"'],
  ['a semicolon at the end', [`${OURS}; spf=pass;`], 'spf=pass'],
  ['a bare CR', [`${OURS}; spf=fail reason="a\rb"`, `${OURS}; dkim=pass`], 'dkim=pass'],
];
for (const [title, values, wanted] of RESULTS) {
  test(`results that are sealed: ${title}`, async () => {
    const fields = values.map((value) => `Authentication-Results: ${value}\r\n`);
    const added = await seal(join(...fields, MESSAGE), OPTIONS);
    assert.equal(resultsOf(added), `ARC-Authentication-Results: i=1; ${OURS}; ${wanted}`);
  });
}

test('results may be given, and others in the message then count for nothing', async () => {
  const message = join(`Authentication-Results: ${OURS}; spf=pass\r\n`, MESSAGE);
  const given = [
    { method: 'dkim', result: 'fail', reason: 'a; b', properties: { 'header.d': 'a.b' } },
  ];
  const added = await seal(message, { ...OPTIONS, results: given });
  const [field] = splitMessage(octets(added)).header.findAll('ARC-Authentication-Results');
  const value = fieldBody(field!).replace('i=1; ', '');
  assert.deepEqual(parseAuthenticationResults(value), { authservId: OURS, results: given });
  assert.match(resultsOf(await seal(message, { ...OPTIONS, results: [] })), /; none$/);
});

const UNSIGNABLE: readonly (readonly [
  title: string,
  message: () => Promise<Buffer>,
  chain?: 'none' | 'pass' | 'fail',
])[] = [
  ['a chain of which nobody says what it came to', async () => sealed(MESSAGE)],
  ['a chain that is said not to be', async () => sealed(MESSAGE), 'none'],
  ['no chain that is said to pass', async () => MESSAGE, 'pass'],
  ['no chain that is said to fail', async () => MESSAGE, 'fail'],
  ['no chain, and arc=pass', async () => join(PASSED, MESSAGE)],
  [
    'a chain with a gap that is said to pass',
    async () => forgeSet(MESSAGE, { instance: 2 }),
    'pass',
  ],
  ['a line that ends in LF alone', async () => octets('From: a@b.c\n\n'), 'none'],
  [
    'a header block that is too large',
    async () => join('X: y\r\n'.repeat(10_001), MESSAGE),
    'none',
  ],
];
for (const [title, message, chain] of UNSIGNABLE) {
  test(`it cannot be sealed: ${title}`, async () => {
    const options = chain === undefined ? OPTIONS : { ...OPTIONS, chain };
    await assert.rejects(seal(await message(), options), UnsignableError);
  });
}

test('one arc=fail among the results is the verdict', async () => {
  const message = join(
    PASSED,
    `Authentication-Results: ${OURS}; arc=fail\r\n`,
    await sealed(MESSAGE),
  );
  assert.match(await seal(message, OPTIONS), /; cv=fail;/);
});

test('the signatures that are there are signed, the results and ARC fields are not', async () => {
  const message = join('DKIM-Signature: v=1\r\n', PASSED, await sealed(MESSAGE));
  const { sets } = await verifyArc(await sealed(message), { resolver: keys(), now });
  const names = sets[1]!.message!.signedHeaders!;
  assert.ok(names.includes('dkim-signature'));
  assert.deepEqual(
    names.filter((name) => /^arc-|^auth/.test(name)),
    [],
  );
});

for (const canonicalization of ['simple', 'relaxed/simple', 'simple/relaxed'] as const) {
  test(`sealed with ${canonicalization}, a message passes`, async () => {
    assert.equal(await verdict(await sealed(MESSAGE, { canonicalization })), 'pass 0');
  });
}

test('any cutting of the same octets gives the same set', async () => {
  const message = join(PASSED, await sealed(MESSAGE));
  const wanted = await seal(message, OPTIONS);
  await fc.assert(
    fc.asyncProperty(places, async (where) => {
      const sink = arcSealer(OPTIONS);
      for (const chunk of cut(message, where)) await sink.write(chunk);
      assert.equal(await sink.end(), wanted);
    }),
    { numRuns: 30 },
  );
});

test('bad options are TypeErrors', () => {
  const bad: Partial<ArcSealerOptions>[] = [
    { domain: 'org' },
    { selector: '' },
    { key: SMALL },
    { key: RSA_PEM.slice(0, 90) },
    { authservId: '' },
    { authservId: 'mx; spf=pass' },
    { authservId: 'mx\r\nX: y' },
    { headers: ['From', 'ARC-Seal'] },
    { headers: ['From', 'Authentication-Results'] },
    { oversign: ['arc-message-signature'] },
    { headers: ['Subject'], oversign: [] },
  ];
  for (const more of bad) assert.throws(() => arcSealer({ ...OPTIONS, ...more }), TypeError);
});

test('a sink is closed once', async () => {
  const sink = arcSealer(OPTIONS);
  await sink.write(HEADER);
  await sink.end();
  assert.throws(() => sink.write(BODY), StateError);
  await assert.rejects(sink.end(), StateError);
  const other = arcSealer(OPTIONS);
  await other.abort();
  assert.throws(() => other.write(BODY), StateError);
});
