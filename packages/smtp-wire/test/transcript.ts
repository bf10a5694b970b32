/**
 * Transcripts in the style of the RFCs. `C:` a line of the client, `C>` octets with escapes and no CRLF, `S:` a line of the
 * server, `=` a line of what the store gets, `@` all events but content and send, `!` an option of the server as JSON,
 * `#` a comment. Consecutive lines of the client make a turn: the server is silent until it is over.
 */
import assert from 'node:assert/strict';
import type { SmtpServerOptions } from '@postino/smtp-wire';
import { encodeUtf8, latin1Bytes } from '@postino/wire';
import { Driver } from './session.ts';

export interface Transcript {
  options: Partial<SmtpServerOptions>;
  turns: Uint8Array[];
  said: string;
  stored: string;
  events: string | null;
}

export function parseTranscript(text: string): Transcript {
  const transcript: Transcript = { options: {}, turns: [], said: '', stored: '', events: null };
  let turn: Uint8Array[] = [];
  const endTurn = (): void => {
    if (turn.length > 0) transcript.turns.push(Buffer.concat(turn));
    turn = [];
  };
  for (const line of text.split('\n')) {
    const rest = line.slice(line[2] === ' ' ? 3 : 2);
    if (line.startsWith('C>')) turn.push(latin1Bytes(unescape(rest)));
    else if (line.startsWith('C:')) turn.push(encodeUtf8(`${rest}\r\n`));
    else if (line.startsWith('S:')) {
      endTurn();
      transcript.said += `${rest}\r\n`;
    } else if (line.startsWith('=')) transcript.stored += `${line.slice(2)}\r\n`;
    else if (line.startsWith('@')) transcript.events = line.slice(2);
    else if (line.startsWith('!')) Object.assign(transcript.options, JSON.parse(line.slice(1)));
    else assert.ok(line === '' || line.startsWith('#'), `not a line of a transcript: ${line}`);
  }
  endTurn();
  return transcript;
}

/** Every way to cut the turns that is tried, each as chunks. */
export function* cuttings({ turns }: Transcript): Generator<[string, Uint8Array[]]> {
  yield ['turn by turn', turns];
  yield ['byte by byte', turns.flatMap((turn) => [...turn].map((octet) => Uint8Array.of(octet)))];
  for (const [i, turn] of turns.entries()) {
    for (let at = 1; at < turn.length; at++) {
      const cut = [turn.subarray(0, at), turn.subarray(at)];
      yield [`turn ${i + 1} cut at ${at}`, [...turns.slice(0, i), ...cut, ...turns.slice(i + 1)]];
    }
  }
}

export function replay(transcript: Transcript, chunks: readonly Uint8Array[]): void {
  const driver = new Driver(transcript.options);
  driver.pump();
  for (const chunk of chunks) driver.feed(chunk);
  assert.equal(driver.record.said, transcript.said);
  assert.equal(driver.record.stored.join(''), transcript.stored);
  if (transcript.events !== null) assert.equal(driver.record.events.join(' '), transcript.events);
}

export function unescape(text: string): string {
  return text.replaceAll(/\\(r|n|\\|x[0-9a-f]{2})/g, (_, what: string) =>
    what === 'r'
      ? '\r'
      : what === 'n'
        ? '\n'
        : what === '\\'
          ? what
          : String.fromCharCode(Number.parseInt(what.slice(1), 16)),
  );
}
