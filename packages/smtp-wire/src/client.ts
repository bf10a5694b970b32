/**
 * The client side of a session, RFC 5321, without I/O. It is not asked, it asks. Whoever drives it keeps to these
 * invariants:
 *
 * - *Drain rule*: `receive()` only after `next()` returned null. Memory is one chunk, one reply and `limits.chunk` octets of
 *   content, by construction.
 * - *One result each*: between `begin()` and `finished` every recipient has exactly one `recipient` event, whatever happens.
 * - *Replies before words*: what was received is read before more is said, so no reply is taken for that to a later command.
 * - *Views*: `send.bytes` may lie in what was given to `content()`; the machine never writes to it.
 * - *Nothing else in*: no clock, randomness, environment or log.
 * - *The peer's fault is a value*, an outcome; *our fault throws at once*, and then nothing was said.
 */
import type { Envelope } from '@postino/address';
import { encodeUtf8, StateError, type Reply, type TlsInfo } from '@postino/wire';
import type { SmtpClientEvent, SmtpClientNews, SmtpClientOrder } from './client-events.ts';
import { ClientExchange } from './client-exchange.ts';
import { beginContent, endAuth, hear } from './client-hear.ts';
import type { SmtpClientOptions } from './client-options.ts';
import { CLIENT_REPLIES, givenUp } from './client-replies.ts';
import { ClientSession, QUIT } from './client-session.ts';
import type { Step } from './command-window.ts';
import type { ContentFacts } from './connection-types.ts';
import type { Extensions } from './extensions.ts';
import { loginObstacle } from './obstacles.ts';
import { Transaction } from './transaction.ts';

const RSET: Step = { phase: 'reset', line: 'RSET\r\n' };

/** The client machine: one per connection. */
export class SmtpClient {
  readonly #session: ClientSession;
  #drained = true;
  /** How often more was waited for since the last whole reply. */
  #waits = 0;

  constructor(options: SmtpClientOptions) {
    this.#session = new ClientSession(options, options.tls ?? null);
  }

  /** What the server offers now; it changes when TLS begins. */
  get extensions(): Extensions {
    return this.#session.opening.extensions;
  }

  /** The TLS that stands. */
  get tls(): TlsInfo | null {
    return this.#session.opening.tls;
  }

  /** It is over, but for what `next` still has to give. */
  get closed(): boolean {
    return this.#session.state === 'closed';
  }

  /** Whether `content` and `done` may be called: false again when the server has refused what is being sent. */
  get wantsContent(): boolean {
    return this.#session.state === 'content';
  }

  /**
   * Milliseconds the server has for its next octets; 0 while nothing is asked. It shrinks with each piece of a reply, so
   * that a reply in drops does not last for ever. RFC 5321 §4.5.3.2.
   */
  get timeout(): number {
    const { options, window } = this.#session;
    const { phase } = window;
    return phase ? Math.ceil(options.timeouts[phase] / Math.max(1, this.#waits)) : 0;
  }

  /** Takes octets from the server. Only after `next()` gave null. */
  receive(chunk: Uint8Array): void {
    if (!this.#drained) throw new StateError('receive() only after next() gave null');
    this.#drained = false;
    const { state, replies } = this.#session;
    if (state === 'tls') this.#session.fail('broken', CLIENT_REPLIES.injected);
    else if (state !== 'closed') replies.push(chunk);
  }

  /** The next event; null when only a call or the server can move us on. */
  next(): SmtpClientEvent | null {
    const session = this.#session;
    this.#drained = false;
    const news = session.news.shift() ?? this.#listen() ?? this.#say();
    if (news) return news;
    const bytes = session.output.shift();
    if (bytes) return { type: 'send', bytes };
    if (session.order) return this.#takeOrder();
    this.#drained = true;
    if (!session.window.empty) this.#waits++;
    return null;
  }

  /**
   * Begins a transaction. A `TypeError` where an address or a parameter cannot be written; nothing was said then. What
   * the server cannot take becomes the outcome of the recipients concerned. RFC 5321 §3.3.
   */
  begin(envelope: Envelope, facts: ContentFacts = {}): void {
    const session = this.#session;
    session.mayMove('begin');
    const { abilities, news, options } = session;
    const setting = { ...abilities, news, protocol: options.protocol };
    session.transaction = new Transaction(envelope, facts, setting);
    session.move('begin');
    if (session.unfinished && session.transaction.next) session.steps.push(RSET);
  }

  /** Logs in. What the server does not offer, or what is not to be said in the clear, ends with `authEnded`. RFC 4954 §4. */
  authenticate(mechanism: string, initial: Uint8Array | null): void {
    const session = this.#session;
    session.mayMove('authenticate');
    const name = mechanism.toUpperCase();
    if (!/^[A-Z0-9_-]{1,20}$/.test(name)) throw new TypeError('this is no name of a mechanism');
    session.move('authenticate');
    const plaintext = session.options.allowPlaintextAuth;
    const reply = loginObstacle(name, { ...session.abilities, plaintext });
    if (reply) return endAuth(session, { reply, phase: 'auth', local: true });
    session.exchange = new ClientExchange(name, initial);
    session.steps.push({ phase: 'auth', line: session.exchange.command });
  }

  /** Answers a challenge; null cancels the exchange. RFC 4954 §4. */
  respond(response: Uint8Array | null): void {
    const { exchange, steps } = this.#session;
    if (!exchange?.challenged) throw new StateError('respond() only to a challenge');
    this.#session.move('respond');
    steps.push({ phase: 'auth', line: exchange.respond(response) });
  }

  /**
   * A piece of the message, with CRLF line ends; do not change it, for a chunk is sent when it is full. A CR or LF that stands alone, or an
   * octet above 127 for a server without 8BITMIME, cannot be taken back from within a message: the connection ends
   * before that piece, and the recipients get 554. RFC 5321 §2.3.8, RFC 6152 §3.
   */
  content(bytes: Uint8Array): void {
    this.#session.move('content');
    this.#write(this.#session.transaction!.write(bytes));
  }

  /** The message is whole: the dot, and a CRLF before it where there was none. RFC 5321 §4.1.1.4. */
  done(): void {
    this.#session.move('done');
    this.#write(this.#session.transaction!.endContent());
  }

  /** Says goodbye; no more may be asked for. RFC 5321 §4.1.1.10. */
  quit(): void {
    this.#session.move('quit');
    this.#session.steps.push(QUIT);
  }

  /** TLS stands: all that the server said is forgotten, and EHLO comes again. RFC 3207 §4.2. */
  secured(tls: TlsInfo): void {
    const { opening, order, steps } = this.#session;
    if (order) throw new StateError('secured() only after startTls was ordered');
    this.#session.move('secured');
    steps.push(opening.secured(tls));
  }

  /** The server ended its side. RFC 5321 §3.8. */
  ended(): void {
    this.#session.fail('closed', CLIENT_REPLIES.closed);
  }

  /** The server took too long. RFC 5321 §4.5.3.2. */
  expire(): void {
    this.#session.fail('timeout', CLIENT_REPLIES.timedOut);
  }

  /**
   * Nobody waits any more: ends with a QUIT where one may be said between commands, and else without; who has no outcome
   * gets a 451. RFC 5321 §4.1.1.10.
   */
  cancel(): void {
    this.#session.cancel();
  }

  /** Ends at once, from anywhere: the wire broke. `why` is the text of the outcomes. */
  abort(why: string): void {
    this.#session.fail('aborted', givenUp(why));
  }

  /** Reads replies until one is news. */
  #listen(): SmtpClientNews | null {
    const session = this.#session;
    const { news, replies, window } = session;
    const { replyLine, authLine } = session.options.limits;
    while (session.state !== 'tls' && session.state !== 'closed' && news.length === 0) {
      replies.lineLimit = window.phase === 'auth' ? Math.max(replyLine, authLine) : replyLine;
      const got = replies.next();
      if (!got) break;
      this.#waits = 0;
      if (typeof got === 'string') session.fail('broken', CLIENT_REPLIES[got]);
      else hear(session, got);
    }
    return news.shift() ?? null;
  }

  /**
   * Says what may be said now. Only a transaction has more than one thing to say at a time, and it is over when nothing
   * is left of it. RFC 2920 §3.1.
   */
  #say(): SmtpClientNews | null {
    const session = this.#session;
    if (this.#spokeFirst) session.fail('broken', CLIENT_REPLIES.unasked);
    const { pipelining } = this.extensions;
    let text = '';
    for (let step; (step = session.next) && session.window.takes(step, pipelining);) {
      session.said(step);
      text += step.line;
    }
    if (text !== '') session.output.push(encodeUtf8(text));
    if (session.state === 'transaction' && session.window.empty) this.#goOn(session.transaction!);
    return session.news.shift() ?? null;
  }

  /** The server has begun to say something, and what it would answer has not been said. */
  get #spokeFirst(): boolean {
    const { next, replies, window } = this.#session;
    return replies.buffered && window.empty && (next?.line ?? '') !== '';
  }

  /** All that was said of a transaction is answered. */
  #goOn(transaction: Transaction): void {
    const session = this.#session;
    if (transaction.awaitsChunks) return beginContent(session, transaction);
    session.unfinished ||= transaction.open;
    session.transaction = null;
    session.move('finished');
    session.news.push({ type: 'finished' });
  }

  /** Queues content; what cannot be sent ends the connection instead. */
  #write(pieces: readonly Uint8Array[] | Reply): void {
    const { output } = this.#session;
    if (isPieces(pieces)) output.push(...pieces.filter(({ length }) => length > 0));
    else this.#session.fail('aborted', pieces, 'content');
  }

  #takeOrder(): SmtpClientOrder | null {
    const { order } = this.#session;
    this.#session.order = null;
    return order;
  }
}

function isPieces(written: readonly Uint8Array[] | Reply): written is readonly Uint8Array[] {
  return Array.isArray(written);
}
