import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';

import { zone } from '@postino/dns';

import { parseKeyRecord, sign, verify } from '../src/index.ts';
import { crlf } from './chunks.ts';
import { ed25519FromSeed } from './keys.ts';

const vector = async (name: string): Promise<Buffer> =>
  crlf(await readFile(new URL(`vectors/${name}`, import.meta.url), 'utf8'));

/** RFC 6376 Appendix C. */
const BRISBANE = [
  'v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQ',
  'KBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYt',
  'IxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v',
  '/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhi',
  'tdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB',
];

/** RFC 8463 Appendix A.2. */
const FOOTBALL = zone({
  'brisbane._domainkey.football.example.com': {
    TXT: ['v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo='],
  },
  'test._domainkey.football.example.com': {
    TXT: [
      [
        'v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWR',
        'iGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutAC',
        'DfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3',
        'Ip3G+2kryOTIKT+l/K4w3QIDAQAB',
      ],
    ],
  },
});

// The hash of the RFC is over one space in "game. Are"; its text was set with two.
test('RFC 6376 Appendix A: the signed message verifies with the key of Appendix C', async () => {
  const resolver = zone({ 'brisbane._domainkey.example.com': { TXT: [BRISBANE] } });
  const [result, ...more] = await verify(await vector('rfc6376-a.2.eml'), { resolver });
  assert.deepEqual(more, []);
  assert.equal(result?.result, 'pass');
  assert.equal(result?.domain, 'example.com');
  assert.equal(result?.identity, 'joe@football.example.com');
  assert.deepEqual(result?.signedHeaders, [
    'received',
    'from',
    'to',
    'subject',
    'date',
    'message-id',
  ]);
});

test('RFC 8463 Appendix A: both signatures verify', async () => {
  const results = await verify(await vector('rfc8463-a.3.eml'), { resolver: FOOTBALL });
  assert.deepEqual(
    results.map(({ result, algorithm, selector }) => [result, algorithm, selector]),
    [
      ['pass', 'ed25519-sha256', 'brisbane'],
      ['pass', 'rsa-sha256', 'test'],
    ],
  );
});

test('RFC 8463 Appendix A.1: what its Ed25519 key signs here verifies with its record', async () => {
  const signed = await vector('rfc8463-a.3.eml');
  const message = signed.subarray(signed.indexOf('From: Joe'));
  const field = await sign(message, {
    domain: 'football.example.com',
    selector: 'brisbane',
    key: ed25519FromSeed('nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A='),
  });
  assert.match(field, /bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;/);
  const results = await verify(Buffer.concat([Buffer.from(field), message]), {
    resolver: FOOTBALL,
  });
  assert.deepEqual(
    results.map(({ result }) => result),
    ['pass'],
  );
});

test('RFC 6376 §3.6.2.2: the strings of a record are joined with nothing between', () => {
  assert.ok('publicKey' in parseKeyRecord(BRISBANE.join('')));
});
