/** A server that says what a test tells it to, and a connection to it. */
import assert from 'node:assert/strict';
import type { Envelope } from '@postino/address';
import {
  connectSmtp,
  type Connected,
  type ConnectOptions,
  type SmtpConnection,
} from '@postino/smtp-wire';
import { asciiBytes, latin1, memoryWires, type MemoryWire, type Wire } from '@postino/wire';
import { ehlo, envelope, ME, outcome } from './client-driver.ts';

export const MESSAGE: Envelope = envelope('a@b.example', ['c@d.example', 'e@f.example']);
/** All that is asked before the content. */
export const TAKEN = '250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n';

/** A server that says what the test tells it to. */
export class Peer {
  readonly wire: MemoryWire;
  readonly client: MemoryWire;

  constructor() {
    [this.client, this.wire] = memoryWires();
  }

  say(text: string): Promise<void> {
    return this.wire.write(asciiBytes(text));
  }

  async hear(): Promise<string> {
    const heard = await this.wire.read(0);
    assert.ok(heard instanceof Uint8Array, 'the client has ended');
    return latin1(heard);
  }

  /** As `hear`, up to a whole line. */
  async hearLine(): Promise<string> {
    let heard = await this.hear();
    while (!heard.endsWith('\r\n')) heard += await this.hear();
    return heard;
  }

  /** Greets, and answers EHLO with these extensions. */
  async greet(extensions: readonly string[] = ['PIPELINING', 'AUTH PLAIN']): Promise<void> {
    await this.say('220 mx.example\r\n');
    assert.equal(await this.hear(), `EHLO ${ME}\r\n`);
    await this.say(ehlo(extensions));
  }

  async connect(
    options: Partial<ConnectOptions> = {},
    wire: Wire = this.client,
  ): Promise<Connected> {
    const connected = connectSmtp(wire, { hostname: ME, ...options });
    await this.greet();
    return connected;
  }
}

export async function ready(
  options: Partial<ConnectOptions> = {},
): Promise<{ peer: Peer; connection: SmtpConnection }> {
  const peer = new Peer();
  return { peer, connection: connectionOf(await peer.connect(options)) };
}

export function connectionOf(connected: Connected): SmtpConnection {
  assert.ok('connection' in connected);
  return connected.connection;
}

export function failureOf(connected: Connected): string {
  assert.ok('failure' in connected);
  return outcome(connected.failure);
}

export async function* content(...pieces: string[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield asciiBytes(piece);
}
