/**
 * Transcripts from the client's view. `S:` a line of the server, `S>` octets with escapes and no CRLF, `C:` a line of
 * the client, `C>` octets of it, `@` an event but send, `>` a call with its arguments as JSON, `!` an option of the client as JSON, `#` a
 * comment. Consecutive lines of the server make a turn.
 */
import assert from 'node:assert/strict';
import type { Envelope } from '@postino/address';
import type { ContentFacts, SmtpClient, SmtpClientOptions } from '@postino/smtp-wire';
import { encodeUtf8, latin1, latin1Bytes } from '@postino/wire';
import { ClientDriver, mailbox } from './client-driver.ts';
import { unescape } from './transcript.ts';

/** A turn of the server, or a call. */
type Act = Uint8Array | Call;
type Call = (client: SmtpClient) => void;

export interface ClientTranscript {
  options: Partial<SmtpClientOptions>;
  acts: Act[];
  said: string;
  events: string[];
}

export function parseClientTranscript(text: string): ClientTranscript {
  const transcript: ClientTranscript = { options: {}, acts: [], said: '', events: [] };
  let turn: Uint8Array[] = [];
  const endTurn = (): void => {
    if (turn.length > 0) transcript.acts.push(Buffer.concat(turn));
    turn = [];
  };
  for (const line of text.split('\n')) {
    const rest = line.slice(line[2] === ' ' ? 3 : 2);
    if (line.startsWith('S>')) turn.push(latin1Bytes(unescape(rest)));
    else if (line.startsWith('S:')) turn.push(encodeUtf8(`${rest}\r\n`));
    else endTurn();
    if (line.startsWith('C>')) transcript.said += unescape(rest);
    else if (line.startsWith('C:')) transcript.said += `${latin1(encodeUtf8(rest))}\r\n`;
    else if (line.startsWith('@')) transcript.events.push(line.slice(2));
    else if (line.startsWith('!')) Object.assign(transcript.options, JSON.parse(line.slice(1)));
    else if (line.startsWith('>')) transcript.acts.push(parseCall(line.slice(2)));
    else assert.match(line, /^(#|S|$)/, `not a line of a transcript: ${line}`);
  }
  endTurn();
  return transcript;
}

/** Every way to cut the server's turns that is tried. */
export function* clientCuttings({ acts }: ClientTranscript): Generator<[string, Act[]]> {
  yield ['turn by turn', acts];
  yield [
    'byte by byte',
    acts.flatMap((act): Act[] =>
      act instanceof Uint8Array ? [...act].map((octet) => Uint8Array.of(octet)) : [act],
    ),
  ];
  for (const [i, act] of acts.entries()) {
    if (!(act instanceof Uint8Array)) continue;
    for (let at = 1; at < act.length; at++)
      yield [
        `act ${i + 1} cut at ${at}`,
        acts.toSpliced(i, 1, act.subarray(0, at), act.subarray(at)),
      ];
  }
}

export function replayClient(transcript: ClientTranscript, acts: readonly Act[]): void {
  const driver = new ClientDriver(transcript.options);
  for (const act of acts) {
    if (act instanceof Uint8Array) driver.feed(act);
    else driver.call(act);
  }
  assert.equal(driver.said, transcript.said);
  assert.deepEqual(driver.events, transcript.events);
}

/** A name, and the arguments as JSON, text standing for its octets in UTF-8. */
function parseCall(text: string): Call {
  const name = text.split(' ', 1)[0]!;
  const args = `[${text.slice(name.length)}]`;
  const call = CALLS[name];
  assert.ok(call, `no call of the client: ${name}`);
  return (client) => call(client, args);
}

const CALLS: Readonly<Record<string, (client: SmtpClient, args: string) => void>> = {
  begin(client, args) {
    const [written, facts]: [Written, ContentFacts?] = JSON.parse(args);
    client.begin(readEnvelope(written), facts);
  },
  content(client, args) {
    const [text]: [string] = JSON.parse(args);
    client.content(encodeUtf8(text));
  },
  authenticate(client, args) {
    const [mechanism, initial]: [string, string | null] = JSON.parse(args);
    client.authenticate(mechanism, octets(initial));
  },
  respond(client, args) {
    const [response]: [string | null] = JSON.parse(args);
    client.respond(octets(response));
  },
  done: (client) => client.done(),
  quit: (client) => client.quit(),
  ended: (client) => client.ended(),
  expire: (client) => client.expire(),
};

function octets(text: string | null): Uint8Array | null {
  return text === null ? null : encodeUtf8(text);
}

/** An envelope as a transcript has it: addresses as text, a recipient that has more as an object. */
type Written = Omit<Envelope, 'from' | 'to'> & {
  from: string;
  to: (string | (Omit<Envelope['to'][number], 'address'> & { address: string }))[];
};

function readEnvelope({ from, to, ...more }: Written): Envelope {
  return {
    ...more,
    from: mailbox(from),
    to: to.map((one) =>
      typeof one === 'string'
        ? { address: mailbox(one) }
        : { ...one, address: mailbox(one.address) },
    ),
  };
}
