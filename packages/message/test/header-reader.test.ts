import {
  HeaderReader,
  MAX_HEADER_FIELDS,
  MAX_HEADER_SIZE,
  splitMessage,
  type HeaderReaderOptions,
} from '@postino/message';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cut, messages, octets, text } from './chunks.ts';

/** What comes of a message that arrives in these chunks. */
function read(
  chunks: readonly Uint8Array[],
  options?: HeaderReaderOptions,
): Record<string, unknown> {
  const reader = new HeaderReader(options);
  const body = chunks.flatMap((chunk) => reader.push(chunk));
  body.push(...reader.end());
  assert.ok(reader.header);
  return {
    fields: reader.header.fields.map((field) => text(field)),
    separator: text(reader.header.separator),
    body: text(...body),
    fault: reader.fault,
  };
}

const cases: {
  name: string;
  message: string;
  fields: string[];
  separator?: string;
  body?: string;
}[] = [
  {
    name: 'fields, blank line, body',
    message: 'A: 1\r\nB: 2\r\n\r\nbody\r\n',
    fields: ['A: 1\r\n', 'B: 2\r\n'],
    separator: '\r\n',
    body: 'body\r\n',
  },
  {
    name: 'LF only, as in a file',
    message: 'A: 1\nB: 2\n\nbody\n',
    fields: ['A: 1\n', 'B: 2\n'],
    separator: '\n',
    body: 'body\n',
  },
  {
    name: 'a folded field is one',
    message: 'A: 1\r\n 2\r\n\t3\r\nB: 4\r\n\r\n',
    fields: ['A: 1\r\n 2\r\n\t3\r\n', 'B: 4\r\n'],
    separator: '\r\n',
  },
  {
    name: 'white space alone continues a field',
    message: 'A: 1\r\n \r\nB: 2\r\n\r\n',
    fields: ['A: 1\r\n \r\n', 'B: 2\r\n'],
    separator: '\r\n',
  },
  {
    name: 'white space before the colon',
    message: 'A \t: 1\r\n\r\n',
    fields: ['A \t: 1\r\n'],
    separator: '\r\n',
  },
  {
    name: 'an empty body of a field',
    message: 'A:\r\n\r\n',
    fields: ['A:\r\n'],
    separator: '\r\n',
  },
  { name: 'no header at all', message: '\r\nbody', fields: [], separator: '\r\n', body: 'body' },
  { name: 'nothing', message: '', fields: [] },
  { name: 'header only', message: 'A: 1\r\n', fields: ['A: 1\r\n'] },
  { name: 'it ends within a field', message: 'A: 1\r\nB: 2', fields: ['A: 1\r\n', 'B: 2'] },
  { name: 'it ends within a name', message: 'A: 1\r\nSubj', fields: ['A: 1\r\n'], body: 'Subj' },
  { name: 'it ends after CR', message: 'A: 1\r\n\r', fields: ['A: 1\r\n'], body: '\r' },
  {
    name: 'a CR that is no line end',
    message: 'A: 1\r2\r\n\rB: 3\r\n',
    fields: ['A: 1\r2\r\n'],
    body: '\rB: 3\r\n',
  },
  {
    name: 'CR CR LF is no blank line',
    message: 'A: 1\r\n\r\r\nbody',
    fields: ['A: 1\r\n'],
    body: '\r\r\nbody',
  },
  {
    name: 'a colon without a name',
    message: 'A: 1\r\n: 2\r\n',
    fields: ['A: 1\r\n'],
    body: ': 2\r\n',
  },
  {
    name: 'the line of an mbox',
    message: 'From a@example.org Tue Mar 2 09:44:33 1999\nA: 1\n',
    fields: [],
    body: 'From a@example.org Tue Mar 2 09:44:33 1999\nA: 1\n',
  },
];

for (const { name, message, fields, separator = '', body = '' } of cases) {
  test(`header block: ${name}`, () => {
    const expected = { fields, separator, body, fault: null };
    assert.deepEqual(read([octets(message)]), expected, 'whole');
    assert.deepEqual(
      read([...octets(message)].map((octet) => Uint8Array.of(octet))),
      expected,
      'byte by byte',
    );
    for (let place = 0; place <= message.length; place++) {
      assert.deepEqual(read(cut(message, [place])), expected, `cut at ${place}`);
    }
  });
}

const wrong: { name: string; message: string; fields: string[]; body: string }[] = [
  {
    name: 'no blank line',
    message: 'A: 1\r\nbody without one\r\n',
    fields: ['A: 1\r\n'],
    body: 'body without one\r\n',
  },
  {
    name: 'the first line is no field',
    message: 'Hello\r\nA: 1\r\n\r\n',
    fields: [],
    body: 'Hello\r\nA: 1\r\n\r\n',
  },
  {
    name: 'a line without a colon',
    message: 'A: 1\r\nB 2\r\nC: 3\r\n\r\n',
    fields: ['A: 1\r\n'],
    body: 'B 2\r\nC: 3\r\n\r\n',
  },
  {
    name: 'white space on the first line',
    message: ' A: 1\r\nB: 2\r\n\r\n',
    fields: [],
    body: ' A: 1\r\nB: 2\r\n\r\n',
  },
  {
    name: 'a NUL in a name',
    message: 'A: 1\r\nB\0: 2\r\n',
    fields: ['A: 1\r\n'],
    body: 'B\0: 2\r\n',
  },
  {
    name: 'an 8-bit name',
    message: 'A: 1\r\n\xc3\xa9: 2\r\n',
    fields: ['A: 1\r\n'],
    body: '\xc3\xa9: 2\r\n',
  },
];
for (const { name, message, fields, body } of wrong) {
  test(`hostile 47: ${name}: the body begins at the first line that is no field`, () => {
    const expected = { fields, separator: '', body, fault: null };
    for (let place = 0; place <= message.length; place++) {
      assert.deepEqual(read(cut(message, [place])), expected, `cut at ${place}`);
    }
  });
}

test('hostile 47: a header of 1 MiB passes, one octet more is a fault, and nothing is lost', () => {
  const field = `X: ${'y'.repeat(1021)}\r\n`;
  const header =
    field.repeat(MAX_HEADER_SIZE / 1026) + `Z:${'z'.repeat((MAX_HEADER_SIZE % 1026) - 4)}\r\n`;
  assert.equal(header.length, MAX_HEADER_SIZE);
  const { header: block, fault, body } = splitMessage(octets(`${header}\r\nbody`));
  assert.equal(fault, null);
  assert.equal(block.bytes().length, MAX_HEADER_SIZE + 2);
  assert.equal(text(body), 'body');

  const over = splitMessage(octets(`${header.slice(0, -2)}z\r\n\r\nbody`));
  assert.equal(over.fault, 'tooLarge');
  assert.equal(text(over.header.bytes(), over.body), `${header.slice(0, -2)}z\r\n\r\nbody`);
});

test('hostile 47: a line of 100 000 octets is one field, however it is cut', () => {
  const message = `A: ${'x'.repeat(100_000)}\r\n\r\nbody`;
  const expected = {
    fields: [`A: ${'x'.repeat(100_000)}\r\n`],
    separator: '\r\n',
    body: 'body',
    fault: null,
  };
  assert.deepEqual(read([octets(message)]), expected);
  assert.deepEqual(read(cut(message, [1, 2, 50_000, 99_999])), expected);
});

test('hostile 47: 10 000 fields pass, one more is a fault, and the rest is body', () => {
  const header = 'A: 1\r\n'.repeat(MAX_HEADER_FIELDS);
  const whole = splitMessage(octets(`${header}\r\nbody`));
  assert.equal(whole.fault, null);
  assert.equal(whole.header.count('a'), MAX_HEADER_FIELDS);
  const over = splitMessage(octets(`${header}B: 2\r\n\r\nbody`));
  assert.equal(over.fault, 'tooManyFields');
  assert.equal(over.header.fields.length, MAX_HEADER_FIELDS);
  assert.equal(text(over.body), 'B: 2\r\n\r\nbody');
});

// The limit is a guard, not a measure: with a copy of all for each octet this would run for minutes.
test('hostile 47: 1 MiB of header, byte by byte, is linear', { timeout: 20_000 }, () => {
  const message = octets('Subject: hello\r\n'.repeat(MAX_HEADER_SIZE / 16));
  const reader = new HeaderReader({ maxFields: MAX_HEADER_SIZE });
  for (let at = 0; at < message.length; at++) reader.push(message.subarray(at, at + 1));
  reader.end();
  assert.equal(reader.header?.count('subject'), MAX_HEADER_SIZE / 16);
});

test('after the header block a chunk comes out as it went in, and is not kept', () => {
  const reader = new HeaderReader();
  reader.push(octets('A: 1\r\n\r\n'));
  const chunk = octets('body '.repeat(1000));
  const [body, ...more] = reader.push(chunk);
  assert.equal(body, chunk);
  assert.deepEqual(more, []);
  assert.deepEqual(reader.push(new Uint8Array(0)), []);
  assert.deepEqual(reader.end(), []);
});

test('the header block is a copy: the chunk may be used again', () => {
  const reader = new HeaderReader();
  const chunk = octets('A: 1\r\n\r\nbody');
  reader.push(chunk);
  chunk.fill(0);
  assert.equal(text(reader.header!.bytes()), 'A: 1\r\n\r\n');
});

test('a limit that is no whole number is refused', () => {
  assert.throws(() => new HeaderReader({ maxSize: -1 }), TypeError);
  assert.throws(() => new HeaderReader({ maxFields: 1.5 }), TypeError);
});

test('property: any chunking gives the same, limits included', () => {
  fc.assert(
    fc.property(
      messages,
      fc.array(fc.nat(), { maxLength: 8 }),
      fc.nat(150),
      fc.nat(5),
      (message, places, maxSize, maxFields) => {
        for (const options of [{}, { maxSize }, { maxFields }]) {
          assert.deepEqual(read(cut(message, places), options), read([octets(message)], options));
        }
      },
    ),
  );
});

test('property: header block and body are together the message, and the block keeps its limits', () => {
  fc.assert(
    fc.property(messages, fc.nat(150), fc.nat(5), (message, maxSize, maxFields) => {
      const { header, body, fault } = splitMessage(octets(message), { maxSize, maxFields });
      assert.equal(text(header.bytes(), body), message);
      assert.ok(header.bytes().length - header.separator.length <= maxSize);
      assert.ok(header.fields.length <= maxFields);
      if (fault) assert.ok(body.length > 0 || message.length > maxSize);
    }),
  );
});
