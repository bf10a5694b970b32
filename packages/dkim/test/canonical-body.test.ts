import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';

import fc from 'fast-check';

import { canonicalBody } from '../src/canonical-body.ts';
import type { Canonicalization } from '../src/canonicalization.ts';
import { cut, octets, places } from './chunks.ts';

function canonical(how: Canonicalization, chunks: readonly Uint8Array[]): string {
  let text = '';
  const body = canonicalBody(how, (bytes) => (text += Buffer.from(bytes).toString('latin1')));
  for (const chunk of chunks) body.write(chunk);
  body.end();
  return text;
}

function hash(text: string, name: string): string {
  return createHash(name).update(text).digest('base64');
}

/** Chunks, and what both canonicalizations make of them. */
const TABLE: [chunks: string[], simple: string, relaxed: string][] = [
  [[], '\r\n', ''],
  [[''], '\r\n', ''],
  [['\r\n'], '\r\n', ''],
  [['\r', '\n', '\r\n', '\r', '\n'], '\r\n', ''],
  [[' '], ' \r\n', ''],
  [[' \r\n\t\r\n'], ' \r\n\t\r\n', ''],
  [['hey'], 'hey\r\n', 'hey\r\n'],
  [['hey\r\n'], 'hey\r\n', 'hey\r\n'],
  [['\r\n', '\r', '\n', 'hey\r\n', '\r\n'], '\r\n\r\nhey\r\n', '\r\n\r\nhey\r\n'],
  [['hey', ' ', '\t', ' you'], 'hey \t you\r\n', 'hey you\r\n'],
  [['hey ', 'you'], 'hey you\r\n', 'hey you\r\n'],
  [['hey\tyou\r\n'], 'hey\tyou\r\n', 'hey you\r\n'],
  [['hey \t', '\r', '\nyou'], 'hey \t\r\nyou\r\n', 'hey\r\nyou\r\n'],
  [[' hey\r\n'], ' hey\r\n', ' hey\r\n'],
  [['\t\they\r\n'], '\t\they\r\n', ' hey\r\n'],
  [['a\r\n', ' \r\n', '\r\n', 'b'], 'a\r\n \r\n\r\nb\r\n', 'a\r\n\r\n\r\nb\r\n'],
  [['a\r\n', ' \t\r\nx'], 'a\r\n \t\r\nx\r\n', 'a\r\n\r\nx\r\n'],
  [['a \r\n \r\n'], 'a \r\n \r\n', 'a\r\n'],
  [['a ', '\r\nb'], 'a \r\nb\r\n', 'a\r\nb\r\n'],
  [[' ', '\r\n\n'], ' \r\n\n\r\n', '\r\n\n\r\n'],
  // A CR or LF alone is no line end.
  [['a\r', 'b'], 'a\rb\r\n', 'a\rb\r\n'],
  [['a \r', ' b\r'], 'a \r b\r\r\n', 'a \r b\r\r\n'],
  [['a\n', '\nb \n'], 'a\n\nb \n\r\n', 'a\n\nb \n\r\n'],
  [['a\r\r\n\r', '\r\n'], 'a\r\r\n\r\r\n', 'a\r\r\n\r\r\n'],
  [['\r'], '\r\r\n', '\r\r\n'],
  [['\n\r\n\r\n'], '\n\r\n', '\n\r\n'],
  // Controls and octets past ASCII are words.
  [['a\0  \x0b\xa0 \x85\r\n'], 'a\0  \x0b\xa0 \x85\r\n', 'a\0 \x0b\xa0 \x85\r\n'],
];

for (const [chunks, simple, relaxed] of TABLE) {
  test(`body ${JSON.stringify(chunks)}`, () => {
    assert.equal(canonical('simple', chunks.map(octets)), simple);
    assert.equal(canonical('relaxed', chunks.map(octets)), relaxed);
  });
}

test('RFC 6376 §3.4.5: the example, both ways', () => {
  const body = octets(' C \r\nD \t E\r\n\r\n\r\n');
  assert.equal(canonical('simple', [body]), ' C \r\nD \t E\r\n');
  assert.equal(canonical('relaxed', [body]), ' C\r\nD E\r\n');
});

test('RFC 6376 §3.4.3, §3.4.4: hashes of an empty body', () => {
  assert.equal(
    hash(canonical('simple', []), 'sha256'),
    'frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=',
  );
  assert.equal(hash(canonical('simple', []), 'sha1'), 'uoq1oCgLlTqpdDX/iUbLy7J1Wic=');
  assert.equal(
    hash(canonical('relaxed', []), 'sha256'),
    '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
  );
  assert.equal(hash(canonical('relaxed', []), 'sha1'), '2jmj7l5rSw0yVb/vlWAYkK/YBwk=');
});

/** The rules in the words of the RFC, for a body that is in memory. */
const PLAIN: Record<Canonicalization, (body: string) => string> = {
  simple: (body) => body.replace(/(?:\r\n)*$/, '\r\n'),
  relaxed: (body) => {
    const reduced = body.replace(/[ \t]+(?=\r\n|$)/g, '').replace(/[ \t]+/g, ' ');
    const text = reduced.replace(/(?:\r\n)*$/, '');
    return text === '' ? '' : `${text}\r\n`;
  },
};

/** All texts of up to `length` of these characters. */
function* texts(alphabet: string, length: number): Generator<string> {
  yield '';
  if (length === 0) return;
  for (const text of texts(alphabet, length - 1)) {
    if (text.length === length - 1) for (const more of alphabet) yield text + more;
    if (text !== '') yield text;
  }
}

test('every short body, cut at every place', () => {
  for (const text of new Set(texts(' \t\r\na', 5))) {
    for (const how of ['simple', 'relaxed'] as const) {
      for (let at = 0; at <= text.length; at++) {
        const chunks = cut(octets(text), [at]);
        const got = canonical(how, chunks);
        if (got !== PLAIN[how](text)) assert.fail(`${how} ${JSON.stringify(text)} cut at ${at}`);
      }
    }
  }
});

test('gaps across the windows in which white space is looked for', () => {
  for (const gap of [' \r\n', '\t\r\n\r\n  ', '\r\n', '\r', ' \r', '  ', '\r\n\r\n']) {
    for (const rest of ['a'.repeat(5000), 'a b', '\n', '']) {
      for (let size = 4090; size <= 4097; size++) {
        const text = 'x'.repeat(size) + gap + rest;
        for (const how of ['simple', 'relaxed'] as const) {
          assert.equal(canonical(how, [octets(text)]), PLAIN[how](text));
        }
      }
    }
  }
});

const body = fc
  .array(
    fc.oneof(
      {
        weight: 9,
        arbitrary: fc.constantFrom('\r\n', '\r', '\n', ' ', '  ', '\t', 'a', '\0', '\xa0'),
      },
      {
        weight: 1,
        arbitrary: fc.constantFrom('b'.repeat(5000), 'word '.repeat(400), '\r\n'.repeat(3000)),
      },
    ),
    { maxLength: 24 },
  )
  .map((parts) => parts.join(''));

for (const how of ['simple', 'relaxed'] as const) {
  test(`${how}: any chunking gives what the RFC says`, () => {
    fc.assert(
      fc.property(body, places, (text, at) => {
        const chunks = cut(octets(text), at);
        assert.equal(canonical(how, chunks), PLAIN[how](text));
        const single = [...octets(text.slice(0, 300))].map((octet) => Uint8Array.of(octet));
        assert.equal(canonical(how, single), PLAIN[how](text.slice(0, 300)));
      }),
    );
  });
}
