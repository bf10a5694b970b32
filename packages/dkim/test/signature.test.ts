import assert from 'node:assert/strict';
import test from 'node:test';

import { parseSignature } from '../src/signature.ts';
import { MAX_SIGNATURE_SIZE } from '../src/limits.ts';
import { octets } from './chunks.ts';

const GOOD = {
  v: '1',
  a: 'rsa-sha256',
  d: 'Example.org',
  s: 'sel',
  h: 'From : Subject',
  bh: 'AAAA',
  b: 'BBBB',
};

function field(tags: Record<string, string | null>): Buffer {
  const list = Object.entries({ ...GOOD, ...tags }).filter(([, value]) => value !== null);
  return octets(
    `DKIM-Signature: ${list.map(([name, value]) => `${name}=${value};`).join(' ')}\r\n`,
  );
}

test('RFC 6376 §3.5: a field with all that is required, and the defaults of the rest', () => {
  const { claims, signature } = parseSignature(field({}));
  assert.deepEqual(claims, {
    domain: 'example.org',
    selector: 'sel',
    identity: '@example.org',
    algorithm: 'rsa-sha256',
    signedHeaders: ['from', 'subject'],
    signature: 'BBBB',
  });
  assert.ok(!('reason' in signature));
  assert.equal(signature.headerCanonicalization, 'simple');
  assert.equal(signature.bodyCanonicalization, 'simple');
  assert.equal(signature.identityDomain, 'Example.org');
  assert.deepEqual(
    [signature.bodyLength, signature.timestamp, signature.expiration],
    [null, null, null],
  );
});

/** Tags that change the good field, and part of the reason for which it is refused; null where it is not. */
const TABLE: [tags: Record<string, string | null>, reason: RegExp | null, result?: string][] = [
  [{ v: null }, /no v=/],
  [{ a: null }, /no a=/],
  [{ b: null }, /no b=/],
  [{ bh: null }, /no bh=/],
  [{ d: null }, /no d=/],
  [{ h: null }, /no h=/],
  [{ s: null }, /no s=/],
  [{ v: '2' }, /version/],
  [{ v: '01' }, /version/],
  [{ a: 'dsa-sha256' }, /algorithm/],
  [{ a: 'RSA-SHA256' }, /algorithm/],
  [{ c: 'relaxed' }, null],
  [{ c: 'nofws' }, /canonicalization/],
  [{ c: 'relaxed/relaxed/simple' }, /canonicalization/],
  [{ c: '' }, /canonicalization/],
  [{ q: 'dns/txt' }, null],
  [{ q: 'http : dns/txt' }, null],
  [{ q: 'http' }, /DNS/],
  [{ d: 'org' }, /d=/],
  [{ d: 'exa mple.org' }, /d=/],
  [{ d: '-a.org' }, /d=/],
  [{ d: 'a..org' }, /d=/],
  [{ d: `${'a'.repeat(64)}.org` }, /d=/],
  [{ d: `${'a.'.repeat(126)}org` }, /d=/],
  [{ d: 'b\xfccher.example' }, /d=/],
  [{ s: 'a.b_c.d' }, null],
  [{ s: '' }, /s=/],
  [{ s: 'a/b' }, /s=/],
  [{ i: '@example.org' }, null],
  [{ i: 'joe=20x@mail.example.ORG' }, null],
  [{ i: 'joe=@example.org' }, /i=/],
  [{ i: 'joe=3d@example.org' }, /i=/],
  [{ i: 'example.org' }, /i=/],
  [{ i: '' }, /i=/],
  [{ i: '@badexample.org' }, /within/, 'permerror'],
  [{ i: '@org.example' }, /within/, 'permerror'],
  [{ h: '' }, /h=/],
  [{ h: 'From:' }, /h=/],
  [{ h: 'From::To' }, /h=/],
  [{ h: 'From To' }, /h=/],
  [{ h: 'To:Subject' }, /sign From/, 'permerror'],
  [{ h: 'fROM\r\n\t:\r\n\tTo' }, null],
  [{ bh: '' }, /base64/],
  [{ bh: 'A A\r\n\tAA' }, null],
  [{ bh: 'A*AA' }, /base64/],
  [{ b: '' }, /base64/],
  [{ b: '=AAA' }, /base64/],
  [{ l: '0' }, null],
  [{ l: '-1' }, /number/],
  [{ l: '1e3' }, /number/],
  [{ l: '' }, /number/],
  [{ l: '9'.repeat(76) }, null],
  [{ l: '9'.repeat(77) }, /number/],
  [{ t: '1234567890123' }, /number/],
  [{ t: '100', x: '100' }, /after/],
  [{ t: '100', x: '101' }, null],
  [{ x: '99999999999999' }, /number/],
  [{ unknown: 'x' }, null],
  [{ z: 'From:foo|To:bar' }, null],
];

for (const [tags, reason, result = 'neutral'] of TABLE) {
  test(`signature with ${JSON.stringify(tags)}`, () => {
    const { signature } = parseSignature(field(tags));
    if (!reason) return assert.ok(!('reason' in signature), JSON.stringify(signature));
    assert.ok('reason' in signature);
    assert.match(signature.reason, reason);
    assert.equal(signature.result, result);
  });
}

test('RFC 6376 §3.7: the value of b= is taken out with the white space around it, and nothing else', () => {
  const { signature } = parseSignature(
    octets('DKIM-Signature : v=1; b = x\r\n\tx ; a=rsa-sha256; d=a.b; s=s; h=from; bh=bA==\r\n'),
  );
  assert.ok('unsigned' in signature);
  assert.equal(
    Buffer.from(signature.unsigned).toString('latin1'),
    'DKIM-Signature : v=1; b =; a=rsa-sha256; d=a.b; s=s; h=from; bh=bA==',
  );
});

test('i= is decoded, and what it decodes to stays text of others', () => {
  assert.equal(
    parseSignature(field({ i: 'a=0D=0A=3B@example.org' })).claims.identity,
    'a\r\n;@example.org',
  );
});

test('a field that is too long is not read', () => {
  const { signature } = parseSignature(field({ n: 'x'.repeat(MAX_SIGNATURE_SIZE) }));
  assert.ok('reason' in signature && signature.result === 'neutral');
});
