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
  DotReader,
  LineReader,
  StateError,
  type Line,
  type Reply,
  type TlsInfo,
} from '@postino/wire';
import { ChunkReader, type ChunkSize } from './chunk-reader.ts';
import { parseCommand, type Command, type CommandFault } from './command.ts';
import { Content } from './content.ts';
import type {
  CloseReason,
  SmtpServerEvent,
  SmtpServerNews,
  SmtpServerOrder,
  SmtpServerQuestion,
} from './events.ts';
import { judgeAuth, judgeData, judgeMail, judgeRcpt, judgeStartTls } from './judge.ts';
import { resolveOptions, type ResolvedOptions, type SmtpServerOptions } from './options.ts';
import { ORDER, type Verb } from './order.ts';
import { outOfOrder } from './out-of-order.ts';
import { chunkReply, HOST_REPLIES, REPLIES } from './replies.ts';
import { ReplyQueue } from './reply-queue.ts';
import { checkReply, withoutStatus, withStatus } from './reply.ts';
import { SessionState } from './session-state.ts';
import { Tally } from './tally.ts';
import { usualReply } from './usual-reply.ts';

const RESET: SmtpServerNews = { type: 'reset' };
const AUTH_CANCELLED: SmtpServerNews = { type: 'authCancelled' };

/** The commands that bring a message nearer, and the last one. */
const MAIL_COMMANDS = new Set<Verb>(['MAIL', 'RCPT', 'DATA', 'BDAT', 'QUIT']);

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
  /** What BDAT has begun: it goes on with each chunk. */
  #message: { readonly content: Content; readonly reader: ChunkReader } | null = null;
  /** What the latest BDAT said. */
  #chunk: ChunkSize = { size: 0, last: true };

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
    const chunked = question.type === 'data' && question.how === 'BDAT';
    const digit = question.type === 'data' ? 3 : 2;
    checkReply(said, digit, digit);
    this.#question = null;
    if (question.type === 'hello') this.#dropTransaction();
    this.#state.accepted(question);
    // BDAT has no 354: its chunk follows unasked. RFC 3030 §2.
    if (chunked) return this.#beginChunks();
    if (question.type === 'data') this.#beginContent();
    if (question.type === 'message') {
      this.#message = null;
      this.#tally.message();
    }
    this.#replies.add(said);
  }

  /** Refuses, and the session stays where it was; 421 ends it. */
  reject(reply: Reply): void {
    const question = this.#openQuestion();
    checkReply(reply, 4, 5);
    this.#question = null;
    const { type } = question;
    if (type === 'data' && question.how === 'BDAT' && reply.code !== 421)
      return this.#refuseChunks(withStatus(reply));
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
      else if (this.#shutdown && this.#state.phase !== 'chunks')
        this.#end(this.#shutdown, 'shutdown');
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
    this.#content = new Content(new DotReader(), this.#options);
    // What lies behind DATA came before its 354, against RFC 2920 §3.1, but it can only be content.
    this.#content.push(this.#lines.rest());
  }

  #beginChunks(): void {
    const reader = new ChunkReader({ binary: this.#state.transaction?.binary ?? false });
    this.#message = { content: new Content(reader, this.#options), reader };
    this.#readChunk(this.#message);
  }

  #readChunk({ content, reader }: { content: Content; reader: ChunkReader }): void {
    reader.begin(this.#chunk);
    this.#content = content;
    content.push(this.#lines.rest());
  }

  /** A message refused at its first chunk is over: the next chunk must not be taken for its first. */
  #refuseChunks(reply: Reply): void {
    this.#dropTransaction();
    this.#state.move('BDAT');
    this.#discardChunk(reply);
  }

  /** The octets of a refused chunk are read and dropped before the reply, so that the stream stays in step. RFC 3030 §2. */
  #discardChunk(reply: Reply): void {
    const reader = new ChunkReader({ binary: true });
    const content = new Content(reader, this.#options);
    content.refuse(reply);
    this.#readChunk({ content, reader });
  }

  #readContent(content: Content): SmtpServerEvent | null {
    const got = content.next();
    if (got === 'refused') this.#dropTransaction();
    else if (got) return { type: 'content', bytes: got };
    if (!content.paused) return this.#takeNews();
    this.#lines.push(content.rest());
    this.#content = null;
    if (!content.ended && !content.refusal) return this.#chunkTaken();
    if (!content.refusal) return (this.#question = { type: 'message', size: content.size });
    this.#replies.add(content.refusal);
    // Out of its turn a chunk changes nothing.
    if ('end of data' in ORDER[this.#state.phase]) this.#endTransaction();
    return this.#takeNews();
  }

  #chunkTaken(): null {
    this.#replies.add(chunkReply(this.#chunk.size));
    this.#state.move('end of chunk');
    return null;
  }

  #readLine(line: Line): void {
    this.#waits = 0;
    const { auth, phase } = this.#state;
    if (auth.challenged) return this.#readResponse(line);
    const command = this.#parse(line);
    if (command.verb === 'BDAT' && !('fault' in command)) return this.#bdat(command);
    if (command.verb && !(command.verb in ORDER[phase]))
      this.#error(outOfOrder(phase, command.verb));
    else if ('fault' in command) this.#error(command.fault);
    else if (!MAIL_COMMANDS.has(command.verb) && this.#tally.idleCommand())
      this.#tooMany('tooManyIdle');
    else return this.#obey(command);
    if (command.verb === 'DATA' || command.verb === 'BDAT') this.#contentRefused();
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
        this.#askOrRefuse(judgeData(this.#state));
        if (!this.#question) this.#contentRefused();
        break;
      case 'BDAT':
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

  /** A chunk out of turn is read too; what was in the pipeline when its message failed is no error. RFC 3030 §2. */
  #bdat(chunk: ChunkSize): void {
    const { phase } = this.#state;
    this.#chunk = chunk;
    const good = 'BDAT' in ORDER[phase];
    const idle = !good || (chunk.size === 0 && !chunk.last);
    if (idle && this.#tally.idleCommand()) return this.#tooMany('tooManyIdle');
    if (!good) return this.#discardChunk(outOfOrder(phase, 'BDAT'));
    if (!this.#message) return void (this.#question = { type: 'data', how: 'BDAT' });
    this.#state.move('BDAT');
    this.#readChunk(this.#message);
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
    this.#message = null;
    this.#state.move('end of data');
  }

  #dropTransaction(): void {
    if (this.#state.transaction) this.#news = RESET;
    this.#state.transaction = null;
    this.#message = null;
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
