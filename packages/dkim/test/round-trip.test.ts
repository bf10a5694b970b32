import assert from 'node:assert/strict';
import test from 'node:test';

import fc from 'fast-check';

import { dkimSigner, dkimVerifier } from '../src/index.ts';
import { cut, octets, places } from './chunks.ts';
import { ED25519, keys, now, RSA } from './keys.ts';

const value = fc
  .array(
    fc.constantFrom(
      ' ',
      '\t',
      '\r\n ',
      '\r\n\t\t',
      'word',
      'x'.repeat(200),
      ';',
      '=',
      ':',
      '\xe9',
      '\r',
    ),
    {
      maxLength: 8,
    },
  )
  .map((parts) => parts.join('').replace(/\r(?!\n)$/, ''));

const field = fc
  .tuple(
    fc.constantFrom(
      'From',
      'FROM ',
      'To',
      'Subject',
      'X-Other',
      'Received',
      'DKIM-Signature',
      'Content-Type',
    ),
    value,
  )
  .map(([name, text]) => `${name}:${text}\r\n`);

const body = fc
  .array(fc.constantFrom('\r\n', ' ', '\t', 'word', '\r', '\n', '\0', '.', 'x'.repeat(3000)), {
    maxLength: 12,
  })
  .map((parts) => parts.join(''));

/** A message that begins with a field, has a From, and may have anything else. */
const message = fc
  .tuple(fc.array(field, { maxLength: 8 }), fc.constantFrom('\r\n', ''), body)
  .map(
    ([fields, blank, text]) =>
      `From: a@example.org\r\n${fields.join('')}${blank === '' ? '' : blank + text}`,
  );

const canonicalization = fc.constantFrom('simple', 'relaxed', 'simple/relaxed', 'relaxed/simple');

async function into<T>(
  sink: { write(bytes: Uint8Array): Promise<void> | void; end(): Promise<T> },
  chunks: Uint8Array[],
): Promise<T> {
  for (const chunk of chunks) await sink.write(chunk);
  return sink.end();
}

test('what was signed verifies, in any cutting, and what was changed does not', async () => {
  await fc.assert(
    fc.asyncProperty(message, canonicalization, places, places, async (text, how, one, two) => {
      const options = { domain: 'example.org', canonicalization: how, now } as const;
      const signer = dkimSigner([
        { ...options, selector: 'rsa', key: RSA },
        { ...options, selector: 'ed', key: ED25519 },
      ]);
      const fields = await into(signer, cut(octets(text), one));
      const signed = octets(fields + text);
      const results = await into(dkimVerifier({ resolver: keys(), now }), cut(signed, two));
      assert.deepEqual(
        results.slice(0, 2).map(({ result }) => result),
        ['pass', 'pass'],
      );

      const changed = octets(fields + text.replace('a@example.org', 'b@example.org'));
      const worse = await into(dkimVerifier({ resolver: keys(), now }), cut(changed, two));
      assert.deepEqual(
        worse.slice(0, 2).map(({ result }) => result),
        ['fail', 'fail'],
      );
    }),
  );
});

test('any octets at all come to results, never to an exception', async () => {
  const noise = fc.array(
    fc.constantFrom(
      'DKIM-Signature:',
      'v=1;',
      'a=rsa-sha256;',
      'b=',
      'bh=;',
      'd=example.org;',
      's=rsa;',
      'h=from;',
      '\r\n',
      ' ',
      ';',
      '=',
      '\xff',
      '\0',
      'From:x',
    ),
    { maxLength: 30 },
  );
  await fc.assert(
    fc.asyncProperty(noise, places, async (parts, at) => {
      const chunks = cut(octets(parts.join('')), at);
      for (const { result, reason } of await into(
        dkimVerifier({ resolver: keys(), now }),
        chunks,
      )) {
        assert.notEqual(result, 'pass');
        assert.ok(reason);
      }
    }),
  );
});
