import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DotReader, DotWriter, StateError, latin1, latin1Bytes } from '@postino/wire';

interface Read {
  content: string;
  ended: boolean;
  fault: string | null;
  rest: string;
}

/** Reads chunks up to the end; once there was a fault, how much content came before it is of no account. */
function undot(chunks: readonly string[]): Read {
  const reader = new DotReader();
  let content = '';
  let rest = '';
  for (const chunk of chunks) {
    if (reader.ended) {
      rest += chunk;
      continue;
    }
    reader.push(latin1Bytes(chunk));
    for (let run = reader.next(); run; run = reader.next()) content += latin1(run);
    if (reader.ended) rest += latin1(reader.rest());
  }
  return { content: reader.fault ? '' : content, ended: reader.ended, fault: reader.fault, rest };
}

const table: [name: string, input: string, expected: Partial<Read>][] = [
  ['hostile 1: CRLF.CRLF ends', 'a\r\n.\r\nQUIT\r\n', { content: 'a\r\n', rest: 'QUIT\r\n' }],
  ['hostile 2: LF.LF', 'a\n.\nb\r\n.\r\n', { fault: 'bareLf' }],
  ['hostile 3: LF.CRLF', 'a\n.\r\nb\r\n.\r\n', { fault: 'bareLf' }],
  ['hostile 4: CRLF.LF', 'a\r\n.\nb\r\n.\r\n', { fault: 'bareLf' }],
  ['hostile 5: CR.CR', 'a\r.\rb\r\n.\r\n', { fault: 'bareCr' }],
  ['hostile 5: CR.CRLF', 'a\r.\r\nb\r\n.\r\n', { fault: 'bareCr' }],
  ['hostile 5: CRLF.CR and a letter', 'a\r\n.\rx\r\n.\r\n', { fault: 'bareCr' }],
  ['hostile 6: CRLF.CR CR LF', 'a\r\n.\r\r\nb\r\n.\r\n', { fault: 'bareCr' }],
  ['hostile 7: CR CR LF.CRLF', 'a\r\r\n.\r\nQUIT', { fault: 'bareCr', rest: 'QUIT' }],
  ['hostile 8: NUL is kept', 'a\0\r\n\0.\r\n.\r\n', { content: 'a\0\r\n\0.\r\n' }],
  ['hostile 8: LF NUL. does not end', 'a\n\0.\r\nb\r\n.\r\n', { fault: 'bareLf' }],
  ['hostile 9: an end at once', '.\r\nNOOP\r\n', { content: '', rest: 'NOOP\r\n' }],
  ['hostile 10: ..x on the first line', '..x\r\n.\r\n', { content: '.x\r\n' }],
  ['hostile 10: a dot elsewhere stays', 'a..b.\r\n.\r\n', { content: 'a..b.\r\n' }],
  ['hostile 11: a dot that was not stuffed', '.x\r\n.\r\n', { content: 'x\r\n' }],
  ['hostile 12: a header line with LF', 'A: b\nC: d\r\n\r\n.\r\n', { fault: 'bareLf' }],
  ['dots only', '....\r\n..\r\n.\r\n', { content: '...\r\n.\r\n' }],
  ['an end after a line of a dot and a blank', '. \r\n.\r\n', { content: ' \r\n' }],
  ['no end', 'a\r\n.', { content: 'a\r\n', ended: false }],
];
for (const [name, input, expected] of table) {
  test(`dots: ${name}, cut at every place and byte by byte`, () => {
    const full = { content: '', ended: true, fault: null, rest: '', ...expected };
    assert.deepEqual(undot([input]), full);
    assert.deepEqual(undot(input.split('')), full);
    for (let at = 0; at <= input.length; at++) {
      assert.deepEqual(undot([input.slice(0, at), input.slice(at)]), full, `cut at ${at}`);
    }
  });
}

function runsOf(chunk: Uint8Array): Uint8Array[] {
  const reader = new DotReader();
  reader.push(chunk);
  const runs: Uint8Array[] = [];
  for (let run = reader.next(); run; run = reader.next()) runs.push(run);
  return runs;
}

test('dots: long runs are views into the chunk, and the chunk is not written to', () => {
  const long = 'x'.repeat(70);
  const chunk = latin1Bytes(`${long}\r\n..${long}\r\n..a\r\n.\r\n`);
  const copy = chunk.slice();
  const runs = runsOf(chunk);
  assert.deepEqual(runs.map(latin1), [`${long}\r\n`, `.${long}\r\n`, '.a\r\n']);
  assert.ok(runs.every((run) => run.buffer === chunk.buffer));
  assert.deepEqual(chunk, copy);
});

test('dots: short runs come together as copies that are full, whatever is between them', () => {
  const long = `..${'x'.repeat(5000)}\r\n`;
  const wire = `${'..\r\n'.repeat(3000)}${long}..\r\n${long}.\r\n`;
  const chunk = latin1Bytes(wire);
  const copy = chunk.slice();
  const runs = runsOf(chunk);
  assert.equal(runs.map(latin1).join(''), wire.slice(0, -3).replaceAll('\n..', '\n.').slice(1));
  const copies = runs.filter((run) => run.buffer !== chunk.buffer);
  assert.ok(copies.length > 1 && runs.length < 10, `${copies.length} of ${runs.length}`);
  assert.ok(copies.slice(0, -1).every((run) => run.length === run.buffer.byteLength));
  assert.deepEqual(chunk, copy);
});

test('dots: push() before next() gave null, or after the end, is our own fault', () => {
  const reader = new DotReader();
  reader.push(latin1Bytes('a\r\n..b\r\n'));
  assert.throws(() => reader.push(latin1Bytes('x')), StateError);
  while (reader.next());
  reader.push(latin1Bytes(`..\r\n`.repeat(2000)));
  reader.next();
  assert.throws(() => reader.push(latin1Bytes('x')), StateError);
  while (reader.next());
  reader.push(latin1Bytes('.\r\n'));
  while (reader.next());
  assert.throws(() => reader.push(latin1Bytes('x')), StateError);
});

const content = fc
  .array(fc.constantFrom('.', '..', 'a', '\r\n', '\r\n.', ' ', '\0', 'é'), { maxLength: 30 })
  .map((parts) => parts.join('').replace('é', '\xe9'));
const cuts = fc.array(content, { maxLength: 5 });

test('dots: undot(dot(x)) = x for any chunking, a missing last CRLF added', () => {
  fc.assert(
    fc.property(cuts, fc.integer({ min: 1, max: 5 }), (parts, size) => {
      const writer = new DotWriter();
      const wire = [...parts.map((part) => writer.write(latin1Bytes(part))), writer.end()]
        .map(latin1)
        .join('');
      const whole = parts.join('');
      const expected = whole === '' || whole.endsWith('\r\n') ? whole : `${whole}\r\n`;
      const pieces = wire.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
      assert.deepEqual(undot(pieces), { content: expected, ended: true, fault: null, rest: '' });
    }),
  );
});

const line = fc.constantFrom(
  '.',
  'a',
  '\r',
  '\n',
  '\r\n',
  '\r\n.',
  '\r\n.\r\n',
  'x'.repeat(70),
  '\r\n..'.repeat(1500),
);
test('dots: any chunking of the same octets gives the same', () => {
  fc.assert(
    fc.property(fc.array(fc.array(line, { maxLength: 8 }), { maxLength: 6 }), (parts) => {
      const chunks = parts.map((part) => part.join(''));
      assert.deepEqual(undot(chunks), undot([chunks.join('')]));
    }),
  );
});

test('dots: content with nothing to stuff is handed on as the same view', () => {
  const bytes = latin1Bytes('a.b\r\nc\r\n');
  assert.equal(new DotWriter().write(bytes), bytes);
});
