import { splitMessage, stripForged } from '@postino/message';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { octets, text } from './chunks.ts';

function stripped(source: string, authservId?: string): string {
  const { header } = splitMessage(octets(`${source}\r\n`));
  return text(stripForged(header, authservId === undefined ? {} : { authservId }).bytes()).slice(
    0,
    -2,
  );
}

test('hostile 46: what only we may write is taken away, in any case and folded', () => {
  const source =
    'Return-Path: <ceo@example.org>\r\n' +
    'RETURN-PATH: <two@example.org>\r\n' +
    'Envelope-To:\r\n bob@example.org\r\n' +
    'delivery-date: yesterday\r\n' +
    'X-warning : clean\r\n' +
    'Subject: kept\r\n' +
    'X-Warnings: kept\r\n';
  assert.equal(stripped(source), 'Subject: kept\r\nX-Warnings: kept\r\n');
});

const results: [value: string, kept: boolean][] = [
  ['mx.example.org; spf=pass', false],
  ['MX.Example.ORG 1; spf=pass', false],
  ['(a (nested\\) comment)) mx.example.org; spf=pass', false],
  ['\r\n\tmx.example.org;\r\n\tspf=pass', false],
  ['"mx.example.org"; spf=pass', false],
  ['"mx.\\example.org"; spf=pass', false],
  ['mx.example.org', false],
  ['mx.example.org(comment); none', false],
  ['(never closed mx.example.org; spf=pass', false],
  ['"never closed; spf=pass', false],
  ['; spf=pass', false],
  ['', false],
  ['mx.example.net; spf=pass', true],
  ['mx.example.org.evil; spf=pass', true],
  ['(mx.example.org) other.example; spf=pass', true],
  ['spf=pass smtp.mailfrom=mx.example.org', true],
];
for (const [value, kept] of results) {
  test(`hostile 46: Authentication-Results ${JSON.stringify(value)} is ${kept ? 'kept' : 'taken away'}`, () => {
    const source = `Authentication-Results: ${value}\r\n`;
    assert.equal(stripped(source, 'mx.example.org'), kept ? source : '');
    assert.equal(stripped(source), source, 'no id given');
  });
}

const many = 500_000;
const endless: [name: string, value: string, kept: boolean][] = [
  ['comments that never close', '('.repeat(many), false],
  ['a string that never closes', `"${'x'.repeat(many)}`, false],
  ['quoted pairs', `"${'\\"'.repeat(many / 2)}`, false],
  ['backslashes', '\\'.repeat(many), true],
  ['white space', ' '.repeat(many), false],
];
for (const [name, value, kept] of endless) {
  test(`hostile 46: half a million octets of ${name} are read once`, { timeout: 20_000 }, () => {
    const source = `Authentication-Results: ${value}\r\n`;
    assert.equal(stripped(source, 'mx.example.org') === source, kept);
  });
}
