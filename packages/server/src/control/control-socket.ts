/**
 * The socket at which a running server is asked about its queue: one request in a line of JSON, answers in lines of JSON,
 * the last of them `{"type":"end"}`. Open to the server's own user alone, and bounded in everything.
 */
import { once } from 'node:events';
import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { messageOf } from '../fault.ts';
import type { QueueAnswer } from './queue-answer.ts';
import type { QueueDesk } from './queue-desk.ts';
import { parseRequest } from './queue-request.ts';

/** Connections at one time. Our choice. */
const MAX_CONNECTIONS = 10;
/** Octets of a request: a thousand ids find room. Our choice. */
const LINE_LIMIT = 64 << 10;
/** Milliseconds for the whole request, and for each step of somebody who takes answers. Our choice. */
const PATIENCE = 10_000;

export interface ControlSocketOptions {
  readonly desk: Pick<QueueDesk, 'perform'>;
  /** Milliseconds for a request, and for each step of somebody who takes answers; 10 s unless given. */
  readonly patience?: number;
}

/** Where the socket is. */
export function controlPath(dataDir: string): string {
  return join(dataDir, 'control');
}

export class ControlSocket {
  readonly #path: string;
  readonly #options: ControlSocketOptions;
  readonly #server: Server;
  #isInPlace = false;
  readonly #sessions = new Map<Socket, Promise<void>>();

  private constructor(path: string, options: ControlSocketOptions) {
    this.#path = path;
    this.#options = options;
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#begin(socket));
    this.#server.maxConnections = MAX_CONNECTIONS;
  }

  /** Opens the socket in a folder that is locked for us; one that a server before us left there is replaced. */
  static async open(dataDir: string, options: ControlSocketOptions): Promise<ControlSocket> {
    const socket = new ControlSocket(controlPath(dataDir), options);
    // Nobody else reaches it before its rights are right.
    const draft = join(dataDir, 'control.new');
    try {
      await rm(draft, { recursive: true, force: true });
      await mkdir(draft, { mode: 0o700 });
      await socket.#listen(join(draft, 's'));
      await rename(join(draft, 's'), socket.#path);
      socket.#isInPlace = true;
      return socket;
    } catch (error) {
      await socket.close();
      throw error;
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }

  /** Takes the socket away, and resolves when no request is under way any more. */
  async close(): Promise<void> {
    this.#server.close();
    if (this.#isInPlace) await rm(this.#path, { force: true });
    for (const socket of this.#sessions.keys()) socket.destroy();
    await Promise.all(this.#sessions.values());
  }

  async #listen(path: string): Promise<void> {
    this.#server.listen(path);
    await once(this.#server, 'listening');
    await chmod(path, 0o600);
  }

  #begin(socket: Socket): void {
    const { patience = PATIENCE } = this.#options;
    // Who goes away needs no answer.
    socket.on('error', () => {}).setTimeout(patience, () => socket.destroy());
    const deadline = setTimeout(() => socket.destroy(), patience);
    const session = this.#serve(socket, () => clearTimeout(deadline)).finally(() => {
      clearTimeout(deadline);
      socket.destroySoon();
      this.#sessions.delete(socket);
    });
    this.#sessions.set(socket, session);
  }

  async #serve(socket: Socket, heard: () => void): Promise<void> {
    const line = await firstLine(socket);
    heard();
    if (line === null) return;
    const request = parseRequest(line);
    try {
      if (!request) await send(socket, { type: 'refused', reason: 'this is no request' });
      else
        for await (const answer of this.#options.desk.perform(request))
          if (!(await send(socket, answer))) return;
      await send(socket, { type: 'end' });
    } catch (error) {
      await send(socket, { type: 'refused', reason: messageOf(error) });
    }
  }
}

/** Resolves to null when the line is too long, or its end never came. What follows it is not read. */
function firstLine(socket: Socket): Promise<string | null> {
  return new Promise((resolve) => {
    let text = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      text = Buffer.concat([text, chunk]);
      const end = text.indexOf('\n');
      if (end < 0 && text.length <= LINE_LIMIT) return;
      socket.removeAllListeners('data').pause();
      resolve(end < 0 || end > LINE_LIMIT ? null : text.toString('utf8', 0, end));
    });
    socket.once('end', () => resolve(null)).once('close', () => resolve(null));
  });
}

/** Resolves when there is room for more: to false when the other side has gone. */
async function send(
  socket: Socket,
  answer: QueueAnswer | { readonly type: 'end' },
): Promise<boolean> {
  if (!socket.writable) return false;
  if (socket.write(`${JSON.stringify(answer)}\n`)) return true;
  await new Promise<void>((resolve) => {
    const go = (): void => {
      socket.off('drain', go).off('close', go);
      resolve();
    };
    socket.on('drain', go).on('close', go);
  });
  return socket.writable;
}
