import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, every, replay, whole } from './replay.ts';
import { readTranscripts } from './transcript.ts';

for (const { name, setup, parts, said, events } of readTranscripts()) {
  test(`transcript ${name}: whole, byte by byte, and at every cut`, () => {
    const wanted = { said, events };
    const longest = Math.max(...parts.map((part) => part.length));
    const places = Array.from({ length: longest }, (_, place) => at(place));
    for (const client of [whole, every(1), ...places]) {
      const { sends: _, ...got } = replay(setup, parts, { client, content: whole });
      assert.deepEqual(got, wanted);
    }
    for (const content of [every(1), every(2), every(3)]) {
      const { sends: _, ...got } = replay(setup, parts, { client: whole, content });
      assert.deepEqual(got, wanted);
    }
  });
}
