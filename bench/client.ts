/** The load: raw sockets that say what a client says and count the lines that come back, the same for every server. */
import { connect, type Socket } from 'node:net';

const LF = 0x0a;
const HELLO = Buffer.from('EHLO CLIENT.EXAMPLE\r\n');
const ENVELOPE = Buffer.from('MAIL FROM:<ann@example.com>\r\nRCPT TO:<bob@example.org>\r\n');
const DATA = Buffer.concat([ENVELOPE, Buffer.from('DATA\r\n')]);
/** Octets of the dot and its CRLF, which chunks do not have. */
const END = 3;
const QUIT = Buffer.from('QUIT\r\n');

export interface Load {
  readonly port: number;
  readonly connections: number;
  /** Over all connections. */
  readonly messages: number;
  readonly messagesPerConnection: number;
  readonly content: Uint8Array;
  /** Sends content in chunks of so many octets, with BDAT. */
  readonly chunk?: number;
}

/** A message of about `size` octets, in lines of base64's length, with the end of the content behind it. */
export function message(size: number): Uint8Array {
  const header = 'From: <ann@example.com>\r\nTo: <bob@example.org>\r\nSubject: load\r\n\r\n';
  const line = `${'abcdefghijklmnopqrstuvwxyz'.repeat(3).slice(0, 76)}\r\n`;
  const lines = Math.max(1, Math.ceil((size - header.length) / line.length));
  return Buffer.from(`${header}${line.repeat(lines)}.\r\n`);
}

/** Sends all messages and resolves with the seconds it took. */
export async function send(load: Load): Promise<number> {
  const start = performance.now();
  let left = load.messages;
  const share = Math.ceil(load.messages / load.connections);
  const one = async (): Promise<void> => {
    while (left > 0) {
      const count = Math.min(left, share, load.messagesPerConnection);
      left -= count;
      await converse(load, count);
    }
  };
  await Promise.all(Array.from({ length: load.connections }, one));
  return (performance.now() - start) / 1000;
}

async function converse(load: Load, messages: number): Promise<void> {
  const { port, content } = load;
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const replies = new Replies(socket);
  await replies.wait('220', 1);
  socket.write(HELLO);
  await replies.lastLine('250');
  for (let sent = 0; sent < messages; sent++) {
    if (load.chunk !== undefined) await sendChunks({ socket, replies }, content, load.chunk);
    else {
      socket.write(DATA);
      await replies.wait('354', 3);
      socket.write(content);
      await replies.wait('250', 1);
    }
  }
  socket.end(QUIT);
  await replies.wait('221', 1);
  socket.destroy();
}

interface Talk {
  readonly socket: Socket;
  readonly replies: Replies;
}

/** The chunks are pipelined, behind the replies to the envelope. */
async function sendChunks(
  { socket, replies }: Talk,
  content: Uint8Array,
  size: number,
): Promise<void> {
  socket.write(ENVELOPE);
  await replies.wait('250', 2);
  const octets = content.length - END;
  for (let at = 0; at < octets; at += size) {
    const chunk = content.subarray(at, Math.min(at + size, octets));
    socket.cork();
    socket.write(`BDAT ${chunk.length}${at + size < octets ? '' : ' LAST'}\r\n`);
    socket.write(chunk);
    socket.uncork();
  }
  await replies.wait('250', Math.ceil(octets / size));
}

/** Counts reply lines; looks only at the beginning of the last. */
class Replies {
  #lines = 0;
  #last = '';
  #wake: (() => void) | null = null;
  #failed: Error | null = null;

  constructor(socket: Socket) {
    socket.on('data', (chunk: Buffer) => this.#arrived(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the server closed')));
  }

  async wait(code: string, lines: number): Promise<void> {
    while (this.#lines < lines) await this.#more();
    this.#lines -= lines;
    if (!this.#last.startsWith(code)) throw new Error(`expected ${code}, got ${this.#last}`);
  }

  /** Waits for the last line of a reply that has several. */
  async lastLine(code: string): Promise<void> {
    while (this.#lines === 0 || this.#last[3] === '-') await this.#more();
    await this.wait(code, this.#lines);
  }

  #more(): Promise<void> {
    if (this.#failed) throw this.#failed;
    return new Promise((resolve) => (this.#wake = resolve));
  }

  #arrived(chunk: Buffer): void {
    for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, at + 1)) this.#lines++;
    this.#last = chunk.toString('latin1', chunk.lastIndexOf(LF, chunk.length - 2) + 1);
    this.#wake?.();
  }

  #fail(error: Error): void {
    this.#failed = error;
    this.#wake?.();
  }
}
