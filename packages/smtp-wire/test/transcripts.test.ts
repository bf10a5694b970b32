import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { cuttings, parseTranscript, replay } from './transcript.ts';

const folder = new URL('transcripts/', import.meta.url);

for (const name of readdirSync(folder)) {
  test(`transcript ${name}, whole, byte by byte, and cut at every place`, () => {
    const transcript = parseTranscript(readFileSync(new URL(name, folder), 'utf8'));
    for (const [how, chunks] of cuttings(transcript)) {
      try {
        replay(transcript, chunks);
      } catch (error) {
        assert.fail(`${how}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  });
}
