import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import test from 'node:test';

import type { Resolver, ZoneNode } from '@postino/dns';
import { StateError } from '@postino/wire';

import { type DkimResult, dkimVerifier, type DkimVerifierOptions, verify } from '../src/index.ts';
import { octets } from './chunks.ts';
import { forge, type Forging } from './forge.ts';
import { ED25519, keys, now, OTHER, p, RSA } from './keys.ts';
import { MESSAGE } from './message.ts';

const NAME = 'rsa._domainkey.example.org';
const GOOD = `v=DKIM1; p=${p(RSA)}`;

async function one(
  message: Buffer,
  options: Partial<DkimVerifierOptions> = {},
): Promise<DkimResult> {
  const [result, ...more] = await verify(message, { resolver: keys(), now, ...options });
  assert.deepEqual(more, []);
  return result!;
}

/** The result of a good signature with this at the name of its key. */
async function withKey(node: ZoneNode, forging: Forging = {}): Promise<DkimResult> {
  return one(forge(MESSAGE, forging), { resolver: keys({ [NAME]: node }) });
}

test('a message without a signature has no result', async () => {
  assert.deepEqual(await verify(MESSAGE, { resolver: keys() }), []);
  assert.deepEqual(await verify(octets(''), { resolver: keys() }), []);
});

test('what a good signature says', async () => {
  const { signature, ...result } = await one(forge(MESSAGE));
  assert.match(signature!, /^[A-Za-z0-9+/]{171}=$/);
  assert.deepEqual(result, {
    result: 'pass',
    domain: 'example.org',
    selector: 'rsa',
    identity: '@example.org',
    algorithm: 'rsa-sha256',
    signedHeaders: ['from', 'subject'],
  });
});

/** An Ed25519 key in the structure that RSA keys have. */
const SPKI = createPublicKey(ED25519).export({ type: 'spki', format: 'der' }).toString('base64');

/** Records at the name of the key, and what a good signature comes to. RFC 6376 §6.1.2. */
const RECORDS: [title: string, node: ZoneNode, result: string, reason?: RegExp][] = [
  ['one', { TXT: [GOOD] }, 'pass'],
  ['cut into strings', { TXT: [GOOD.match(/.{1,40}/g)!] }, 'pass'],
  ['with a space in p=', { TXT: [GOOD.replace('p=', 'p= ')] }, 'pass'],
  ['for this hash', { TXT: [`h=sha1:sha256; p=${p(RSA)}`] }, 'pass'],
  ['for another hash', { TXT: [`h=sha512; p=${p(RSA)}`] }, 'permerror', /sha256/],
  ['for mail', { TXT: [`s=x:email; p=${p(RSA)}`] }, 'pass'],
  ['for something else', { TXT: [`s=tlsrpt; p=${p(RSA)}`] }, 'permerror', /mail/],
  ['of unknown type', { TXT: [`k=dsa; p=${p(RSA)}`] }, 'permerror', /type/],
  ['of the other type', { TXT: [`k=ed25519; p=${p(ED25519)}`] }, 'permerror', /type/],
  ['revoked', { TXT: ['v=DKIM1; p='] }, 'permerror', /revoked/],
  ['that is no key', { TXT: ['p=AAAA'] }, 'permerror', /read/],
  ['that is a key of another type', { TXT: [`p=${SPKI}`] }, 'permerror', /read/],
  ['without p=', { TXT: ['v=DKIM1'] }, 'permerror', /p=/],
  ['of another thing', { TXT: ['v=spf1 -all'] }, 'permerror', /version/],
  ['that is not there', {}, 'permerror', /no key/],
  ['that trouble hides', { fail: 'ESERVFAIL' }, 'temperror', /ESERVFAIL/],
  ['that is too slow', { fail: 'ETIMEOUT' }, 'temperror', /ETIMEOUT/],
  ['of another pair', { TXT: [`p=${p(OTHER)}`] }, 'fail', /changed/],
  ['among others', { TXT: ['v=spf1 -all', `p=${p(OTHER)}`, 'p=', GOOD] }, 'pass'],
  ['of another pair among others', { TXT: ['hello', `p=${p(OTHER)}`] }, 'fail'],
  ['behind too many', { TXT: [...Array.from({ length: 4 }, () => 'p='), GOOD] }, 'permerror'],
];

for (const [title, node, result, reason] of RECORDS) {
  test(`a key record ${title}: ${result}`, async () => {
    const got = await withKey(node);
    assert.equal(got.result, result, got.reason);
    assert.equal(got.domain, 'example.org');
    if (reason) assert.match(got.reason!, reason);
    else if (result === 'pass') assert.equal(got.reason, undefined);
  });
}

test('RFC 6376 §3.6.1: t=s wants i= and d= to be the same', async () => {
  const strict = { TXT: [`t=y:s; p=${p(RSA)}`] };
  const sub = { tags: { i: '@mail.example.org' } };
  assert.equal((await withKey(strict, sub)).result, 'permerror');
  assert.equal((await withKey({ TXT: [GOOD] }, sub)).result, 'pass');
  assert.equal((await withKey(strict, { tags: { i: 'joe@Example.org' } })).result, 'pass');
  assert.equal((await withKey(strict)).result, 'pass');
});

test('RFC 6376 §3.6.1: t=y is told, whatever the result', async () => {
  const testing = { TXT: [`t=y; p=${p(RSA)}`] };
  assert.deepEqual((await withKey(testing)).testing, true);
  const failed = await withKey(testing, { tags: { bh: 'AAAA' } });
  assert.deepEqual([failed.result, failed.testing], ['fail', true]);
  assert.equal((await withKey({ TXT: [GOOD] })).testing, undefined);
});

/** A resolver with this as the Ed25519 key. */
function publishing(value: string): Partial<DkimVerifierOptions> {
  return { resolver: keys({ 'ed._domainkey.example.org': { TXT: [`k=ed25519; p=${value}`] } }) };
}

test('an Ed25519 key of another length, or in another dress, is no key', async () => {
  const message = forge(MESSAGE, { tags: { a: 'ed25519-sha256', s: 'ed' }, key: ED25519 });
  assert.equal((await one(message, publishing(p(ED25519)))).result, 'pass');
  assert.equal(
    (await one(message, publishing(p(generateKeyPairSync('ed25519').privateKey)))).result,
    'fail',
  );
  assert.equal((await one(message, publishing(p(ED25519).slice(0, 40)))).result, 'permerror');
  assert.equal((await one(message, publishing(p(RSA)))).result, 'permerror');
});

test('RFC 6376 §3.6.1: a bare RSAPublicKey is a key too', async () => {
  const pkcs1 = createPublicKey(RSA).export({ type: 'pkcs1', format: 'der' }).toString('base64');
  assert.equal((await withKey({ TXT: [`p=${pkcs1}`] })).result, 'pass');
});

/** A resolver that counts. */
function counting(): { resolver: Resolver; asked: string[] } {
  const asked: string[] = [];
  const zone = keys();
  const resolver: Resolver = {
    ...zone,
    resolveTxt: (name) => (asked.push(name), zone.resolveTxt(name)),
  };
  return { resolver, asked };
}

test('equal keys are asked for once, before the body comes', async () => {
  const { resolver, asked } = counting();
  const message = forge(forge(forge(MESSAGE), { tags: { d: 'EXAMPLE.org' } }), {
    tags: { s: 'x' },
  });
  const sink = dkimVerifier({ resolver, now });
  await sink.write(message.subarray(0, message.indexOf('Hi.')));
  assert.deepEqual(asked, ['x._domainkey.example.org', NAME]);
  await sink.write(message.subarray(message.indexOf('Hi.')));
  const results = await sink.end();
  assert.deepEqual(
    results.map(({ result }) => result),
    ['permerror', 'pass', 'pass'],
  );
  assert.equal(asked.length, 2);
});

test('what is refused without a key asks for none', async () => {
  const { resolver, asked } = counting();
  for (const tags of [{ x: '1' }, { d: 'org' }, { a: 'rsa-sha1' }, { h: 'To' }]) {
    assert.notEqual((await one(forge(MESSAGE, { tags }), { resolver })).result, 'pass');
  }
  assert.deepEqual(asked, []);
});

test('a resolver that throws, or rejects with anything, is trouble', async () => {
  for (const trouble of [new Error('no'), 'no', null, { code: 7 }]) {
    const resolver: Resolver = {
      ...keys(),
      resolveTxt: () => {
        throw trouble;
      },
    };
    assert.equal((await one(forge(MESSAGE), { resolver })).result, 'temperror');
  }
});

test('a name that is too long is not asked for', async () => {
  const d = `${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}`;
  const result = await one(forge(MESSAGE, { tags: { d } }));
  assert.deepEqual(
    [result.result, result.reason],
    ['permerror', 'the name of its key is too long'],
  );
});

/** The verdict on a good signature with these tags. */
async function tagged(tags: Record<string, string>): Promise<string> {
  return (await one(forge(MESSAGE, { tags }))).result;
}

test('RFC 6376 §3.5: t= and x= with a clock that may be five minutes off', async () => {
  assert.equal(await tagged({ t: '1600000300' }), 'pass');
  assert.equal(await tagged({ t: '1600000301' }), 'policy');
  assert.equal(await tagged({ x: '1599999700' }), 'pass');
  assert.equal(await tagged({ x: '1599999699' }), 'policy');
  assert.equal(await tagged({ t: '1599999000', x: '1600009999' }), 'pass');
});

test('bad options are TypeErrors', () => {
  assert.throws(() => dkimVerifier({} as DkimVerifierOptions), TypeError);
  assert.throws(() => dkimVerifier({ resolver: keys(), maxSignatures: 0 }), TypeError);
  assert.throws(() => verify(MESSAGE, { resolver: keys(), maxSignatures: 1.5 }), TypeError);
});

test('a sink is closed once', async () => {
  const sink = dkimVerifier({ resolver: keys() });
  await sink.write(forge(MESSAGE));
  await sink.abort();
  assert.throws(() => sink.write(MESSAGE), StateError);
  await assert.rejects(sink.end(), StateError);
});

async function verdicts(message: Buffer): Promise<string[]> {
  return (await verify(message, { resolver: keys(), now })).map(({ result }) => result);
}

test('RFC 6376 §3.5: a signature may sign others, and never its own field', async () => {
  const inner = forge(MESSAGE);
  const outer = forge(inner, { tags: { h: 'from:dkim-signature:dkim-signature' } });
  assert.deepEqual(await verdicts(outer), ['pass', 'pass']);
  const changed = outer.toString('latin1').replace('From:Subject', 'From:SUBJECT');
  assert.deepEqual(await verdicts(octets(changed)), ['fail', 'fail']);
});
