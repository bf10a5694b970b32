import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latin1, latin1Bytes } from '@postino/wire';
import fc from 'fast-check';
import { BareLfRewriter } from '../src/bare-lf-rewriter.ts';

/** What comes out of DATA, null where it is refused, and what lies behind its end. */
function rewritten(chunks: readonly string[]): { content: string | null; rest: string } {
  const reader = new BareLfRewriter();
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
  assert.ok(reader.ended);
  return { content: reader.fault ? null : content, rest };
}

const TABLE: readonly [wire: string, content: string | null][] = [
  ['a\nb\r\n.\r\n', 'a\r\nb\r\n'],
  ['\n\n\r\n.\r\n', '\r\n\r\n\r\n'],
  ['a.\nb.c\n\r\n.\r\n', 'a.\r\nb.c\r\n\r\n'],
  ['a\n..b\r\n.\r\n', null],
  ['\n.\n\r\n.\r\n', null],
  ['\n.\r\nb\r\n.\r\n', null],
  ['.\nb\r\n.\r\n', null],
  ['a\r\n.\nb\r\n.\r\n', null],
  ['a\rb\r\n.\r\n', null],
  ['a\r\r\n.\r\n', null],
];
for (const [wire, content] of TABLE) {
  test(`rewriteBareLf: ${JSON.stringify(wire)}, cut at every place`, () => {
    for (let at = 0; at <= wire.length; at++)
      assert.deepEqual(rewritten([wire.slice(0, at), `${wire.slice(at)}Q`]), {
        content,
        rest: 'Q',
      });
  });
}

const line = fc.tuple(
  fc.constantFrom('', 'a', 'a.', '..', '..b', 'x'.repeat(70)),
  fc.constantFrom('\n', '\r\n'),
);
const lines = fc.array(line, { maxLength: 12 });

test('rewriteBareLf: lines end in CRLF whatever they ended in, and only dots behind a CRLF are stuffing', () => {
  fc.assert(
    fc.property(lines, fc.integer({ min: 1, max: 80 }), (all, size) => {
      const touches = all.some(([text], i) => text.startsWith('.') && all[i - 1]?.[1] === '\n');
      const wire = `${all.map((each) => each.join('')).join('')}\r\n.\r\n`;
      const content = `${all.map(([text]) => text.replace(/^\./, '')).join('\r\n')}\r\n`;
      assert.deepEqual(rewritten(wire.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []), {
        content: touches ? null : all.length === 0 ? '\r\n' : `${content}\r\n`,
        rest: '',
      });
    }),
  );
});
