import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LineReader, StateError, latin1, latin1Bytes } from '@postino/wire';

/** What a reader makes of these chunks: lines as text, faults in angle brackets. */
function lines(chunks: readonly string[], limit = 32): string[] {
  const reader = new LineReader(limit);
  const out: string[] = [];
  for (const chunk of chunks) {
    reader.push(latin1Bytes(chunk));
    for (let line = reader.next(); line; line = reader.next()) {
      out.push(line.fault ? `<${line.fault}>` : latin1(line.bytes));
    }
  }
  return out;
}

const table: [name: string, input: string, expected: string[]][] = [
  ['two lines', 'EHLO a\r\nQUIT\r\n', ['EHLO a', 'QUIT']],
  ['an empty line', '\r\n', ['']],
  ['half a line waits', 'QUI', []],
  ['a line of just the limit', `${'x'.repeat(30)}\r\nQUIT\r\n`, ['x'.repeat(30), 'QUIT']],
  ['one octet more', `${'x'.repeat(31)}\r\nQUIT\r\n`, ['<tooLong>', 'QUIT']],
  ['far more', `${'x'.repeat(500)}\r\nQUIT\r\n`, ['<tooLong>', 'QUIT']],
  ['a long line full of bare LF', `${'x\n'.repeat(50)}\r\nQUIT\r\n`, ['<bareLf>', 'QUIT']],
  ['what follows a bare LF is no command', 'MAIL\nRSET\r\nQUIT\r\n', ['<bareLf>', 'QUIT']],
  ['a line of bare LF only', '\nQUIT\r\nNOOP\r\n', ['<bareLf>', 'NOOP']],
  ['a bare CR inside', 'MA\rIL\r\nQUIT\r\n', ['<bareCr>', 'QUIT']],
  ['CR CR LF', 'MAIL\r\r\nQUIT\r\n', ['<bareCr>', 'QUIT']],
  ['NUL', 'MA\0IL\r\nQUIT\r\n', ['<nul>', 'QUIT']],
  ['eight bits pass', '\xe9\xff\r\n', ['\xe9\xff']],
  ['a long line that ends in CR CR LF', `${'x'.repeat(40)}\r\r\nQUIT\r\n`, ['<tooLong>', 'QUIT']],
];
for (const [name, input, expected] of table) {
  test(`lines: ${name}, cut at every place and byte by byte`, () => {
    assert.deepEqual(lines([input]), expected);
    assert.deepEqual(lines(input.split('')), expected);
    for (let at = 0; at <= input.length; at++) {
      assert.deepEqual(lines([input.slice(0, at), input.slice(at)]), expected, `cut at ${at}`);
    }
  });
}

const octets = fc.array(fc.constantFrom('a', ' ', '\r', '\n', '\r\n', '\0', 'x'.repeat(9)), {
  maxLength: 40,
});
test('lines: any chunking of the same octets gives the same lines', () => {
  fc.assert(
    fc.property(fc.array(octets, { maxLength: 6 }), (parts) => {
      const chunks = parts.map((part) => part.join(''));
      assert.deepEqual(lines(chunks), lines([chunks.join('')]));
    }),
  );
});

test('lines: a line that is told too long early is told once', () => {
  assert.deepEqual(lines(['x'.repeat(40), 'y'.repeat(40), '\r', '\nQUIT\r\n']), [
    '<tooLong>',
    'QUIT',
  ]);
});

test('lines: rest() hands over what was not read, reset() forgets it', () => {
  const reader = new LineReader(32);
  reader.push(latin1Bytes('DATA\r\nSubject: x\r\n'));
  assert.equal(latin1(reader.next()!.bytes), 'DATA');
  assert.equal(reader.buffered, 12);
  assert.equal(latin1(reader.rest()), 'Subject: x\r\n');
  assert.equal(reader.buffered, 0);
  reader.push(latin1Bytes('MAIL FR'));
  assert.equal(reader.next(), null);
  assert.equal(reader.buffered, 7);
  reader.reset();
  assert.equal(reader.buffered, 0);
  reader.push(latin1Bytes('OM\r\n'));
  assert.equal(latin1(reader.next()!.bytes), 'OM');
});

test('lines: push() before next() gave null is our own fault', () => {
  const reader = new LineReader(32);
  reader.push(latin1Bytes('NOOP\r\nNOOP\r\n'));
  reader.next();
  assert.throws(() => reader.push(latin1Bytes('x')), StateError);
});

test('lines: what is held of a line does not pin or follow the chunk it came in', () => {
  const reader = new LineReader(32);
  const chunk = latin1Bytes('EHL');
  reader.push(chunk);
  assert.equal(reader.next(), null);
  chunk.fill(0x58);
  reader.push(latin1Bytes('O x\r\n'));
  assert.equal(latin1(reader.next()!.bytes), 'EHLO x');
});

test('lines: half a line is a copy, also where the chunk is a Buffer', () => {
  const reader = new LineReader(32);
  const chunk = Buffer.from('QUI');
  reader.push(chunk);
  assert.equal(reader.next(), null);
  chunk.fill(0);
  reader.push(latin1Bytes('T\r\n'));
  assert.equal(latin1(reader.next()!.bytes), 'QUIT');
});
