/** A server in this process, in a folder of its own, on ports of its own. */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { checkConfig, startServer, type Addresses, type StartOptions } from '@postino/server';

type Section = Record<string, unknown>;

/** What a test wants other than the site has it, by section. */
export type Wishes = Record<string, Section | string | string[]>;

export const PASSWORDS = { ale: 'secret', bino: 'other' };
export type User = keyof typeof PASSWORDS;

export interface Site {
  readonly folder: string;
  readonly addresses: Addresses;
  readonly log: Record<string, unknown>[];
  /** The messages in a mailbox, the oldest first, as they are on disk. */
  mailbox(user: User): string[];
  smtp(): Promise<Talk>;
  submission(): Promise<Talk>;
  pop3(): Promise<Talk>;
  close(): Promise<void>;
}

/** A folder with users and aliases. */
export function makeFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'postino-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const users = Object.entries(PASSWORDS).map(([user, password]) => `${user}:${md5(password)}::\n`);
  writeFileSync(join(folder, 'passwd'), users.join(''));
  writeFileSync(
    join(folder, 'aliases'),
    'both: ale, bino\nabroad: x@other.org\nnobody: :blackhole:\n',
  );
  return folder;
}

/** Starts a server that lasts as long as the test. */
export async function startSite(
  context: TestContext,
  wishes: Wishes = {},
  folder = makeFolder(context),
  ports: Omit<StartOptions, 'logger'> = {},
): Promise<Site> {
  const log: Record<string, unknown>[] = [];
  const logger = pino(
    { level: 'debug' },
    { write: (line: string) => void log.push(JSON.parse(line)) },
  );
  const server = await startServer(checkConfig(settings(wishes), { folder }), { ...ports, logger });
  const talks: Talk[] = [];
  const talk = async (service: keyof Addresses): Promise<Talk> => {
    const opened = await Talk.open(server.addresses[service][0]!.port);
    talks.push(opened);
    return opened;
  };
  context.after(async () => {
    for (const open of talks) open.destroy();
    await server.close();
  });
  return {
    folder,
    log,
    addresses: server.addresses,
    mailbox: (user) => messages(join(folder, 'mail', user)),
    smtp: () => talk('smtp'),
    submission: () => talk('submission'),
    pop3: () => talk('pop3'),
    close: () => server.close(),
  };
}

/** The configuration of a site. */
export function settings(wishes: Wishes = {}): object {
  const defaults: Record<string, Section> = {
    smtp: { listen: ['127.0.0.1:0'], allow_plaintext_auth: true },
    pop3: { listen: ['127.0.0.1:0'], allow_plaintext_auth: true },
    users: { passwd: 'passwd' },
    aliases: { file: 'aliases' },
    maildir: { path: 'mail/{user}' },
    limits: { disk_reserve: '1MB', guess_delay: '0s' },
  };
  const sections = { ...defaults, ...wishes };
  const merged = Object.entries(sections).map(([name, wish]) => [
    name,
    typeof wish === 'object' && !Array.isArray(wish) ? { ...defaults[name], ...wish } : wish,
  ]);
  return { hostname: 'poul.org', data_dir: 'data', ...Object.fromEntries(merged) };
}

/** Of a mailbox, as `Site` has them. */
export function messages(mailbox: string): string[] {
  return ['new', 'cur'].flatMap((part) => {
    const folder = join(mailbox, part);
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .toSorted(byArrival)
      .map((name) => readFileSync(join(folder, name), 'latin1'));
  });
}

/** Seconds, microseconds and counts in a name are numbers without leading zeros. */
function byArrival(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

export function md5(password: string): string {
  return createHash('md5').update(password).digest('hex');
}

/** A conversation in lines. */
export class Talk {
  readonly #socket: Socket;
  #text = '';
  #wake: () => void = () => {};
  ended = false;
  greeting = '';

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#text += chunk.toString('latin1');
      this.#wake();
    });
    const end = (): void => {
      this.ended = true;
      this.#wake();
    };
    socket.on('error', end).on('close', end).on('end', end);
  }

  /** Connects, and hears the greeting; a proxy speaks first. */
  static async open(port: number, first = ''): Promise<Talk> {
    const talk = new Talk(connect(port, '127.0.0.1'));
    if (first !== '') talk.write(first);
    talk.greeting = await talk.hear();
    return talk;
  }

  /** Says a line and hears the reply, all lines of it. */
  say(line: string): Promise<string> {
    this.write(`${line}\r\n`);
    return this.hear();
  }

  write(text: string): void {
    this.#socket.write(text, 'latin1');
  }

  /** The next whole reply; what there is when the peer closes. */
  async hear(): Promise<string> {
    return this.#take(/^(?:\d{3}-[^\n]*\n)*(?:\d{3}(?: [^\n]*)?|[+-](?:OK|ERR)?[^\n]*)\n/);
  }

  /** All up to a line with a single dot. */
  async hearAll(): Promise<string> {
    return this.#take(/^[^]*?\r\n\.\r\n/);
  }

  /** Says hello, and logs in. */
  async login(user: User): Promise<string> {
    await this.say('EHLO client.example');
    const response = Buffer.from(`\0${user}\0${PASSWORDS[user]}`).toString('base64');
    return this.say(`AUTH PLAIN ${response}`);
  }

  /** Says an envelope and a message, and hears the reply to it. */
  async submit(from: string, to: readonly string[], message: string): Promise<string> {
    await this.say(`MAIL FROM:<${from}>`);
    for (const recipient of to) await this.say(`RCPT TO:<${recipient}>`);
    const reply = await this.say('DATA');
    if (!reply.startsWith('354')) return reply;
    this.write(`${message}\r\n.\r\n`);
    return this.hear();
  }

  /** Logs nobody in; says hello, an envelope and a message, and hears the reply to it. */
  async send(to: readonly string[], message: string, from = 'ann@example.net'): Promise<string> {
    await this.say('EHLO client.example');
    return this.submit(from, to, message);
  }

  destroy(): void {
    this.#socket.destroy();
  }

  async #take(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.#text)?.[0];
      if (found !== undefined || this.ended) {
        const text = found ?? this.#text;
        this.#text = this.#text.slice(text.length);
        return text.replaceAll('\r\n', '\n').trimEnd();
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
