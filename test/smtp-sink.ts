/** Postfix's `smtp-sink`: a server that takes mail and throws it away, or keeps it as it came. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

const postfix = join(import.meta.dirname, '../.peers/postfix/usr');
export const SMTP_SINK: string = join(postfix, 'sbin/smtp-sink');

export class SmtpSink {
  readonly port: number;
  readonly #folder: string;

  private constructor(port: number, folder: string) {
    this.port = port;
    this.#folder = folder;
  }

  /** Runs until the test ends. */
  static async start(context: TestContext, ...flags: readonly string[]): Promise<SmtpSink> {
    const folder = mkdtempSync(join(tmpdir(), 'smtp-sink-'));
    context.after(() => rmSync(folder, { recursive: true, force: true }));
    chmodSync(folder, 0o777); // as root it becomes nobody
    const parameters = ['-d', join(folder, 'message.'), ...(isRoot() ? ['-u', 'nobody'] : [])];
    // The port may be taken by another before the program has it.
    for (;;) {
      const port = await freePort();
      const child = spawn(SMTP_SINK, [...parameters, ...flags, `127.0.0.1:${port}`, '100'], {
        env: { LD_LIBRARY_PATH: join(postfix, 'lib/postfix') },
        stdio: 'ignore',
      });
      if (!(await listens(child, port))) continue;
      context.after(() => end(child));
      return new SmtpSink(port, folder);
    }
  }

  /** What it kept: the text of each message behind the fields it wrote itself, and what it was told. */
  messages(): Kept[] {
    return readdirSync(this.#folder).map((name) =>
      parse(readFileSync(join(this.#folder, name), 'latin1')),
    );
  }
}

export interface Kept {
  /** The parameters of MAIL and RCPT. */
  readonly mail: string;
  readonly rcpt: readonly string[];
  /** With LF for each CRLF, octet by octet. */
  readonly text: string;
}

function parse(dump: string): Kept {
  const [, fields = '', text = ''] =
    /^((?:X-.*\n)+)Received: .*\n(?:\t.*\n)*([^]*)\n$/.exec(dump) ?? [];
  const values = (name: string): string[] =>
    [...fields.matchAll(new RegExp(`^X-${name}-Args: (.*)$`, 'gm'))].map(([, value]) => value!);
  return { mail: values('Mail')[0] ?? '', rcpt: values('Rcpt'), text };
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Whether it came to listen; false where it ended instead. */
async function listens(child: ChildProcess, port: number): Promise<boolean> {
  while (child.exitCode === null && child.signalCode === null) {
    const socket = connect(port, '127.0.0.1');
    const [there] = await Promise.race([
      once(socket, 'connect').then(() => [true]),
      once(socket, 'close').then(() => [false]),
    ]).catch(() => [false]);
    socket.destroy();
    if (there) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill();
  await exit;
}
