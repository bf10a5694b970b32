import assert from 'node:assert/strict';
import test from 'node:test';

import { HeaderBlock } from '@postino/message';

import { canonicalHeader, FieldIndex } from '../src/canonical-header.ts';
import { octets } from './chunks.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** A field, and its relaxed form. */
const RELAXED: [field: string, relaxed: string][] = [
  ['A: X\r\n', 'a:X'],
  ['B : Y\t\r\n\tZ  \r\n', 'b:Y Z'],
  ['SUBJect: AbC\r\n', 'subject:AbC'],
  ['Subject:\r\n', 'subject:'],
  ['Subject: \r\n \r\n', 'subject:'],
  ['Subject:\r\n a\r\n\tb\r\n', 'subject:a b'],
  ['Subject: a: b\r\n', 'subject:a: b'],
  // A CR alone is no fold, and neither NBSP nor a form feed is white space.
  ['Subject: a\rb \xa0 \x0c\r\n', 'subject:a\rb \xa0 \x0c'],
  // Lines of a file: the reader of the header block took them for folds too.
  ['Subject: a\n b\n', 'subject:a b'],
  ['Subject: the end', 'subject:the end'],
];

for (const [field, relaxed] of RELAXED) {
  test(`header ${JSON.stringify(field)}`, () => {
    assert.equal(text(canonicalHeader([], octets(field), 'relaxed')), relaxed);
    assert.equal(text(canonicalHeader([], octets(field), 'simple')), field.replace(/\r?\n$/, ''));
  });
}

const received = ['A', 'B', 'C'].map((id) => octets(`Received: <${id}>\r\n`));
const index = new FieldIndex(new HeaderBlock([...received, octets('FROM : x\r\n')]));

test('RFC 6376 §5.4.2: names take fields from the bottom, and no field twice', () => {
  const selected = index.select(['received', 'from', 'received', 'cc', 'from', 'from']);
  assert.deepEqual(selected.map(text), ['Received: <C>\r\n', 'FROM : x\r\n', 'Received: <B>\r\n']);
  assert.equal(index.count('received'), 3);
  assert.equal(index.count('cc'), 0);
});

test('RFC 6376 §3.7: each field ends with CRLF, and the signature itself does not', () => {
  const signed = canonicalHeader([octets('A: x\n')], octets('DKIM-Signature: b='), 'simple');
  assert.equal(text(signed), 'A: x\r\nDKIM-Signature: b=');
});
