/** Postfix's `smtp-sink`: a server that takes mail and throws it away, or keeps it as it came. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { listening } from './listening-program.ts';

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
    const port = await listening(context, (free) =>
      spawn(SMTP_SINK, [...parameters, ...flags, `127.0.0.1:${free}`, '100'], {
        env: { LD_LIBRARY_PATH: join(postfix, 'lib/postfix') },
        stdio: 'ignore',
      }),
    );
    return new SmtpSink(port, folder);
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
