/**
 * The server side of a session, RFC 5321, without I/O. Whoever drives it keeps to these invariants:
 *
 * - *Drain rule*: `receive()` only after `next()` returned null. Memory is one chunk and one line, by construction.
 * - *One question*: while one is open, `next()` yields only `send`, then null. An answer with none open is a `StateError`.
 * - *Flush rule*: replies queue, and leave when there is nothing else to say or before `startTls` and `close`.
 * - *Views*: `content.bytes` lies in the chunk handed in; the machine never writes to a chunk or reuses one.
 * - *Nothing else in*: no clock, randomness, environment or log.
 * - *The peer's fault is a value*, a reply; *our fault throws at once*.
 */
import {
  decodeUtf8,
  LineReader,
  StateError,
  type Line,
  type Reply,
  type TlsInfo,
} from '@postino/wire';
import { parseCommand, type Command, type CommandFault } from './command.ts';
import { Content } from './content.ts';
import type {
  CloseReason,
  SmtpServerEvent,
  SmtpServerNews,
  SmtpServerOrder,
  SmtpServerQuestion,
} from './events.ts';
import { judgeAuth, judgeMail, judgeRcpt, judgeStartTls } from './judge.ts';
import { resolveOptions, type ResolvedOptions, type SmtpServerOptions } from './options.ts';
import { ORDER, type Verb } from './order.ts';
import { outOfOrder } from './out-of-order.ts';
import { HOST_REPLIES, REPLIES } from './replies.ts';
import { ReplyQueue } from './reply-queue.ts';
import { checkReply, withoutStatus, withStatus } from './reply.ts';
import { SessionState } from './session-state.ts';
import { Tally } from './tally.ts';
import { usualReply } from './usual-reply.ts';

const RESET: SmtpServerNews = { type: 'reset' };
const AUTH_CANCELLED: SmtpServerNews = { type: 'authCancelled' };

/** The commands that bring a message nearer, and the last one. */
const MAIL_COMMANDS = new Set<Verb>(['MAIL', 'RCPT', 'DATA', 'QUIT']);

const LINE_FAULTS = {
  bareCr: REPLIES.badLineEnd,
  bareLf: REPLIES.badLineEnd,
  nul: REPLIES.badOctets,
  tooLong: REPLIES.lineTooLong,
} as const;

/** The server machine: one per connection. */
export class SmtpServer {
  readonly #options: ResolvedOptions;
  readonly #state: SessionState;
  readonly #tally: Tally;
  readonly #lines: LineReader;
  readonly #replies = new ReplyQueue();
  #content: Content | null = null;

  #question: SmtpServerQuestion | null = null;
  #news: SmtpServerNews | null = null;
  #order: SmtpServerOrder | null = null;
  #shutdown: Reply | null = null;
  #drained = true;
  /** How often more was waited for since the last whole line. */
  #waits = 0;

  constructor(options: SmtpServerOptions) {
    this.#options = resolveOptions(options);
    this.#state = new SessionState(this.#options, options.tls ?? null);
    this.#tally = new Tally(this.#options.limits);
    this.#lines = new LineReader(this.#options.limits.commandLine);
  }

  get hostname(): string {
    return this.#options.hostname;
  }

  /** What the peer called itself, once that was accepted. */
  get hello(): { readonly name: string; readonly extended: boolean } | null {
    return this.#state.hello;
  }

  /**
   * Milliseconds the peer has for its next octets; 0 while a question is open. It shrinks with each piece of a line, so
   * that a line in drops does not last for ever. RFC 5321 §4.5.3.2.
   */
  get timeout(): number {
    const { command, content } = this.#options.timeouts;
    if (this.#question) return 0;
    return this.#content ? content : Math.ceil(command / Math.max(1, this.#waits));
  }

  /** Takes octets from the peer. Only after `next()` gave null, or before its first call: the peer was early. */
  receive(chunk: Uint8Array): void {
    if (!this.#drained)
      throw new StateError('receive() only after next() gave null, with no question open');
    this.#drained = false;
    if (this.#content) this.#content.push(chunk);
    else this.#lines.push(chunk);
  }

  /** The next event; null when only an answer or the peer can move us on. */
  next(): SmtpServerEvent | null {
    this.#drained = false;
    const event = this.#takeNews() ?? this.#advance();
    if (event) return event;
    const bytes = this.#replies.take();
    if (bytes) return { type: 'send', bytes };
    if (this.#order) return this.#takeOrder();
    this.#drained = this.#canAdvance;
    if (this.#drained && !this.#content) this.#waits++;
    return null;
  }

  /** Accepts; what is given of a reply stands in for the usual one. */
  accept(reply?: Partial<Reply>): void {
    const question = this.#openQuestion();
    const said = usualReply(question, reply, this.#state);
    const digit = question.type === 'data' ? 3 : 2;
    checkReply(said, digit, digit);
    this.#question = null;
    if (question.type === 'hello') this.#dropTransaction();
    this.#state.accepted(question);
    if (question.type === 'data') this.#beginContent();
    if (question.type === 'message') this.#tally.message();
    this.#replies.add(said);
  }

  /** Refuses, and the session stays where it was; 421 ends it. */
  reject(reply: Reply): void {
    const question = this.#openQuestion();
    checkReply(reply, 4, 5);
    this.#question = null;
    const { type } = question;
    this.#replies.add(
      type === 'connect' || type === 'hello' ? withoutStatus(reply) : withStatus(reply),
    );
    if (reply.code === 421) this.#close('refused');
    else if (type === 'connect') this.#state.phase = 'refused';
    else if (type === 'message') this.#endTransaction();
    else if (type === 'data') this.#contentRefused();
    else if (type === 'auth' || type === 'authResponse') this.#loginFailed();
  }

  /** Goes on with an AUTH exchange. RFC 4954 §4. */
  challenge(bytes: Uint8Array): void {
    const { type } = this.#openQuestion();
    if (type !== 'auth' && type !== 'authResponse')
      throw new StateError('challenge() answers AUTH only');
    this.#question = null;
    this.#replies.addBytes(this.#state.auth.challenge(bytes));
  }

  /** Refuses the message while its content flows: the rest is read to its true end, unseen, then comes this reply. */
  refuse(reply: Reply): void {
    checkReply(reply, 4, 5);
    if (!this.#content) throw new StateError('refuse() only while content flows');
    this.#dropTransaction();
    this.#content.refuse(withStatus(reply));
  }

  /** Says 421 and closes at the next place where that is allowed; a message in flight ends first. RFC 5321 §3.8. */
  shutdown(reply: Reply = HOST_REPLIES.shuttingDown(this.hostname)): void {
    checkReply(reply, 4, 5);
    this.#shutdown = withStatus(reply);
  }

  /** TLS stands: all that the client said is forgotten, half a line included. RFC 3207 §4.2. */
  secured(tls: TlsInfo): void {
    if (this.#state.phase !== 'tls' || this.#order)
      throw new StateError('secured() only after startTls was ordered');
    this.#state.secured(tls);
    this.#lines.reset();
  }

  /** The peer ended its side: a message without its end is dropped. RFC 5321 §4.1.1.10. */
  ended(): void {
    this.#close('closed');
  }

  /** The peer took too long. RFC 5321 §4.5.3.2.7. */
  expire(): void {
    this.#end(HOST_REPLIES.timedOut(this.hostname), 'timeout');
  }

  /** Whether octets of the peer can move the session on. */
  get #canAdvance(): boolean {
    const { phase } = this.#state;
    return !this.#question && !this.#order && phase !== 'tls' && phase !== 'closed';
  }

  #advance(): SmtpServerEvent | null {
    while (this.#canAdvance) {
      if (this.#content) {
        const event = this.#readContent(this.#content);
        // Null with the content still there: the chunk is used up.
        if (event || this.#content) return event;
      } else if (this.#state.phase === 'connect') this.#connected();
      else if (this.#shutdown) this.#end(this.#shutdown, 'shutdown');
      else {
        this.#lines.limit = this.#state.lineLimit;
        const line = this.#lines.next();
        if (!line) return null;
        this.#readLine(line);
      }
      const event = this.#takeNews() ?? this.#question;
      if (event) return event;
    }
    return null;
  }

  #connected(): void {
    const early = this.#lines.buffered > 0;
    if (!early || this.#options.earlyTalkers === 'ask') this.#question = { type: 'connect', early };
    else this.#end(withoutStatus(REPLIES.unsynchronized), 'unsynchronized');
  }

  #beginContent(): void {
    this.#content = new Content(this.#options);
    // What lies behind DATA came before its 354, against RFC 2920 §3.1, but it can only be content.
    this.#content.push(this.#lines.rest());
  }

  #readContent(content: Content): SmtpServerEvent | null {
    const got = content.next();
    if (got === 'refused') this.#dropTransaction();
    else if (got) return { type: 'content', bytes: got };
    if (!content.ended) return this.#takeNews();
    this.#lines.push(content.rest());
    this.#content = null;
    if (!content.refusal) return (this.#question = { type: 'message', size: content.size });
    this.#replies.add(content.refusal);
    this.#endTransaction();
    return this.#takeNews();
  }

  #readLine(line: Line): void {
    this.#waits = 0;
    const { auth, phase } = this.#state;
    if (auth.challenged) return this.#readResponse(line);
    const command = this.#parse(line);
    if (command.verb && !(command.verb in ORDER[phase]))
      this.#error(outOfOrder(phase, command.verb));
    else if ('fault' in command) this.#error(command.fault);
    else if (!MAIL_COMMANDS.has(command.verb) && this.#tally.idleCommand())
      this.#tooMany('tooManyIdle');
    else return this.#obey(command);
    if (command.verb === 'DATA') this.#contentRefused();
  }

  #readResponse(line: Line): void {
    const next = this.#state.auth.respond(line);
    if ('code' in next) this.#news = AUTH_CANCELLED;
    this.#askOrRefuse(next);
  }

  #parse(line: Line): Command | CommandFault {
    const { commandLine } = this.#options.limits;
    const authLine = this.#lines.limit > commandLine;
    if (line.fault === 'tooLong' && authLine) return { verb: null, fault: REPLIES.authLineTooLong };
    if (line.fault) return { verb: null, fault: LINE_FAULTS[line.fault] };
    const text = decodeUtf8(line.bytes);
    if (text === null) return { verb: null, fault: REPLIES.badOctets };
    const command = parseCommand(text, this.#options);
    const long = authLine && command.verb !== 'AUTH' && line.bytes.length + 2 > commandLine;
    return long ? { verb: null, fault: REPLIES.lineTooLong } : command;
  }

  /** Does what a command in its place says, or asks for it. */
  #obey(command: Command): void {
    switch (command.verb) {
      case 'EHLO':
      case 'HELO':
        this.#question = { type: 'hello', name: command.name, extended: command.verb === 'EHLO' };
        break;
      case 'MAIL':
        this.#askOrRefuse(judgeMail(command, this.#state));
        break;
      case 'RCPT':
        this.#askOrRefuse(judgeRcpt(command, this.#state));
        break;
      case 'DATA':
        this.#question = { type: 'data', how: 'DATA' };
        break;
      case 'RSET':
        this.#dropTransaction();
        this.#state.move('RSET');
        this.#replies.add(REPLIES.reset);
        break;
      case 'VRFY':
        this.#question = { type: 'verify', text: command.text };
        break;
      case 'AUTH':
        this.#askOrRefuse(judgeAuth(command, this.#state));
        break;
      case 'STARTTLS':
        this.#startTls();
        break;
      case 'NOOP':
        this.#replies.add(REPLIES.ok);
        break;
      case 'HELP':
        this.#replies.add(REPLIES.help);
        break;
      case 'QUIT':
        this.#end(HOST_REPLIES.closing(this.hostname), 'quit');
        break;
    }
  }

  #startTls(): void {
    const refusal = judgeStartTls(this.#state);
    if (refusal) return this.#error(refusal);
    // What lies behind came in the clear and must never be taken for what comes inside.
    if (this.#lines.buffered > 0) return this.#end(REPLIES.unsynchronized, 'unsynchronized');
    this.#replies.add(REPLIES.goAhead);
    this.#state.move('STARTTLS');
    this.#order = { type: 'startTls' };
  }

  #askOrRefuse(next: SmtpServerQuestion | Reply): void {
    if ('type' in next) this.#question = next;
    else this.#error(next);
  }

  #openQuestion(): SmtpServerQuestion {
    if (!this.#question) throw new StateError('no question is open');
    return this.#question;
  }

  /** Refuses a command without asking. */
  #error(reply: Reply): void {
    this.#replies.add(reply);
    if (this.#tally.error(reply)) this.#tooMany('tooManyErrors');
  }

  #loginFailed(): void {
    if (this.#tally.failedLogin()) this.#tooMany('tooManyLogins');
  }

  #tooMany(what: 'tooManyErrors' | 'tooManyIdle' | 'tooManyLogins'): void {
    this.#end(HOST_REPLIES[what](this.hostname), 'errors');
  }

  /** Octets behind a DATA that was refused are content, most likely, and must not run as commands. RFC 2920 §3.1. */
  #contentRefused(): void {
    if (this.#lines.buffered > 0) this.#end(REPLIES.unsynchronized, 'unsynchronized');
  }

  #endTransaction(): void {
    this.#state.transaction = null;
    this.#state.move('end of data');
  }

  #dropTransaction(): void {
    if (this.#state.transaction) this.#news = RESET;
    this.#state.transaction = null;
  }

  #end(reply: Reply, reason: CloseReason): void {
    if (this.#state.phase === 'closed') return;
    this.#replies.add(reply);
    this.#close(reason);
  }

  #close(reason: CloseReason): void {
    if (this.#state.phase === 'closed') return;
    this.#dropTransaction();
    if (this.#state.auth.challenged) this.#news = AUTH_CANCELLED;
    this.#question = null;
    this.#state.phase = 'closed';
    this.#order = { type: 'close', reason };
  }

  #takeNews(): SmtpServerNews | null {
    const news = this.#news;
    this.#news = null;
    return news;
  }

  #takeOrder(): SmtpServerOrder | null {
    const order = this.#order;
    this.#order = null;
    return order;
  }
}
