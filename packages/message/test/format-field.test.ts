import {
  FOLD_AT,
  fold,
  formatField,
  harmless,
  MAX_FOREIGN_TEXT,
  MAX_LINE,
  splitMessage,
} from '@postino/message';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';

function octetLength(text: string): number {
  return Buffer.byteLength(text);
}

function lines(field: string): string[] {
  return field.slice(0, -2).split('\r\n');
}

test('a short field is one line', () => {
  assert.equal(formatField('Subject', 'hello'), 'Subject: hello\r\n');
  assert.equal(formatField('Subject', ''), 'Subject:\r\n');
});

test('a long one is folded before white space, and stays under 78 octets', () => {
  assert.equal(
    formatField(
      'X-Warning',
      'this value is long enough to need a second line, and it is folded before a word',
    ),
    'X-Warning: this value is long enough to need a second line, and it is folded\r\n before a word\r\n',
  );
});

test('a word longer than 78 octets goes on a line of its own, uncut', () => {
  const word = 'w'.repeat(300);
  assert.equal(formatField('X', `a ${word} b`), `X: a\r\n ${word}\r\n b\r\n`);
});

test('hostile 45: a word longer than 998 octets is cut at 998', () => {
  const field = formatField('X-Warning', 'w'.repeat(3000));
  assert.deepEqual(
    lines(field).map((line) => line.length),
    [10, MAX_LINE, MAX_LINE, MAX_LINE, 10],
  );
  assert.equal(field.replaceAll(/\s/g, ''), `X-Warning:${'w'.repeat(3000)}`);
});

test('hostile 45: foreign text longer than 998 octets is cut off, and folded under 78', () => {
  const value = harmless('long text '.repeat(7000));
  assert.equal(value.length, MAX_FOREIGN_TEXT);
  assert.ok(lines(formatField('X-Warning', value)).every((line) => line.length <= FOLD_AT));
});

test('hostile 43: CR, LF, NUL and controls of foreign text end no line and begin no field', () => {
  const value = harmless('listed\r\nBcc: all@example.org\r\n\r\n<html>\0\x1b[31m\x7f\u0085\u2028x');
  assert.equal(value, 'listed  Bcc: all@example.org    <html>??[31m?  x');
  const message = new TextEncoder().encode(`${formatField('X-Warning', value)}\r\n`);
  assert.equal(splitMessage(message).header.fields.length, 1);
});

test('hostile 43: past ASCII only where the message allows it, and never half a character', () => {
  assert.equal(harmless('né 😀'), 'n? ?');
  assert.equal(harmless('né 😀', { utf8: true }), 'né 😀');
  assert.equal(harmless('a\ud83d', { utf8: true }), 'a?');
  assert.equal(harmless('éé', { utf8: true, max: 3 }), 'é');
});

for (const value of ['a\rb', 'a\nb', 'a\r\n b', 'a\0b', 'a\x7fb']) {
  test(`a control character in a value is refused: ${JSON.stringify(value)}`, () => {
    assert.throws(() => formatField('Subject', value), TypeError);
  });
}

for (const name of ['', 'a b', 'a:', 'a\r\nb', 'é']) {
  test(`not a name: ${JSON.stringify(name)}`, () => {
    assert.throws(() => formatField(name, 'x'), TypeError);
  });
}

test('a folded line is never white space only', () => {
  const field = formatField('X', `a${' '.repeat(2000)}b${' '.repeat(2000)}`);
  assert.ok(lines(field).every((line) => line.trim() !== '' && line.length <= MAX_LINE));
});

test('hostile 45: folding 1 MiB of white space or of one word ends', { timeout: 20_000 }, () => {
  assert.ok(fold(' '.repeat(1 << 20)) === '');
  assert.ok(fold(`a${' '.repeat(1 << 20)}b`).length > 0);
  assert.ok(fold('w'.repeat(1 << 20)).length > 1 << 20);
});

const values = fc
  .array(fc.oneof(fc.string({ unit: 'grapheme', maxLength: 30 }), fc.string({ maxLength: 400 })), {
    maxLength: 20,
  })
  .map((words) => harmless(words.join(' '), { max: 5000, utf8: true }));

test('property: foreign text makes one field, every line under 998 octets, under 78 where it has white space', () => {
  fc.assert(
    fc.property(values, (value) => {
      const field = formatField('X-Warning', value);
      const { header, body } = splitMessage(new TextEncoder().encode(`${field}\r\n`));
      assert.equal(header.fields.length, 1);
      assert.equal(body.length, 0);
      for (const line of lines(field)) {
        assert.ok(octetLength(line) <= MAX_LINE);
        assert.ok(octetLength(line) <= FOLD_AT || !/[^ \t][ \t]/.test(line));
        assert.notEqual(line.trim(), '');
      }
    }),
  );
});

test('property: unfolding gives the value back', () => {
  fc.assert(
    fc.property(values, (value) => {
      const unfolded = formatField('X', value).replaceAll('\r\n', '');
      assert.equal(unfolded, `X: ${value}`.replace(/[ \t]+$/, ''));
    }),
  );
});

test('property: foreign text is cut to its octets, and only then', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 50 }), fc.nat(60), (text, max) => {
      const plain = harmless(text, { max, utf8: true });
      assert.ok(octetLength(plain) <= max);
      if (octetLength(text) <= max) assert.equal(plain.length, text.length);
    }),
  );
});
