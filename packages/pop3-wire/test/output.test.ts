import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latin1, latin1Bytes } from '@postino/wire';
import fc from 'fast-check';
import { BLOCK, Output } from '../src/output.ts';

test('output: what goes in comes out, in blocks, whatever the sizes', () => {
  const piece = fc.nat(BLOCK + 100).map((length) => 'x'.repeat(length));
  fc.assert(
    fc.property(fc.array(fc.tuple(piece, fc.boolean()), { maxLength: 6 }), (pieces) => {
      const output = new Output();
      let got = '';
      for (const [text, asText] of pieces) {
        if (asText) output.text(text.slice(0, 512));
        else output.bytes(latin1Bytes(text));
        if (output.full) got += latin1(output.take()!);
      }
      for (let bytes; (bytes = output.take());) got += latin1(bytes);
      assert.equal(
        got,
        pieces.map(([text, asText]) => (asText ? text.slice(0, 512) : text)).join(''),
      );
    }),
  );
});

test('output: small pieces share a block, a large one is passed on as it is', () => {
  const output = new Output();
  for (let n = 0; n < 100; n++) output.bytes(latin1Bytes('0123456789'));
  assert.equal(output.full, false);
  assert.equal(output.take()?.length, 1000);
  assert.equal(output.take(), null);
  const large = new Uint8Array(BLOCK);
  output.text('before');
  output.bytes(large);
  assert.equal(output.full, true);
  assert.equal(output.take()?.length, 6);
  assert.equal(output.take(), large);
});

test('output: a block that was taken is not written to again', () => {
  const output = new Output();
  output.text('one');
  const one = output.take()!;
  output.text('two');
  assert.equal(latin1(one), 'one');
  assert.equal(latin1(output.take()!), 'two');
});
