import assert from 'node:assert/strict';
import test from 'node:test';

import type { Resolver } from '@postino/dns';
import { StateError } from '@postino/wire';
import fc from 'fast-check';

import {
  type ArcResult,
  type ArcVerifierOptions,
  arcVerifier,
  MAX_ARC_SETS,
  verifyArc,
} from '../src/arc.ts';
import { cut, octets, places } from './chunks.ts';
import { type ArcForging, forgedFields, forgeSet } from './forge-arc.ts';
import { ED25519, keys, now, OTHER, SMALL } from './keys.ts';
import { formatKeyRecord } from '../src/index.ts';
import { BODY, HEADER, MESSAGE } from './message.ts';

const check = (message: Buffer, options: Partial<ArcVerifierOptions> = {}): Promise<ArcResult> =>
  verifyArc(message, { resolver: keys(), now, ...options });

/** What the chain comes to, and why. */
async function one(message: Buffer, options: Partial<ArcVerifierOptions> = {}): Promise<string> {
  const { result, reason } = await check(message, options);
  return reason === undefined ? result : `${result}: ${reason}`;
}

/** The message with one more set for each of these. */
async function chain(...sets: ArcForging[]): Promise<Buffer> {
  let message: Buffer = MESSAGE;
  for (const set of sets) message = await forgeSet(message, set);
  return message;
}

const join = (...parts: (string | Uint8Array)[]): Buffer =>
  Buffer.concat(parts.map((part) => Buffer.from(part)));

/** A message whose text was changed. */
const changed = (message: Buffer, from: string | RegExp, to: string): Buffer => {
  const text = message.toString('latin1').replace(from, to);
  assert.notEqual(text, message.toString('latin1'));
  return octets(text);
};

test('a message without any ARC field has no chain', async () => {
  assert.deepEqual(await check(MESSAGE), { result: 'none', sets: [] });
  assert.deepEqual(await check(octets('')), { result: 'none', sets: [] });
});

test('what a good chain says', async () => {
  const { sets, ...result } = await check(await chain({}, {}));
  assert.deepEqual(result, { result: 'pass', oldestPass: 0 });
  assert.deepEqual(
    sets.map(({ instance, authenticationResults }) => [instance, authenticationResults]),
    [1, 2].map((instance) => [
      instance,
      {
        authservId: `mx${instance}.example.org`,
        results: [{ method: 'spf', result: 'pass', properties: {} }],
      },
    ]),
  );
  const [, newest] = sets;
  const { signature, ...seal } = newest!.seal!;
  assert.match(signature!, /^[A-Za-z0-9+/]{171}=$/);
  assert.deepEqual(seal, {
    result: 'pass',
    domain: 'example.org',
    selector: 'rsa',
    algorithm: 'rsa-sha256',
    chain: 'pass',
  });
  assert.equal(newest!.message!.result, 'pass');
  assert.deepEqual(newest!.message!.signedHeaders, ['from', 'subject']);
});

test('RFC 8617 §5.2 step 5: the oldest set since which nothing was changed', async () => {
  const once = changed(await chain({}), 'hungry', 'thirsty');
  const twice = await forgeSet(await forgeSet(once));
  const { result, oldestPass, sets } = await check(twice);
  assert.deepEqual([result, oldestPass], ['pass', 2]);
  assert.deepEqual(
    sets.map(({ message }) => message!.result),
    ['fail', 'pass', 'pass'],
  );
  assert.equal((await check(await forgeSet(twice))).oldestPass, 2);
});

test('an older ARC-Message-Signature that is none is passed over', async () => {
  const { result, oldestPass } = await check(await chain({ message: { bh: null } }, {}));
  assert.deepEqual([result, oldestPass], ['pass', 2]);
});

const BAD: readonly (readonly [title: string, sets: ArcForging[], reason: RegExp])[] = [
  ['cv=fail', [{}, { seal: { cv: 'fail' } }], /instance 2 says cv=fail/],
  ['cv=none in the second', [{}, { seal: { cv: 'none' } }], /instance 2 does not say cv=pass/],
  ['cv=pass in the first', [{ seal: { cv: 'pass' } }], /instance 1 does not say cv=none/],
  ['cv=fail in an older one', [{ seal: { cv: 'fail' } }, {}], /instance 1 does not say cv=none/],
  ['cv= in upper case', [{ seal: { cv: 'NONE' } }], /does not say cv=none/],
  ['no cv=', [{ seal: { cv: null } }], /does not say cv=none/],
  ['a gap', [{}, { instance: 3 }], /no ARC-Authentication-Results of instance 2/],
  ['no first set', [{ instance: 2 }], /of instance 1/],
  ['the same instance twice', [{}, { instance: 1 }], /more than one .* of instance 1/],
  ['instance 0', [{ instance: 0 }], /no instance/],
  ['instance 51', [{ instance: 51 }], /no instance/],
  ['i= with a sign', [{ seal: { i: '+1' } }], /an ARC-Seal has no instance/],
  ['i= of three digits', [{ message: { i: '001' } }], /an ARC-Message-Signature has no instance/],
  ['an instance behind the name', [{ results: ' mx; i=1; spf=pass' }], /Results has no instance/],
  ['an instance with no semicolon', [{ results: ' i=1 mx; spf=pass' }], /Results has no instance/],
  ['an instance that is not the others', [{ results: ' i=2; mx; spf=pass' }], /of instance 1/],
  ['h= in a seal', [{ seal: { h: 'from' } }], /ARC-Seal of instance 1: it has an h=/],
  ['no d= in a seal', [{ seal: { d: null } }], /it has no d=/],
  ['an unknown algorithm of a seal', [{ seal: { a: 'rsa-md5' } }], /its algorithm is not known/],
  ['SHA-1', [{ seal: { a: 'rsa-sha1' } }], /ARC-Seal of instance 1: SHA-1 is historic/],
  ['SHA-1 below', [{ message: { a: 'rsa-sha1' } }], /ARC-Message-Signature .* SHA-1 is historic/],
  ['d= that is no domain', [{ seal: { d: 'org' } }], /its d= is not a domain/],
  ['t= that is no number', [{ seal: { t: 'now' } }], /its t= is not a number/],
  ['t= in the future', [{ seal: { t: '1700000000' } }], /ARC-Seal .* made in the future/],
  ['x= in the past', [{ message: { x: '1500000000' } }], /it has expired/],
  ['no From', [{ message: { h: 'subject' } }], /it does not sign From/],
  ['ARC-Seal signed', [{}, { message: { h: 'from:arc-seal' } }], /it signs ARC-Seal/],
  ['a body that is longer', [{ message: { l: '4' } }], /octets of the body are not signed/],
  ['another key', [{ key: OTHER }], /ARC-Message-Signature of instance 1: .* were changed/],
  ['a seal that leaves out the older', [{}, { chained: false }], /ARC-Seal of instance 2/],
  ['no key', [{ seal: { s: 'none' } }], /ARC-Seal of instance 1: there is no key/],
];
for (const [title, sets, reason] of BAD) {
  test(`a chain fails: ${title}`, async () => {
    const got = await check(await chain(...sets));
    assert.equal(got.result, 'fail');
    assert.match(got.reason!, reason);
    assert.equal(got.oldestPass, undefined);
  });
}

const GOOD: readonly (readonly [title: string, sets: ArcForging[]])[] = [
  ['v= is not looked at', [{ message: { v: '7' }, seal: { v: '7' } }]],
  ['unknown tags', [{ message: { zz: '1' }, seal: { zz: '1', c: 'x', bh: 'x' } }]],
  ['i= with a zero', [{ message: { i: '01' }, seal: { i: '01' } }]],
  ['simple/simple where c= is not given', [{ message: { c: null } }]],
  ['comments around the instance', [{ results: ' (a\\)b) i (c) = (d) 1 (e) ; mx; spf=pass' }]],
  ['results that cannot be read', [{ results: ' i=1; what is this' }]],
  [
    'the results signed, as the drafts did',
    [{ message: { h: 'From:ARC-Authentication-Results' } }],
  ],
  ['a body of that length', [{ message: { l: `${BODY.length}`, c: 'relaxed/simple' } }]],
];
for (const [title, sets] of GOOD) {
  test(`a chain passes: ${title}`, async () => {
    assert.equal(await one(await chain(...sets)), 'pass');
  });
}

test('results that cannot be read are null', async () => {
  const { sets } = await check(await chain({ results: ' i=1; what is this' }));
  assert.equal(sets[0]!.authenticationResults, null);
});

for (const name of ['ARC-Seal', 'ARC-Message-Signature', 'ARC-Authentication-Results']) {
  test(`a chain fails without one ${name}, or with two`, async () => {
    const message = await chain({}, {});
    const field = new RegExp(`${name}:(?:.*\r\n[ \t])*.*\r\n`);
    const reason = await one(changed(message, field, ''));
    const [, ...lower] = ['ARC-Authentication-Results', 'ARC-Message-Signature', 'ARC-Seal'];
    assert.match(reason, lower.includes(name) ? /^fail: there is no / : /^fail: there is no ARC-A/);
    const [twice] = field.exec(message.toString('latin1'))!;
    assert.match(await one(join(twice, message)), /^fail: there is more than one .* 2$/);
  });
}

test('what was changed since the newest set breaks the chain', async () => {
  const message = await chain({}, {});
  assert.match(
    await one(changed(message, 'hungry', 'thirsty')),
    /instance 2: the body was changed/,
  );
  assert.match(
    await one(changed(message, 'dinner', 'lunch')),
    /Signature of instance 2: .*changed/,
  );
  assert.match(await one(changed(message, 'mx2', 'mx3')), /ARC-Seal of instance 2: .*changed/);
  assert.match(await one(changed(message, 'mx1', 'mx3')), /ARC-Seal of instance 2: .*changed/);
  assert.match(await one(join('From: eve@evil.example\r\n', message)), /From that is not signed/);
});

test('an older seal that does not hold breaks the chain', async () => {
  const bad = await forgeSet(changed(await chain({}), 'mx1', 'mx3'));
  const { result, reason, sets } = await check(bad);
  assert.equal(result, 'fail');
  assert.match(reason!, /^ARC-Seal of instance 1: /);
  assert.deepEqual(
    sets.map(({ seal }) => seal?.result),
    ['fail', 'pass'],
  );
  assert.equal(sets[0]!.message, undefined, 'not looked at');
});

test('a chain of Ed25519 keys, and one of several signers', async () => {
  const ed = { a: 'ed25519-sha256', s: 'ed' };
  const forging = { key: ED25519, message: ed, seal: ed };
  assert.equal(await one(await chain(forging, {}, forging)), 'pass');
});

test('a small key is refused, unless it is accepted', async () => {
  const resolver = keys({
    'small._domainkey.example.org': { TXT: [formatKeyRecord(SMALL)] },
  });
  const small = { s: 'small' };
  const message = await chain({ key: SMALL, message: small, seal: small });
  assert.match(await one(message, { resolver }), /fail: .* only 512 bits/);
  assert.equal(await one(message, { resolver, accept: ['smallKey'] }), 'pass');
});

test('RFC 8617 §5.2.1: trouble of the DNS is a failure too', async () => {
  const resolver = keys({ 'slow._domainkey.example.org': { fail: 'ETIMEOUT' } });
  const message = await chain({ seal: { s: 'slow' } });
  assert.match(await one(message, { resolver }), /ARC-Seal .* could not be asked for: ETIMEOUT/);
});

/** A resolver that tells what it was asked. */
function recording(): { resolver: Resolver; asked: string[] } {
  const asked: string[] = [];
  const inner = keys();
  const resolveTxt = (name: string): Promise<string[][]> => {
    asked.push(name.split('.')[0]!);
    return inner.resolveTxt(name);
  };
  return { resolver: { ...inner, resolveTxt }, asked };
}

test('RFC 8617 §9.2: a forged chain makes us ask for the keys of its newest set alone', async () => {
  const victims = Array.from({ length: 9 }, (_, at) => ({
    message: { s: `m${at}` },
    seal: { s: `s${at}` },
  }));
  const { resolver, asked } = recording();
  assert.match(await one(await chain(...victims), { resolver }), /^fail: .* there is no key/);
  assert.deepEqual(asked.toSorted(), ['m8', 's8']);
});

test('keys are asked for before the body is there, each name once', async () => {
  const { resolver, asked } = recording();
  const message = await chain({}, {}, { seal: { s: 'none' } });
  const sink = arcVerifier({ resolver, now });
  await sink.write(message.subarray(0, message.length - BODY.length));
  assert.deepEqual(asked.toSorted(), ['none', 'rsa']);
  await sink.write(BODY);
  assert.equal((await sink.end()).result, 'fail');
  assert.deepEqual(asked.toSorted(), ['none', 'rsa']);
});

test(`${MAX_ARC_SETS} sets pass, and one more fails`, async () => {
  const ed = { a: 'ed25519-sha256', s: 'ed' };
  const forging = { key: ED25519, message: ed, seal: ed };
  const most = await chain(...Array.from({ length: MAX_ARC_SETS }, () => forging));
  assert.equal(await one(most), 'pass');
  assert.equal(await one(await forgeSet(most, forging)), 'fail: there are more than 50 ARC sets');
});

test('the limit of sets is an option', async () => {
  const message = await chain({}, {});
  assert.equal(await one(message, { maxSets: 2 }), 'pass');
  assert.equal(await one(message, { maxSets: 1 }), 'fail: there are more than 1 ARC sets');
  assert.match(await one(await chain({ instance: 3 }), { maxSets: 2 }), /more than 2 ARC sets/);
});

test('thousands of ARC fields are not read', async () => {
  const fields = (await forgedFields(MESSAGE)).join('').repeat(1000);
  assert.equal(await one(join(fields, MESSAGE)), 'fail: there are more than 50 ARC sets');
});

test('a header block that was cut off fails', async () => {
  const many = 'X-Filler: y\r\n'.repeat(10_001);
  assert.equal(await one(join(many, await chain({}))), 'fail: the header block is too large');
});

test('any cutting of the same octets gives the same result', async () => {
  const messages = [
    await chain({}, { message: { c: 'simple/simple' } }),
    await chain({ instance: 2 }),
  ];
  const wanted = await Promise.all(messages.map((message) => check(message)));
  assert.deepEqual(
    wanted.map(({ result }) => result),
    ['pass', 'fail'],
  );
  await fc.assert(
    fc.asyncProperty(fc.nat(1), places, async (which, where) => {
      const sink = arcVerifier({ resolver: keys(), now });
      for (const chunk of cut(messages[which]!, where)) await sink.write(chunk);
      assert.deepEqual(await sink.end(), wanted[which]);
    }),
    { numRuns: 60 },
  );
});

test('bad options are TypeErrors', () => {
  // @ts-expect-error a resolver is needed
  assert.throws(() => arcVerifier({}), TypeError);
  for (const maxSets of [0, 51, 1.5, Number.NaN]) {
    assert.throws(() => arcVerifier({ resolver: keys(), maxSets }), TypeError);
  }
});

test('a sink is closed once', async () => {
  const sink = arcVerifier({ resolver: keys(), now });
  await sink.write(HEADER);
  await sink.end();
  assert.throws(() => sink.write(BODY), StateError);
  await assert.rejects(sink.end(), StateError);
  const other = arcVerifier({ resolver: keys(), now });
  await other.write(await chain({}));
  await other.abort();
  assert.throws(() => other.write(BODY), StateError);
});
