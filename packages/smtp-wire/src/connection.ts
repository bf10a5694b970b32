/** A connection that is ready for messages, one after the other. */
import type { Envelope } from '@postino/address';
import type { TlsInfo, Wire } from '@postino/wire';
import type { ClientLoop } from './client-loop.ts';
import type { ConnectionEnd, ContentFacts, SentTo } from './connection-types.ts';
import type { Extensions } from './extensions.ts';
import { outcomeOf } from './outcome.ts';

/** What `connectSmtp` gives. */
export class SmtpConnection {
  readonly #loop: ClientLoop;
  readonly #wire: Wire;

  constructor(loop: ClientLoop, wire: Wire) {
    this.#loop = loop;
    this.#wire = wire;
  }

  /** What the server offers. */
  get extensions(): Extensions {
    return this.#loop.session.extensions;
  }

  get tls(): TlsInfo | null {
    return this.#wire.tls;
  }

  /** How the connection ended; null while another message may be sent. */
  get end(): ConnectionEnd | null {
    return this.#loop.closed;
  }

  /**
   * Sends a message: one result for each recipient, in the order of the envelope, whatever happens to the connection.
   * Content is read only when some recipient was accepted; its pieces must not change after they were given. A
   * connection that died while it was idle shows in the phases `reset` and `mail`, when nothing was sent yet. Rejects
   * when the content does, with the connection cut, and with a `TypeError` when the envelope cannot be written.
   */
  async send(
    envelope: Envelope,
    content: AsyncIterable<Uint8Array>,
    facts: ContentFacts = {},
  ): Promise<SentTo[]> {
    this.#loop.session.begin(envelope, facts);
    const results: SentTo[] = [];
    for (;;) {
      const news = await this.#loop.news();
      if (news.type === 'wantContent') await this.#loop.stream(content);
      else if (news.type === 'recipient') {
        results[news.index] = { recipient: envelope.to[news.index]!, ...outcomeOf(news) };
      } else return results;
    }
  }

  /** Says goodbye and lets go; does nothing where the connection has ended. */
  async close(): Promise<void> {
    if (this.end) return;
    // A `cancel` may be on its way already.
    if (!this.#loop.session.closed) this.#loop.session.quit();
    await this.#loop.news();
  }
}
