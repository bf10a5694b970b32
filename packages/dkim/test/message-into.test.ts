import assert from 'node:assert/strict';
import test from 'node:test';

import type { Sink } from '@postino/wire';

import { messageInto } from '../src/message-into.ts';
import { octets } from './chunks.ts';

/** A sink that gives what was done to it, and fails at a chunk `no`. */
function recorder(): { sink: Sink<string>; calls: string[] } {
  const calls: string[] = [];
  const sink: Sink<string> = {
    write(bytes) {
      const text = Buffer.from(bytes).toString('latin1');
      if (text === 'no') throw new RangeError('no');
      calls.push(text);
    },
    async end() {
      return calls.join(' ');
    },
    async abort() {
      calls.push('aborted');
    },
  };
  return { sink, calls };
}

async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield octets(text);
}

test('a message and a stream go into a sink, and its end comes out', async () => {
  assert.equal(await messageInto(recorder().sink, octets('a')), 'a');
  assert.equal(await messageInto(recorder().sink, chunks('a', 'b')), 'a b');
});

test('what fails on the way aborts the sink', async () => {
  const { sink, calls } = recorder();
  await assert.rejects(messageInto(sink, chunks('a', 'no', 'b')), RangeError);
  assert.deepEqual(calls, ['a', 'aborted']);
});
