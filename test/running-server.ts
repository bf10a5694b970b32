/** A real server in a process of its own, in a folder of its own, on ports of its own: what the end-to-end tests talk to. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { selfSigned } from '@postino/node';

/** The course's users, and their passwords. */
export const PASSWORDS = { ale: 'correct horse', daniele: 'battery staple' };
export type User = keyof typeof PASSWORDS;

export interface Ports {
  readonly smtp: number;
  readonly smtps: number;
  readonly pop3: number;
  readonly pop3s: number;
}

const main = join(import.meta.dirname, '../packages/server/src/main.ts');
const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** A folder with all that a server needs: passwd, aliases, certificate, configuration. */
export class Site {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'postino-'));
  readonly certificate: string = join(this.folder, 'certificate.pem');
  readonly #config: string = join(this.folder, 'postino.toml');

  constructor(more = '') {
    const { certificate, key } = selfSigned(['localhost', 'poul.org']);
    writeFileSync(this.certificate, certificate);
    writeFileSync(join(this.folder, 'key.pem'), key, { mode: 0o600 });
    const users = Object.entries(PASSWORDS).map(
      ([user, password]) => `${user}:${md5(password)}::\n`,
    );
    writeFileSync(join(this.folder, 'passwd'), users.join(''));
    writeFileSync(
      join(this.folder, 'aliases'),
      'otacon22: daniele\ninfo: ale, daniele\naway: ale, x@abroad.example\n',
    );
    writeFileSync(this.#config, `${CONFIG}${more}`);
  }

  /** Starts a server here, and resolves once it listens. */
  async start(): Promise<Server> {
    const child = spawn(
      process.execPath,
      ['--conditions=@postino/source', main, 'serve', '--config', this.#config],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const log: LogLine[] = [];
    const lines = createInterface({ input: child.stdout });
    await new Promise<void>((resolve, reject) => {
      child.once('exit', () => reject(new Error('the server did not start')));
      lines.on('line', (text) => {
        const line = JSON.parse(text) as LogLine;
        log.push(line);
        if (line['msg'] === 'ready') resolve();
      });
    });
    const ports = Object.fromEntries(
      log.flatMap((line) => (line['msg'] === 'listening' ? [[line['service'], line['port']]] : [])),
    ) as Partial<Ports>;
    assert.deepEqual(Object.keys(ports).toSorted(), ['pop3', 'pop3s', 'smtp', 'smtps']);
    return new Server(child, ports as Ports, log);
  }

  /** The messages in a user's mailbox, as they lie on disk, in the order of their arrival. */
  mailbox(user: User): string[] {
    return ['new', 'cur'].flatMap((part) => {
      const folder = join(this.folder, 'mail', user, part);
      return list(folder)
        .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
        .map((name) => readFileSync(join(folder, name), 'latin1'));
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A line of the server's log. */
export type LogLine = Readonly<Record<string, unknown>>;

export class Server {
  readonly ports: Ports;
  /** All that it said; more comes. */
  readonly log: readonly LogLine[];
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown[]>;

  constructor(child: ChildProcess, ports: Ports, log: readonly LogLine[]) {
    this.#child = child;
    this.log = log;
    this.#exit = once(child, 'exit');
    this.ports = ports;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Ends it, and resolves with its exit status, or the signal that killed it. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | string> {
    this.#child.kill(signal);
    const [status, killedBy] = (await this.#exit) as [number | null, string | null];
    return status ?? killedBy!;
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

const CONFIG = `
hostname = "poul.org"
local_domains = ["@"]
data_dir = "data"
[smtp]
listen = ["127.0.0.1:0"]
tls_listen = ["127.0.0.1:0"]
[pop3]
listen = ["127.0.0.1:0"]
tls_listen = ["127.0.0.1:0"]
greeting = "YOLO."
[tls]
certificate = "certificate.pem"
key = "key.pem"
[users]
passwd = "passwd"
[aliases]
file = "aliases"
postmaster = "ale"
[maildir]
path = "mail/{user}"
`;
