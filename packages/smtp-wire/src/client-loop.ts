/** The loop of the client: the machine and a wire, up to the next news. The only place of the client that awaits. */
import { StateError, type Wire } from '@postino/wire';
import type { SmtpClient } from './client.ts';
import type { ClientCloseReason, SmtpClientEvent, SmtpClientNews } from './client-events.ts';
import type { ConnectOptions } from './connection-types.ts';

/** For the server to take a piece of what we write. RFC 5321 §4.5.3.2.5. */
const WRITE_TIMEOUT = 3 * 60_000;

/** How a connection ends that has still something to say, or to hear. */
const WITH_CARE: ReadonlySet<ClientCloseReason> = new Set([
  'quit',
  'refused',
  'shutdown',
  'cancelled',
]);

export type Closed = Extract<SmtpClientEvent, { readonly type: 'close' }>;

/** Of a wire that breaks nothing is thrown: it ends the session, and the machine says what that means. */
export class ClientLoop {
  readonly session: SmtpClient;
  readonly #wire: Wire;
  readonly #options: ConnectOptions;
  #news: SmtpClientNews[] = [];
  #closed: Closed | null = null;
  /** Why nothing more can be written. */
  #deaf: Error | null = null;
  /** What we are at: nothing, or something that ends with `cancel` by itself (`read`), or does not. */
  #at: 'nothing' | 'read' | 'other' = 'nothing';

  constructor(session: SmtpClient, wire: Wire, options: ConnectOptions) {
    this.session = session;
    this.#wire = wire;
    this.#options = options;
    if (options.cancel?.aborted) wire.destroy();
    options.cancel?.addEventListener('abort', () => this.#cancel());
  }

  /** How the session ended, once it has. */
  get closed(): Closed | null {
    return this.#closed;
  }

  /** The next news, or how the session ended. What is here already is read before anything is said. */
  news(): Promise<SmtpClientNews | Closed> {
    return this.#busy(() => this.#nextNews());
  }

  async #nextNews(): Promise<SmtpClientNews | Closed> {
    if (this.#news.length === 0) await this.#hearWhatIsHere();
    for (;;) {
      await this.#carryOut();
      const news = this.#news.shift() ?? this.#closed;
      if (news) return news;
      await this.#hear();
    }
  }

  /** Sends the content, as far as the server wants it. Rejects, and cuts the connection, when the content does. */
  stream(content: AsyncIterable<Uint8Array>): Promise<void> {
    return this.#busy(() => this.#send(content));
  }

  async #send(content: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      for await (const piece of content) {
        if (!this.session.wantsContent) return;
        this.session.content(piece);
        await this.#carryOut();
        await this.#hearWhatIsHere();
        await this.#carryOut();
      }
      if (this.session.wantsContent) this.session.done();
    } catch (error) {
      this.session.abort('the content could not be read');
      await this.#carryOut();
      throw error;
    }
  }

  /** Does all that can be done without the server. One that hangs up on us may have said why: that is read first. */
  async #carryOut(): Promise<void> {
    for (;;) {
      for (let event; (event = this.session.next());) await this.#obey(event);
      if (this.#deaf === null || this.#closed) return;
      if (this.#wire.buffered() > 0) await this.#hear();
      else this.#abort(this.#deaf);
    }
  }

  async #obey(event: SmtpClientEvent): Promise<void> {
    if (event.type === 'send') await this.#write(event.bytes);
    else if (event.type === 'startTls') await this.#startTls();
    else if (event.type === 'close') await this.#close(event);
    else this.#news.push(event);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (this.#deaf !== null) return;
    try {
      await this.#wire.write(bytes, this.#options.writeTimeout ?? WRITE_TIMEOUT);
    } catch (error) {
      this.#deaf = error instanceof Error ? error : new Error(String(error));
    }
  }

  async #startTls(): Promise<void> {
    // What is here already came before the handshake: the machine ends the session. RFC 3207 §6.
    if (this.#wire.buffered() > 0) return;
    try {
      this.session.secured(await this.#wire.startTls(this.#options.handshake));
    } catch (error) {
      this.#abort(error);
    }
  }

  async #hearWhatIsHere(): Promise<void> {
    if (!this.#closed && this.#wire.buffered() > 0) await this.#hear();
  }

  async #hear(): Promise<void> {
    const { cancel } = this.#options;
    try {
      this.#at = 'read';
      const heard = await this.#wire.read(this.session.timeout, cancel);
      this.#at = 'other';
      if (heard === null) this.session.ended();
      else if (heard === 'timeout') this.session.expire();
      else if (heard === 'cancelled') this.session.cancel();
      else this.session.receive(heard);
    } catch (error) {
      this.#at = 'other';
      this.#abort(error);
    }
  }

  async #busy<Result>(task: () => Promise<Result>): Promise<Result> {
    this.#at = 'other';
    try {
      return await task();
    } finally {
      this.#at = 'nothing';
    }
  }

  #cancel(): void {
    if (this.#at === 'other') this.#wire.destroy();
    if (this.#at !== 'nothing') return;
    this.session.cancel();
    void this.#carryOut();
  }

  #abort(error: unknown): void {
    if (error instanceof StateError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    this.session.abort(this.#options.cancel?.aborted ? 'cancelled on our side' : why);
  }

  /** A server that has lost its way is not listened to any more; nobody waits for one that we have left. */
  async #close(closed: Closed): Promise<void> {
    this.#closed = closed;
    if (!WITH_CARE.has(closed.reason)) return this.#wire.destroy();
    const left = this.#wire.close().catch(() => this.#wire.destroy());
    if (closed.reason !== 'cancelled') await left;
  }
}
