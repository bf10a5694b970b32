/** An inbox for tests: start it, let the program under test send to it, wait for the message, look at it. */
import { once, EventEmitter } from 'node:events';
import { formatPath, type Path } from '@postino/address';
import { createSmtpServer, type WireServer } from '@postino/node';
import type { SmtpApp } from '@postino/smtp-wire';

/** A message as it came, and the envelope that it came in. */
export interface Received {
  readonly from: string;
  readonly to: readonly string[];
  readonly content: string;
}

export class Inbox {
  readonly messages: Received[] = [];
  readonly #news = new EventEmitter();
  readonly #server: WireServer;
  #port = 0;

  private constructor() {
    this.#server = createSmtpServer({ hostname: 'inbox.test', dsn: true }, () => this.#session());
  }

  /** Listens on a free port of the loopback. */
  static async start(): Promise<Inbox> {
    const inbox = new Inbox();
    inbox.#port = (await inbox.#server.listen({ port: 0, host: '127.0.0.1' })).port;
    return inbox;
  }

  get port(): number {
    return this.#port;
  }

  /** The first message that `wanted` says yes to, as soon as it is there; a bound is the signal's business. */
  async message(wanted: (message: Received) => boolean, signal?: AbortSignal): Promise<Received> {
    for (;;) {
      const found = this.messages.find(wanted);
      if (found) return found;
      await once(this.#news, 'message', { signal });
    }
  }

  stop(): Promise<void> {
    return this.#server.close();
  }

  #session(): SmtpApp {
    let from = '';
    let to: string[] = [];
    let content: Buffer[] = [];
    const forget = (): void => void ([from, to, content] = ['', [], []]);
    return {
      mail: (path) => void (from = address(path)),
      rcpt: (path) => void to.push(address(path)),
      content: (bytes) => void content.push(Buffer.from(bytes)), // a copy: the bytes are a view
      message: () => {
        this.messages.push({ from, to, content: Buffer.concat(content).toString() });
        forget();
        this.#news.emit('message');
      },
      reset: forget,
    };
  }
}

/** Without the angle brackets. */
function address(path: Path): string {
  return formatPath(path).slice(1, -1);
}
