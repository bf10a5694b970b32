import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import test from 'node:test';

import { StateError } from '@postino/wire';

import {
  dkimSigner,
  type DkimSignerOptions,
  OVERSIGNED_HEADERS,
  sign,
  UnsignableError,
  verify,
} from '../src/index.ts';
import { crlf, octets } from './chunks.ts';
import { ED25519, keys, NOW, now, RSA, RSA_PEM, SMALL } from './keys.ts';
import { BODY, HEADER, MESSAGE } from './message.ts';

const OPTIONS: DkimSignerOptions = { domain: 'example.org', selector: 'rsa', key: RSA, now };

const join = (...parts: (string | Uint8Array)[]): Buffer =>
  Buffer.concat(parts.map((part) => Buffer.from(part)));
const verdicts = async (message: Buffer): Promise<string[]> =>
  (await verify(message, { resolver: keys(), now })).map(({ result }) => result);
const unfold = (field: string): string => field.replace(/\r\n\t/g, ' ');

test('a signature as Exim writes it: order of tags, folds, the semicolon at the end', async () => {
  const field = await sign(MESSAGE, OPTIONS);
  const lines = field.split('\r\n');
  assert.equal(lines[0], 'DKIM-Signature: v=1; a=rsa-sha256; q=dns/txt; c=relaxed/relaxed;');
  assert.match(lines[1]!, /^\td=example\.org; s=rsa; h=From:From:Reply-To:/);
  assert.match(unfold(field), /; bh=[A-Za-z0-9+/=]{44}; t=1600000000; b=[A-Za-z0-9+/= ]+;\r\n$/);
  assert.ok(field.endsWith(';\r\n'));
  for (const line of lines) assert.ok(line.length <= 78, line);
  for (const line of lines.slice(1, -1)) assert.match(line, /^\t[^ \t]/);
});

test('what is there is signed, what nobody may add is listed once more, and l= is not there', async () => {
  const message = join('List-Id: a\r\nX-Other: b\r\nTo: second@example.com\r\n', MESSAGE);
  const [result] = await verify(join(await sign(message, OPTIONS), message), {
    resolver: keys(),
    now,
  });
  const count = (name: string): number =>
    result!.signedHeaders!.filter((signed) => signed === name).length;
  assert.deepEqual(['from', 'to', 'subject', 'cc'].map(count), [2, 3, 2, 1]);
  assert.deepEqual(['list-id', 'list-post', 'x-other', 'received'].map(count), [1, 0, 0, 0]);
  for (const name of OVERSIGNED_HEADERS) assert.ok(count(name.toLowerCase()) > 0, name);
  assert.doesNotMatch(await sign(message, OPTIONS), /[ \t]l=/);
});

for (const name of OVERSIGNED_HEADERS) {
  test(`a signed message fails when a ${name} is added above or below`, async () => {
    const added = `${name}: added\r\n`;
    const field = await sign(MESSAGE, OPTIONS);
    assert.deepEqual(await verdicts(join(field, added, MESSAGE)), ['fail']);
    assert.deepEqual(await verdicts(join(field, HEADER, added, '\r\n', BODY)), ['fail']);
    assert.deepEqual(await verdicts(join(field, MESSAGE)), ['pass']);
  });
}

test('headers and oversign are the choice of the caller', async () => {
  const options = { ...OPTIONS, headers: ['Subject', 'from'], oversign: ['FROM', 'X-Only'] };
  const field = await sign(MESSAGE, options);
  assert.match(unfold(field), / h=Subject:from:from:X-Only; /);
  assert.deepEqual(await verdicts(join(field, MESSAGE)), ['pass']);
  assert.deepEqual(await verdicts(join(field, 'X-Only: x\r\n', MESSAGE)), ['fail']);
  assert.deepEqual(await verdicts(join(field, 'To: x\r\n', MESSAGE)), ['pass']);
});

test('i=, x= and l= where they are asked for, t= unless it is not', async () => {
  const options = { ...OPTIONS, identity: 'jö;e@mail.example.org', expires: 60, bodyLength: true };
  const field = await sign(MESSAGE, options);
  assert.match(
    unfold(field),
    / l=28; i=j=C3=B6=3Be@mail\.example\.org; t=1600000000; x=1600000060; /,
  );
  assert.deepEqual(await verdicts(join(field, MESSAGE)), ['pass']);
  assert.doesNotMatch(await sign(MESSAGE, { ...OPTIONS, timestamp: false }), /[ \t]t=/);
});

test('one word for a canonicalization is for both parts; the field says both', async () => {
  for (const [given, written] of [
    ['simple', 'simple/simple'],
    ['relaxed', 'relaxed/relaxed'],
    ['simple/relaxed', 'simple/relaxed'],
  ] as const) {
    const field = await sign(MESSAGE, { ...OPTIONS, canonicalization: given });
    assert.match(field, new RegExp(` c=${written};`));
    assert.deepEqual(await verdicts(join(field, MESSAGE)), ['pass']);
  }
});

test('RFC 8463 §6: several signatures in one pass, in the order asked for', async () => {
  const fields = await sign(MESSAGE, [
    { ...OPTIONS, selector: 'ed', key: ED25519 },
    { ...OPTIONS, canonicalization: 'simple' },
    { ...OPTIONS, key: RSA_PEM },
  ]);
  const results = await verify(join(fields, MESSAGE), { resolver: keys(), now });
  assert.deepEqual(
    results.map(({ result, algorithm }) => `${result} ${algorithm}`),
    ['pass ed25519-sha256', 'pass rsa-sha256', 'pass rsa-sha256'],
  );
});

test('the domain is written in lower case', async () => {
  assert.match(await sign(MESSAGE, { ...OPTIONS, domain: 'Example.ORG' }), / ?d=example\.org;/);
});

test('a message without body, without blank line, and an empty one are signed', async () => {
  for (const message of [HEADER, join(HEADER, '\r\n'), octets('')]) {
    const field = await sign(message, OPTIONS);
    const whole = message.length === 0 ? join(field, '\r\n') : join(field, message);
    assert.deepEqual(await verdicts(whole), ['pass']);
  }
});

async function* stream(fails: string | null): AsyncGenerator<Uint8Array> {
  for (const octet of MESSAGE) yield Uint8Array.of(octet);
  if (fails) throw new RangeError(fails);
}

test('a stream is signed like the whole', async () => {
  assert.equal(await sign(stream(null), OPTIONS), await sign(MESSAGE, OPTIONS));
});

test('a stream that fails is a rejection with its own error', async () => {
  await assert.rejects(sign(stream('the disk is gone'), OPTIONS), RangeError);
});

const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
const secret = RSA.export({
  type: 'pkcs8',
  format: 'pem',
  cipher: 'aes-256-cbc',
  passphrase: 'secret',
}).toString();

/** Options that are wrong, and what the error says. */
const WRONG: [change: Record<string, unknown>, message: RegExp][] = [
  [{ domain: 'localhost' }, /domain/],
  [{ domain: '' }, /domain/],
  [{ domain: 'exa mple.org' }, /domain/],
  [{ domain: 'example.org\r\n' }, /domain/],
  [{ domain: 'bücher.example' }, /domain/],
  [{ selector: '' }, /selector/],
  [{ selector: 'a b' }, /selector/],
  [{ selector: 'a;b' }, /selector/],
  [{ selector: `${'a.'.repeat(100)}a`, domain: `${'a.'.repeat(50)}org` }, /too long/],
  [{ key: 'nonsense' }, /key/],
  [{ key: '' }, /key/],
  [{ key: RSA_PEM.slice(0, 300) }, /key/],
  [{ key: secret }, /passphrase/],
  [{ key: createPublicKey(RSA) }, /private/],
  [{ key: createPublicKey(RSA).export({ type: 'spki', format: 'pem' }) }, /key/],
  [{ key: ec }, /not ec/],
  [{ key: SMALL }, /512 bits/],
  [{ canonicalization: 'nowsp' }, /canonicalization/],
  [{ canonicalization: 'relaxed/' }, /canonicalization/],
  [{ canonicalization: 'relaxed/simple/simple' }, /canonicalization/],
  [{ headers: ['To'], oversign: [] }, /From/],
  [{ headers: ['From', 'from'] }, /twice/],
  [{ headers: ['From', 'a b'] }, /field name/],
  [{ headers: ['From', 'a;b'] }, /field name/],
  [{ oversign: ['From', 'a:b'] }, /field name/],
  [{ identity: 'joe' }, /identity/],
  [{ identity: 'joe@example.com' }, /identity/],
  [{ identity: 'joe@badexample.org' }, /identity/],
  [{ expires: 0 }, /expires/],
  [{ expires: 1.5 }, /expires/],
];

for (const [change, message] of WRONG) {
  test(`a TypeError before any message: ${JSON.stringify(Object.keys(change))} ${message}`, () => {
    const options = { ...OPTIONS, ...change } as DkimSignerOptions;
    assert.throws(() => dkimSigner(options), { name: 'TypeError', message });
    assert.throws(() => dkimSigner([OPTIONS, options]), { name: 'TypeError', message });
    assert.throws(() => sign(MESSAGE, options), { name: 'TypeError', message });
  });
}

test('no signature at all is a TypeError too', () => {
  assert.throws(() => dkimSigner([]), TypeError);
});

test('nothing of a key stands in an error', () => {
  const broken = RSA_PEM.replace('A', '!');
  const parts = broken.split('\n').filter((line) => line !== '');
  assert.throws(
    () => dkimSigner({ ...OPTIONS, key: broken }),
    (error: Error) => {
      const told = `${error.message} ${error.stack} ${String(error.cause)}`;
      return parts.every((part) => !told.includes(part));
    },
  );
});

test('keys of both types are taken as PEM', async () => {
  const pem = ED25519.export({ type: 'pkcs8', format: 'pem' }).toString();
  const pkcs1 = createPrivateKey(RSA_PEM).export({ type: 'pkcs1', format: 'pem' }).toString();
  const fields = await sign(MESSAGE, [
    { ...OPTIONS, selector: 'ed', key: pem },
    { ...OPTIONS, key: pkcs1 },
  ]);
  assert.deepEqual(await verdicts(join(fields, MESSAGE)), ['pass', 'pass']);
});

test('RFC 6376 §5.3: lines of a file are not signed, since they would be changed', async () => {
  const lf = octets(MESSAGE.toString('latin1').replaceAll('\r\n', '\n'));
  await assert.rejects(sign(lf, OPTIONS), UnsignableError);
  await assert.rejects(sign(join(HEADER, '\n', BODY), OPTIONS), UnsignableError);
});

test('a header block over the limit is not signed', async () => {
  const message = join(`X: ${'x'.repeat(1_100_000)}\r\n`, MESSAGE);
  await assert.rejects(sign(message, OPTIONS), UnsignableError);
});

test('a sink is closed once', async () => {
  const sink = dkimSigner(OPTIONS);
  await sink.write(MESSAGE);
  await sink.end();
  assert.throws(() => sink.write(MESSAGE), StateError);
  await assert.rejects(sink.end(), StateError);
  const left = dkimSigner(OPTIONS);
  await left.abort();
  assert.throws(() => left.write(MESSAGE), StateError);
});

test('the clock is asked when the message has ended', async () => {
  let time = NOW;
  const sink = dkimSigner({ ...OPTIONS, now: () => time });
  await sink.write(crlf('From: a@b.example\n\n'));
  time += 5999;
  assert.match(await sink.end(), /t=1600000005;/);
});
