/** The load for POP3: raw sockets that say what a client says and wait for each answer, the same for every server. */
import { connect, type Socket } from 'node:net';

export interface Login {
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** One session up to the answer to STAT, which tells how many messages there are; Dovecot says yes to PASS before it looks. */
export async function openMaildrop({ port, user, password }: Login): Promise<Pop3Talk> {
  const talk = new Pop3Talk(connect({ port, host: '127.0.0.1', noDelay: true }));
  await talk.line();
  await talk.say(`USER ${user}`);
  await talk.say(`PASS ${password}`);
  talk.messages = Number((await talk.say('STAT')).split(' ')[1]);
  return talk;
}

export class Pop3Talk {
  readonly #socket: Socket;
  #text = '';
  #wake: (() => void) | null = null;
  #failed: Error | null = null;
  messages = 0;

  constructor(socket: Socket) {
    this.#socket = socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      this.#text += chunk;
      this.#wake?.();
    });
    const fail = (error?: Error): void => {
      this.#failed = error ?? new Error(`the server closed: ${this.#text}`);
      this.#wake?.();
    };
    socket.on('error', fail).on('close', () => fail());
  }

  /** The answer without its line end; throws where it is a no. */
  async say(command: string): Promise<string> {
    this.#socket.write(`${command}\r\n`);
    return this.line();
  }

  async line(): Promise<string> {
    const line = await this.#take('\r\n');
    if (!line.startsWith('+OK')) throw new Error(line);
    return line;
  }

  /** Reads a message and throws it away. */
  async retrieve(number: number): Promise<void> {
    await this.say(`RETR ${number}`);
    await this.#take('\r\n.\r\n');
  }

  async quit(): Promise<void> {
    await this.say('QUIT');
    this.#socket.destroy();
  }

  async #take(end: string): Promise<string> {
    for (let from = 0; ;) {
      const at = this.#text.indexOf(end, from);
      if (at >= 0) {
        const taken = this.#text.slice(0, at);
        this.#text = this.#text.slice(at + end.length);
        return taken;
      }
      if (this.#failed) throw this.#failed;
      from = Math.max(0, this.#text.length - end.length);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
