import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { clientCuttings, parseClientTranscript, replayClient } from './client-transcript.ts';

const folder = new URL('client-transcripts/', import.meta.url);

for (const name of readdirSync(folder)) {
  test(`client transcript ${name}, whole, byte by byte, and cut at every place`, () => {
    const transcript = parseClientTranscript(readFileSync(new URL(name, folder), 'utf8'));
    for (const [how, acts] of clientCuttings(transcript)) {
      try {
        replayClient(transcript, acts);
      } catch (error) {
        assert.fail(`${how}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  });
}
