import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLIENT_REPLIES } from '@postino/smtp-wire';
import { DotReader, latin1, latin1Bytes } from '@postino/wire';
import fc from 'fast-check';
import { ChunkedContent } from '../src/chunked-content.ts';
import type { ContentRules } from '../src/content-check.ts';
import type { ContentWriter } from '../src/content-writer.ts';
import { DottedContent } from '../src/dotted-content.ts';

/** What goes to the wire for these pieces, or the text of the refusal. */
function writeTo(writer: ContentWriter, pieces: readonly string[]): string {
  let said = '';
  for (const piece of [...pieces, null]) {
    const got = piece === null ? writer.end() : writer.write(latin1Bytes(piece));
    if (!('pieces' in got)) return String(got.text);
    said += got.pieces.map(latin1).join('');
  }
  return said;
}

function write(pieces: readonly string[], eightBit = true): string {
  return writeTo(new DottedContent({ eightBit }), pieces);
}

function chunks(pieces: readonly string[], rules: Partial<ContentRules> = {}): string {
  return writeTo(new ChunkedContent(4, { eightBit: true, ...rules }), pieces);
}

const BARE = String(CLIENT_REPLIES.bareLineEnd.text);

const TABLE: [string, string][] = [
  ['', '.\r\n'],
  ['a', 'a\r\n.\r\n'],
  ['a\r\n', 'a\r\n.\r\n'],
  ['.a\r\n.\r\n..\r\n', '..a\r\n..\r\n...\r\n.\r\n'],
  ['\r\n\r\n', '\r\n\r\n.\r\n'],
  ['a\0b', 'a\0b\r\n.\r\n'],
  ['\n', BARE],
  ['\r', BARE],
  ['a\nb', BARE],
  ['a\rb', BARE],
  ['a\r\r\nb', BARE],
  ['a\r\n\nb', BARE],
  ['a\r\n.\n.\r\n', BARE],
  ['a\r\n.\r', BARE],
];

for (const [content, expected] of TABLE) {
  test(`content ${JSON.stringify(content)}, whole and cut at every place`, () => {
    for (let at = 0; at <= content.length; at++)
      assert.equal(write([content.slice(0, at), '', content.slice(at)]), expected, `at ${at}`);
  });
}

test('octets above 127 pass only where they may', () => {
  assert.equal(write(['hell\xf6'], true), 'hell\xf6\r\n.\r\n');
  assert.equal(write(['hell\xf6'], false), String(CLIENT_REPLIES.eightBit.text));
  assert.equal(write(['hello\x7f'], false), 'hello\x7f\r\n.\r\n');
});

test('the first reason counts, however it is cut', () => {
  const reasons = { '\xf6\n': CLIENT_REPLIES.eightBit, '\n\xf6': CLIENT_REPLIES.bareLineEnd };
  for (const [content, { text }] of Object.entries(reasons)) {
    assert.equal(write([content], false), String(text));
    assert.equal(write(content.split(''), false), String(text));
  }
});

test('what is written, DotReader reads, and nothing else ends it', () => {
  const octet = fc.constantFrom('.', '\r\n', '\r', '\n', 'a');
  fc.assert(
    fc.property(fc.array(octet, { maxLength: 20 }), fc.nat(20), (octets, at) => {
      const content = octets.join('');
      const wire = write([content.slice(0, at), content.slice(at)]);
      const sound = !content.replaceAll('\r\n', '').match(/[\r\n]/);
      assert.equal(wire !== BARE, sound);
      if (!sound) return;
      const reader = new DotReader();
      reader.push(latin1Bytes(wire));
      let read = '';
      for (let run; (run = reader.next());) read += latin1(run);
      const whole = content === '' || content.endsWith('\r\n') ? content : `${content}\r\n`;
      assert.deepEqual([read, reader.ended, reader.rest().length], [whole, true, 0]);
    }),
  );
});

test('chunks hold what was gathered, and the last one is marked', () => {
  assert.equal(chunks([]), 'BDAT 0 LAST\r\n');
  assert.equal(chunks(['a', 'bc']), 'BDAT 5 LAST\r\nabc\r\n');
  assert.equal(chunks(['a\r\n']), 'BDAT 3 LAST\r\na\r\n');
  assert.equal(chunks(['.\r\n', '.', 'a\r\n']), 'BDAT 4\r\n.\r\n.BDAT 3 LAST\r\na\r\n');
  assert.equal(
    chunks(['many octets at once\r\n']),
    'BDAT 21\r\nmany octets at once\r\nBDAT 0 LAST\r\n',
  );
});

test('chunks of text are looked at as lines are, and binary ones are not', () => {
  for (const bad of ['a\nb', 'a\rb', '\r'])
    for (let at = 0; at <= bad.length; at++) {
      assert.equal(chunks([bad.slice(0, at), bad.slice(at)]).endsWith(BARE), true, bad);
      assert.equal(
        chunks([bad.slice(0, at), bad.slice(at)], { binary: true }),
        `BDAT ${bad.length} LAST\r\n${bad}`,
      );
    }
  assert.equal(chunks(['\xf6'], { eightBit: false }), String(CLIENT_REPLIES.eightBit.text));
  assert.equal(chunks(['\xf6'], { eightBit: false, binary: true }), 'BDAT 1 LAST\r\n\xf6');
});
