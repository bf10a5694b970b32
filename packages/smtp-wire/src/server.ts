/**
 * The server side of a session, RFC 5321, without I/O. Whoever drives it keeps to these invariants:
 *
 * - *Drain rule*: `receive()` only after `next()` returned null. Memory is one chunk and one line, by construction.
 * - *One question*: while one is open, `next()` yields only `send`, then null. An answer with none open is a `StateError`.
 * - *Flush rule*: replies queue, and leave when there is nothing else to say or before `startTls` and `close`.
 * - *Views*: `content.bytes` lies in the chunk handed in, or in a copy where dots stand close together; the machine never
 *   writes to a chunk or reuses one.
 * - *Nothing else in*: no clock, randomness, environment or log.
 * - *The peer's fault is a value*, a reply; *our fault throws at once*.
 */
import { StateError, type Reply, type TlsInfo } from '@postino/wire';
import { advance } from './advance.ts';
import { acceptChunks, refuseChunks } from './bdat.ts';
import type { SmtpServerEvent, SmtpServerQuestion } from './events.ts';
import type { SmtpServerOptions } from './options.ts';
import { HOST_REPLIES } from './replies.ts';
import { checkReply, withoutStatus, withStatus } from './reply.ts';
import { Session } from './session.ts';
import { usualReply } from './usual-reply.ts';

/** The server machine: one per connection. */
export class SmtpServer {
  readonly #session: Session;
  #drained = true;

  constructor(options: SmtpServerOptions) {
    this.#session = new Session(options);
  }

  get hostname(): string {
    return this.#session.options.hostname;
  }

  /** What the peer called itself, once that was accepted. */
  get hello(): { readonly name: string; readonly extended: boolean } | null {
    return this.#session.state.hello;
  }

  /** Whether the peer ever went on where it had to wait for a reply. RFC 2920 §3.1. */
  get unsynchronized(): boolean {
    return this.#session.state.unsynchronized;
  }

  /**
   * Milliseconds the peer has for its next octets; 0 while a question is open. It shrinks with each piece of a line, so
   * that a line in drops does not last for ever. RFC 5321 §4.5.3.2.
   */
  get timeout(): number {
    const { options, question, intake, state, waits } = this.#session;
    if (question) return 0;
    if (intake.content) return options.timeouts.content;
    return Math.ceil(state.lineTimeout / Math.max(1, waits));
  }

  /** Takes octets from the peer. Only after `next()` gave null, or before its first call: the peer was early. */
  receive(chunk: Uint8Array): void {
    if (!this.#drained)
      throw new StateError('receive() only after next() gave null, with no question open');
    this.#drained = false;
    this.#session.intake.push(chunk);
  }

  /** The next event; null when only an answer or the peer can move us on. */
  next(): SmtpServerEvent | null {
    const session = this.#session;
    this.#drained = false;
    const event = session.takeNews() ?? advance(session);
    if (event) return event;
    const bytes = session.replies.take();
    if (bytes) return { type: 'send', bytes };
    if (session.ordered) return session.takeOrder();
    this.#drained = session.canAdvance;
    if (this.#drained && !session.intake.content) session.waits++;
    return null;
  }

  /** Accepts; what is given of a reply stands in for the usual one. */
  accept(reply?: Partial<Reply>): void {
    const session = this.#session;
    const question = this.#openQuestion();
    const said = usualReply(question, reply, session.state);
    const digit = question.type === 'data' ? 3 : 2;
    checkReply(said, digit, digit);
    session.question = null;
    if (question.type === 'message') return session.messageTaken(said);
    if (question.type === 'hello') session.dropTransaction();
    if (question.type === 'mail') session.tally.transaction();
    session.state.accepted(question);
    if (question.type === 'data') {
      if (question.how === 'BDAT') return acceptChunks(session);
      session.intake.beginData();
    }
    session.replies.add(said);
  }

  /** Refuses, and the session stays where it was; 421 ends it. */
  reject(reply: Reply): void {
    const session = this.#session;
    const question = this.#openQuestion();
    checkReply(reply, 4, 5);
    session.question = null;
    const { type } = question;
    if (type === 'data' && question.how === 'BDAT' && reply.code !== 421)
      return refuseChunks(session, withStatus(reply));
    if (type === 'message') session.answerContent(withStatus(reply));
    else
      session.replies.add(
        type === 'connect' || type === 'hello' ? withoutStatus(reply) : withStatus(reply),
      );
    if (reply.code === 421) session.close('refused');
    else if (type === 'connect') session.state.phase = 'refused';
    else if (type === 'message') session.endTransaction();
    else if (type === 'data') session.contentRefused();
    else if (type === 'auth' || type === 'authResponse') session.loginFailed();
  }

  /** Answers `message` in LMTP: a reply for each recipient, in the order of their RCPT. RFC 2033 §4.2. */
  acceptEach(replies: readonly Reply[]): void {
    const session = this.#session;
    if (this.#openQuestion().type !== 'message')
      throw new StateError('acceptEach() answers message only');
    const { options, state } = session;
    if (options.protocol !== 'lmtp' || replies.length !== state.repliesDue)
      throw new TypeError('LMTP, and nothing else, has one reply for each recipient');
    for (const reply of replies) {
      if (reply.code < 400) checkReply(reply, 2, 2);
      else checkReply(reply, 4, 5);
    }
    session.question = null;
    session.recipientsAnswered(replies.map(withStatus));
  }

  /** Goes on with an AUTH exchange. RFC 4954 §4. */
  challenge(bytes: Uint8Array): void {
    const { type } = this.#openQuestion();
    if (type !== 'auth' && type !== 'authResponse')
      throw new StateError('challenge() answers AUTH only');
    const { replies, state } = this.#session;
    this.#session.question = null;
    replies.addBytes(state.auth.challenge(bytes));
  }

  /** Refuses the message while its content flows: the rest is read to its true end, unseen, then comes this reply. */
  refuse(reply: Reply): void {
    checkReply(reply, 4, 5);
    const { content } = this.#session.intake;
    if (!content) throw new StateError('refuse() only while content flows');
    this.#session.dropTransaction();
    content.refuse(withStatus(reply));
  }

  /** Says 421 and closes at the next place where that is allowed; a message in flight ends first. RFC 5321 §3.8. */
  shutdown(reply: Reply = HOST_REPLIES.shuttingDown(this.hostname)): void {
    checkReply(reply, 4, 5);
    this.#session.shutdown = withStatus(reply);
  }

  /** TLS stands: all that the client said is forgotten, half a line included. RFC 3207 §4.2. */
  secured(tls: TlsInfo): void {
    const { intake, ordered, state } = this.#session;
    if (state.phase !== 'tls' || ordered)
      throw new StateError('secured() only after startTls was ordered');
    state.secured(tls);
    intake.reset();
  }

  /** The peer ended its side: a message without its end is dropped. RFC 5321 §4.1.1.10. */
  ended(): void {
    this.#session.close('closed');
  }

  /** The peer took too long. RFC 5321 §4.5.3.2.7. */
  expire(): void {
    this.#session.end(HOST_REPLIES.timedOut(this.hostname), 'timeout');
  }

  #openQuestion(): SmtpServerQuestion {
    const { question } = this.#session;
    if (!question) throw new StateError('no question is open');
    return question;
  }
}
