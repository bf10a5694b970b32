import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLIENT_REPLIES } from '@postino/smtp-wire';
import { DotReader, latin1, latin1Bytes } from '@postino/wire';
import fc from 'fast-check';
import { ContentWriter } from '../src/content-writer.ts';

/** What goes to the wire for these pieces, or the text of the refusal. */
function write(pieces: readonly string[], eightBit = true): string {
  const writer = new ContentWriter({ eightBit });
  let said = '';
  for (const piece of pieces) {
    const got = writer.write(latin1Bytes(piece));
    if (!(got instanceof Uint8Array)) return String(got.text);
    said += latin1(got);
  }
  const end = writer.end();
  return end instanceof Uint8Array ? said + latin1(end) : String(end.text);
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
