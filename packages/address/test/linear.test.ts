import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  domainToAscii,
  domainToUnicode,
  parseAddressList,
  parseMailbox,
  parsePath,
  readPath,
} from '@postino/address';
import { parseMailbox as parseByGrammar } from '@postino/address/grammar';

const LONG = 1 << 16;

// Were any of these not linear, this file would not end.
test('hostile: a flood of any character is refused at the cost of reading it', () => {
  const options = { smtputf8: true, singleLabel: true };
  const seeds = [
    '(',
    '<',
    '"',
    '\\',
    '@',
    '.',
    'a',
    'a.',
    '"a"',
    '[',
    ',',
    'é',
    'xn--',
    'a@b,',
    '<@a,',
  ];
  for (const seed of seeds) {
    const text = seed.repeat(LONG / seed.length);
    assert.equal(parseMailbox(text, options), null);
    assert.equal(parseMailbox(`"${text}"@b.org`, options), null);
    assert.equal(parseByGrammar(text, options), null);
    assert.equal(parsePath(`<${text}>`, options), null);
    assert.equal(readPath(`<"${text}`, 0, options), null);
    assert.equal(domainToAscii(text), null);
    assert.equal(domainToUnicode(text), text);
    parseAddressList(text);
    parseAddressList(`"${text}`);
    parseAddressList(`g: ${text}`);
  }
});

test('a long list of addresses is read whole', () => {
  assert.equal(parseAddressList('Ann <a@b.org>, '.repeat(50_000))?.length, 50_000);
  assert.equal(parseAddressList(`${'('.repeat(100_000)}${')'.repeat(100_000)} a@b.org`)?.length, 1);
});
