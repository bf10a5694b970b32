import assert from 'node:assert/strict';
import { test } from 'node:test';
import { domainToAscii, domainToUnicode } from '@postino/address/idna';

test('what people type is mapped', () => {
  const rows: readonly [string, string][] = [
    ['BÜCHER.de', 'xn--bcher-kva.de'],
    ['bücher。de', 'xn--bcher-kva.de'],
    ['bu\u0308cher.de', 'xn--bcher-kva.de'],
    ['ｅｘａｍｐｌｅ.org', 'example.org'],
    ['b\u00adücher.de', 'xn--bcher-kva.de'],
    ['faß.de', 'xn--fa-hia.de'],
    ['نامه\u200cای.com', 'xn--mgba3gch31f060k.com'],
  ];
  for (const [text, ascii] of rows) assert.equal(domainToAscii(text), ascii, text);
});

test('what is not valid has no ASCII form', () => {
  const broken = [
    '',
    'a..b',
    'a.',
    'a_b.com',
    '-a.com',
    'ab--c.com',
    'xn--a.com',
    'aא.com', // left to right and right to left in one label
    'a\u200db.com', // a joiner with nothing to join
    `${'a'.repeat(64)}.com`,
    'ü'.repeat(1e6),
  ];
  for (const text of broken) assert.equal(domainToAscii(text), null, text.slice(0, 20));
});

test('a domain for display', () => {
  assert.equal(domainToUnicode('XN--BCHER-KVA.de'), 'bücher.de');
  assert.equal(domainToUnicode('xn--a.com'), 'xn--a.com');
  assert.equal(domainToUnicode('a_b.com'), 'a_b.com');
});
