/** Senders that go on until the server is gone. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Site } from './running-server.ts';

export const BODY: string = `${'What was promised must be kept. '.repeat(2)}\r\n`.repeat(40);

export interface Sent {
  readonly id: string;
  readonly to: string;
}

interface LoadOptions {
  /** Stands in the subjects. */
  readonly name: string;
  /** Recipients, in turn. */
  readonly to: readonly string[];
  /** Told of each message that was answered 250. */
  readonly promised: (sent: Sent) => void;
}

interface KillOptions {
  readonly kills: number;
  readonly connections: number;
  /** Recipients, in turn. */
  readonly to: readonly string[];
}

/** Starts a server again and again and kills it under load; gives all that was answered 250. */
export async function killUnderLoad(
  site: Site,
  { kills, connections, to }: KillOptions,
): Promise<Sent[]> {
  const promises: Sent[] = [];
  for (let kill = 0; kill < kills; kill++) {
    const server = await site.start();
    // Killed when so many were promised: each time at another place, and always amid others that were not.
    const enough = promises.length + 20 + 17 * (kill % 8);
    const promised = (sent: Sent): void => {
      promises.push(sent);
      if (promises.length === enough) void server.stop('SIGKILL');
    };
    await Promise.all(
      Array.from({ length: connections }, (_, n) =>
        load(server.ports.smtp, { name: `${kill}-${n}`, to, promised }),
      ),
    );
  }
  return promises;
}

/** Sends messages over one connection until it breaks. */
async function load(port: number, { name, to, promised }: LoadOptions): Promise<void> {
  try {
    const send = await open(port);
    for (let n = 0; ; n++) {
      const sent = { id: `${name}-${n}`, to: to[n % to.length]! };
      await send(sent);
      promised(sent);
    }
  } catch (error) {
    // All else is the connection, which broke.
    if (error instanceof assert.AssertionError) throw error;
  }
}

/** Sends all these over so many connections; resolves when each was answered 250. */
export async function sendAll(
  port: number,
  { connections, letters }: { readonly connections: number; readonly letters: readonly Sent[] },
): Promise<void> {
  // All take from the same one.
  const left = letters.values();
  const one = async (): Promise<void> => {
    const send = await open(port);
    for (const letter of left) await send(letter);
    send.end();
  };
  await Promise.all(Array.from({ length: connections }, one));
}

interface Sender {
  /** Resolves when it was answered 250; rejects when the server is gone. */
  (letter: Sent): Promise<void>;
  end(): void;
}

/** A connection that is ready to send. */
async function open(port: number): Promise<Sender> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => socket.destroy());
  const replies = createInterface({ input: socket })[Symbol.asyncIterator]();
  const reply = async (code: string): Promise<void> => {
    const { value, done } = await replies.next();
    if (done) throw new Error('the server is gone');
    if (value[3] === '-') return reply(code);
    assert.ok(value.startsWith(code), value);
  };
  await reply('220');
  await say(socket, 'EHLO client.example');
  await reply('250');
  const send = async ({ id, to }: Sent): Promise<void> => {
    await say(socket, `MAIL FROM:<ann@example.net>\r\nRCPT TO:<${to}>\r\nDATA`);
    for (const code of ['250', '250', '354']) await reply(code);
    await say(socket, `Subject: ${id}\r\n\r\n${BODY}.`);
    await reply('250');
  };
  return Object.assign(send, { end: () => void socket.end() });
}

async function say(socket: Socket, line: string): Promise<void> {
  if (socket.destroyed) throw new Error('the server is gone');
  if (!socket.write(`${line}\r\n`))
    await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
}
