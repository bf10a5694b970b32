/** The loop of the client: the machine and a wire, one command after the other. The only place of the client that awaits. */
import { latin1, StateError, type Sink, type Wire } from '@postino/wire';
import type { Pop3Client } from './client.ts';
import type { Pop3ClientEvent, Pop3ClientNews } from './client-events.ts';
import type { ConnectPop3Options, Pop3Failure } from './connection-types.ts';
import type { Command } from './command.ts';
import type { Status } from './status-line.ts';

/** For the server to take what we write: as long as it may be silent. RFC 1939 §3. */
const WRITE_TIMEOUT = 10 * 60_000;
/** Octets of a listing that are kept: 16 MiB, the uids of some 200,000 messages. Ours. */
const LISTING = 16 * 1024 * 1024;

type Closed = Extract<Pop3ClientEvent, { readonly type: 'close' }>;

/** Of a wire that breaks nothing is thrown: it ends the session, and every command after it fails with the same words. */
export class Pop3ClientLoop {
  readonly #session: Pop3Client;
  readonly #wire: Wire;
  readonly #options: ConnectPop3Options;
  #closed: Closed | null = null;

  constructor(session: Pop3Client, wire: Wire, options: ConnectPop3Options) {
    this.#session = session;
    this.#wire = wire;
    this.#options = options;
    if (options.cancel?.aborted) wire.destroy();
    options.cancel?.addEventListener('abort', () => wire.destroy());
  }

  /** How the session ended, once it has. */
  get closed(): Closed | null {
    return this.#closed;
  }

  /** Waits for the greeting. */
  async greeting(): Promise<Pop3Failure | null> {
    const news = await this.#news();
    return news.type === 'close' ? failed(news) : null;
  }

  /** Says a command without content and gives the server's yes or no; an end of the session is a no too. */
  async say(command: Command): Promise<Status | Pop3Failure> {
    if (this.#closed) return failed(this.#closed);
    this.#session.command(command);
    return this.#answer();
  }

  /** One exchange of SASL. `step` gives the answer to a challenge, null cancels. RFC 5034 §4. */
  async exchange(
    command: Command,
    step: (challenge: Uint8Array) => Uint8Array | null | Promise<Uint8Array | null>,
  ): Promise<Status | Pop3Failure> {
    if (this.#closed) return failed(this.#closed);
    this.#session.command(command);
    for (;;) {
      const news = await this.#news();
      if (news.type === 'close') return failed(news);
      if (news.type === 'answer') return news.status;
      if (news.type === 'challenge') this.#session.respond(await step(news.bytes));
    }
  }

  /** STLS, and the handshake. */
  async startTls(): Promise<Status | Pop3Failure> {
    const status = await this.say({ verb: 'STLS' });
    if (refusal(status)) return status;
    await this.#carryOut();
    return this.#closed ? failed(this.#closed) : status;
  }

  /** Says a command whose answer has lines, and gives them as one text. */
  async list(command: Command): Promise<{ text: string } | { failure: Pop3Failure }> {
    const pieces: string[] = [];
    let kept = 0;
    const failure = await this.pour(command, (bytes) => {
      kept += bytes.length;
      if (kept > LISTING) this.#session.abort('the listing is too long');
      else pieces.push(latin1(bytes));
    });
    return failure ? { failure } : { text: pieces.join('') };
  }

  /** Says a command whose answer has content, and gives each piece to `take`. Rejects, with the wire cut, when `take` does. */
  async pour(command: Command, take: Sink<unknown>['write']): Promise<Pop3Failure | null> {
    const failure = refusal(await this.say(command));
    if (failure) return failure;
    for (;;) {
      const news = await this.#news();
      if (news.type === 'close') return failed(news);
      if (news.type === 'content') await this.#give(news.bytes, take);
      else if (news.type === 'contentEnd')
        return news.fault ? { text: `the content has a lone CR or LF: ${news.fault}` } : null;
    }
  }

  /** Cuts the connection. */
  async abandon(): Promise<void> {
    this.#session.abort('left on our side');
    await this.#carryOut();
  }

  async #give(bytes: Uint8Array, take: Sink<unknown>['write']): Promise<void> {
    try {
      await take(bytes);
    } catch (error) {
      this.#session.abort('the content could not be kept');
      await this.#carryOut();
      throw error;
    }
  }

  async #answer(): Promise<Status | Pop3Failure> {
    const news = await this.#news();
    if (news.type === 'close') return failed(news);
    if (news.type !== 'answer') throw new StateError(`no answer, but ${news.type}`);
    return news.status;
  }

  /** The next news, or how the session ended. */
  async #news(): Promise<Pop3ClientNews | Closed> {
    for (;;) {
      const news = await this.#carryOut();
      if (news) return news;
      if (this.#closed) return this.#closed;
      await this.#ofWire(this.#hear());
    }
  }

  async #carryOut(): Promise<Pop3ClientNews | null> {
    for (let event; (event = this.#session.next());) {
      if (event.type === 'send') await this.#ofWire(this.#send(event.bytes));
      else if (event.type === 'startTls') await this.#ofWire(this.#secure());
      else if (event.type === 'close') await this.#close(event);
      else return event;
    }
    return null;
  }

  #send(bytes: Uint8Array): Promise<void> {
    return this.#wire.write(bytes, this.#options.writeTimeout ?? WRITE_TIMEOUT);
  }

  /** What is here already came before the handshake. RFC 2595 §4. */
  async #secure(): Promise<void> {
    if (this.#wire.buffered() > 0) return this.#session.abort('the server speaks before TLS');
    await this.#wire.startTls(this.#options.handshake);
    this.#session.secured();
  }

  async #hear(): Promise<void> {
    const heard = await this.#wire.read(this.#session.timeout);
    if (heard === null) this.#session.ended();
    else if (heard === 'timeout') this.#session.expire();
    else if (heard !== 'cancelled') this.#session.receive(heard);
  }

  async #ofWire(done: Promise<void>): Promise<void> {
    try {
      await done;
    } catch (error) {
      if (error instanceof StateError) throw error;
      const why = error instanceof Error ? error.message : String(error);
      this.#session.abort(this.#options.cancel?.aborted ? 'cancelled on our side' : why);
    }
  }

  async #close(closed: Closed): Promise<void> {
    this.#closed = closed;
    if (closed.reason !== 'quit' && closed.reason !== 'refused') return this.#wire.destroy();
    await this.#wire.close().catch(() => this.#wire.destroy());
  }
}

function failed({ reason, why }: Closed): Pop3Failure {
  return { text: why, end: reason };
}

/** The no in what was said, or null. */
export function refusal(said: Status | Pop3Failure): Pop3Failure | null {
  if (!('ok' in said)) return said;
  return said.ok ? null : { text: said.text, status: said };
}
