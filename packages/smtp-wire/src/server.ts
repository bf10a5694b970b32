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
import { AuthExchange } from './auth-exchange.ts';
import { isAsciiPath, parseCommand, type Command, type CommandFault } from './command.ts';
import { Content } from './content.ts';
import type { Offer } from './ehlo.ts';
import type {
  CloseReason,
  SmtpServerEvent,
  SmtpServerNews,
  SmtpServerOrder,
  SmtpServerQuestion,
} from './events.ts';
import { resolveOptions, type ResolvedOptions, type SmtpServerOptions } from './options.ts';
import { ORDER, type Happening, type Phase, type Verb } from './order.ts';
import { outOfOrder } from './out-of-order.ts';
import { HOST_REPLIES, REPLIES } from './replies.ts';
import { ReplyQueue } from './reply-queue.ts';
import { checkReply, replyClass, withStatus } from './reply.ts';
import { Tally } from './tally.ts';
import { usualReply } from './usual-reply.ts';

type CommandOf<V extends Verb> = Extract<Command, { readonly verb: V }>;

const RESET: SmtpServerNews = { type: 'reset' };
const AUTH_CANCELLED: SmtpServerNews = { type: 'authCancelled' };

/** What kind of fault a line has, as a reply. */
const LINE_FAULTS = {
  bareCr: REPLIES.badLineEnd,
  bareLf: REPLIES.badLineEnd,
  nul: REPLIES.badOctets,
} as const;

/** The commands that bring a message nearer, and the last one. */
const MAIL_COMMANDS = new Set<Verb>(['MAIL', 'RCPT', 'DATA', 'QUIT']);

/** What moves a session on when a question is accepted. An AUTH exchange is one long AUTH. */
const MOVES: Readonly<Record<Exclude<SmtpServerQuestion['type'], 'hello'>, Verb | Happening>> = {
  connect: 'connection',
  auth: 'AUTH',
  authResponse: 'AUTH',
  mail: 'MAIL',
  rcpt: 'RCPT',
  verify: 'VRFY',
  data: 'DATA',
  message: 'end of data',
};

/** The server machine. One per connection. */
export class SmtpServer {
  readonly #options: ResolvedOptions;
  readonly #lines: LineReader;
  readonly #replies = new ReplyQueue();
  readonly #tally: Tally;

  #phase: Phase = 'connect';
  #question: SmtpServerQuestion | null = null;
  #news: SmtpServerNews | null = null;
  #order: SmtpServerOrder | null = null;
  #shutdown: Reply | null = null;
  #drained = true;
  /** How often more was waited for since the last whole line. */
  #waits = 0;

  #tls: TlsInfo | null;
  #hello: { readonly name: string; readonly extended: boolean } | null = null;
  #auth = new AuthExchange();
  #transaction: { readonly smtpUtf8: boolean; recipients: number } | null = null;
  #content: Content | null = null;

  constructor(options: SmtpServerOptions) {
    this.#options = resolveOptions(options);
    this.#tls = options.tls ?? null;
    this.#lines = new LineReader(this.#options.limits.commandLine);
    this.#tally = new Tally(this.#options.limits);
  }

  get hostname(): string {
    return this.#options.hostname;
  }

  /** What the peer called itself, once that was accepted. */
  get hello(): { readonly name: string; readonly extended: boolean } | null {
    return this.#hello;
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

  /** Takes octets from the peer. Only after `next()` gave null (or before the first: the peer was early). */
  receive(chunk: Uint8Array): void {
    if (!this.#drained)
      throw new StateError('receive() only after next() returned null, with no question open');
    this.#drained = false;
    if (this.#content) this.#content.push(chunk);
    else this.#lines.push(chunk);
  }

  /** The next event; null when only an answer or the peer can move us on. */
  next(): SmtpServerEvent | null {
    const event = this.#takeNews() ?? (this.#question ? null : this.#advance());
    if (event) return event;
    const bytes = this.#replies.take();
    if (bytes) return { type: 'send', bytes };
    if (this.#order) return this.#takeOrder(this.#order);
    this.#drained = !this.#question && this.#phase !== 'tls' && this.#phase !== 'closed';
    if (this.#drained) this.#waits++;
    return null;
  }

  /** Accepts; the reply, or its text, stands in for the usual one. */
  accept(reply?: Partial<Reply>): void {
    const question = this.#openQuestion();
    const said = usualReply(question, reply, this.#offer);
    checkReply(said, [replyClass(usualReply(question, undefined, this.#offer))]);
    this.#question = null;
    this.#accepted(question);
    this.#say(said);
  }

  /** Refuses; the phase stays as it was. 421 ends the session. */
  reject(reply: Reply): void {
    const question = this.#openQuestion();
    checkReply(reply, [4, 5]);
    this.#question = null;
    const { code, text } = reply;
    // Neither greeting nor the answer to EHLO has a status. RFC 2034 §4.
    this.#say(
      question.type === 'connect' || question.type === 'hello' ? { code, text } : withStatus(reply),
    );
    if (reply.code === 421) this.#close('refused');
    else this.#rejected(question);
  }

  /** Goes on with an AUTH exchange. RFC 4954 §4. */
  challenge(bytes: Uint8Array): void {
    const { type } = this.#openQuestion();
    if (type !== 'auth' && type !== 'authResponse')
      throw new StateError('challenge() answers auth and authResponse only');
    this.#question = null;
    this.#replies.addBytes(this.#auth.challenge(bytes));
  }

  /** Refuses the message while its content flows: the rest is read to its true end, unseen, then comes this reply. */
  refuse(reply: Reply): void {
    checkReply(reply, [4, 5]);
    if (!this.#content) throw new StateError('refuse() only while content flows');
    this.#dropTransaction();
    this.#content.refuse(withStatus(reply));
  }

  /** Says 421 and closes at the next place where that is allowed; a message in flight ends first. RFC 5321 §3.8. */
  shutdown(reply: Reply = HOST_REPLIES.shuttingDown(this.#options.hostname)): void {
    checkReply(reply, [4, 5]);
    this.#shutdown = withStatus(reply);
  }

  /** TLS stands: all that the client said is forgotten. RFC 3207 §4.2. */
  secured(tls: TlsInfo): void {
    if (this.#phase !== 'tls' || this.#order)
      throw new StateError('secured() only after startTls was ordered');
    this.#tls = tls;
    this.#hello = null;
    this.#auth = new AuthExchange();
    this.#lines.reset();
    this.#moveOn('handshake');
  }

  /** The peer ended its side. */
  ended(): void {
    this.#close('closed');
  }

  /** The peer took too long. RFC 5321 §4.5.3.2.7. */
  expire(): void {
    this.#say(HOST_REPLIES.timedOut(this.#options.hostname));
    this.#close('timeout');
  }

  /** Whatever comes next that is not a reply: from shutdown, content or lines. */
  #advance(): SmtpServerEvent | null {
    while (!this.#order && this.#phase !== 'tls' && this.#phase !== 'closed') {
      if (this.#phase === 'connect') return this.#connect();
      if (this.#shutdown && !this.#content) this.#shutDown(this.#shutdown);
      else if (this.#content) {
        const event = this.#readContent(this.#content);
        if (event || this.#content) return event;
      } else {
        this.#lines.limit = this.#lineLimit;
        const line = this.#lines.next();
        const question = line && this.#readLine(line);
        if (!line || question) return question;
      }
      if (this.#news) return this.#takeNews();
    }
    return this.#takeNews();
  }

  #connect(): SmtpServerQuestion | null {
    const early = this.#lines.buffered > 0;
    if (!early || this.#options.earlyTalkers === 'ask')
      return this.#ask({ type: 'connect', early });
    const { code, text } = REPLIES.unsynchronized;
    this.#say({ code, text });
    this.#close('unsynchronized');
    return null;
  }

  #shutDown(reply: Reply): void {
    this.#say(reply);
    this.#close('shutdown');
  }

  #readContent(content: Content): SmtpServerEvent | null {
    const got = content.next();
    if (got === 'refused') {
      this.#dropTransaction();
      return this.#takeNews();
    }
    if (got) return { type: 'content', bytes: got };
    if (!content.ended) return null;
    this.#lines.push(content.rest());
    this.#content = null;
    if (!content.refusal) return this.#ask({ type: 'message', size: content.size });
    this.#say(content.refusal);
    this.#endTransaction();
    return null;
  }

  #readLine(line: Line): SmtpServerQuestion | null {
    this.#waits = 0;
    if (this.#auth.challenged) return this.#readResponse(line);
    const command = this.#parse(line);
    if (command.verb && !(command.verb in ORDER[this.#phase]))
      return this.#outOfOrder(command.verb);
    if ('fault' in command) return this.#error(command.fault);
    return this.#command(command);
  }

  #parse(line: Line): Command | CommandFault {
    const { commandLine } = this.#options.limits;
    if (line.fault === 'tooLong')
      return {
        verb: null,
        fault: this.#lines.limit > commandLine ? REPLIES.authLineTooLong : REPLIES.lineTooLong,
      };
    if (line.fault) return { verb: null, fault: LINE_FAULTS[line.fault] };
    const text = decodeUtf8(line.bytes);
    if (text === null) return { verb: null, fault: REPLIES.badOctets };
    const command = parseCommand(text, this.#options);
    const long = line.bytes.length + 2 > commandLine && command.verb !== 'AUTH';
    return long ? { verb: null, fault: REPLIES.lineTooLong } : command;
  }

  #outOfOrder(verb: Verb): null {
    this.#error(outOfOrder(this.#phase, verb));
    if (verb === 'DATA') this.#contentRefused();
    return null;
  }

  #command(command: Command): SmtpServerQuestion | null {
    if (!MAIL_COMMANDS.has(command.verb) && this.#tally.idleCommand())
      return this.#tooMany(HOST_REPLIES.tooManyIdle);
    switch (command.verb) {
      case 'EHLO':
      case 'HELO':
        return this.#ask({ type: 'hello', name: command.name, extended: command.verb === 'EHLO' });
      case 'MAIL':
        return this.#mail(command);
      case 'RCPT':
        return this.#rcpt(command);
      case 'DATA':
        return this.#ask({ type: 'data', how: 'DATA' });
      case 'RSET':
        this.#dropTransaction();
        this.#moveOn('RSET');
        return this.#answer(REPLIES.reset);
      case 'VRFY':
        return this.#ask({ type: 'verify', text: command.text });
      case 'AUTH':
        return this.#logIn(command);
      case 'STARTTLS':
        return this.#startTls();
      case 'NOOP':
        return this.#answer(REPLIES.ok);
      case 'HELP':
        return this.#answer(REPLIES.help);
      case 'QUIT':
        return this.#quit();
    }
  }

  /** Parameters belong to extensions, and HELO negotiates none. RFC 5321 §2.2.1, §4.1.1.2. */
  #mail({ from, params }: CommandOf<'MAIL'>): SmtpServerQuestion | null {
    if (!this.#hello?.extended && Object.keys(params).length > 0)
      return this.#error(REPLIES.unknownParameter);
    if ((params.size ?? 0) > this.#options.maxMessageSize)
      return this.#answer(REPLIES.messageTooBig);
    return this.#ask({ type: 'mail', from, params });
  }

  #rcpt({ to, params }: CommandOf<'RCPT'>): SmtpServerQuestion | null {
    const { recipients, smtpUtf8 } = this.#transaction!;
    if (recipients >= this.#options.limits.recipients)
      return this.#answer(REPLIES.tooManyRecipients);
    if (!smtpUtf8 && !isAsciiPath(to)) return this.#answer(REPLIES.asciiRecipientRequired);
    return this.#ask({ type: 'rcpt', to, params });
  }

  #quit(): null {
    this.#say(HOST_REPLIES.closing(this.#options.hostname));
    this.#close('quit');
    return null;
  }

  /** What lies behind STARTTLS came in the clear and must never be taken for what comes after it. RFC 3207 §4.2. */
  #startTls(): null {
    if (this.#tls) return this.#error(REPLIES.tlsAlready);
    if (!this.#options.startTls) return this.#error(REPLIES.notImplemented);
    if (!this.#hello?.extended) return this.#error(REPLIES.ehloFirst);
    if (this.#lines.buffered > 0) return this.#unsynchronized();
    this.#say(REPLIES.goAhead);
    this.#moveOn('STARTTLS');
    this.#order = { type: 'startTls' };
    return null;
  }

  #logIn({ mechanism, initial }: CommandOf<'AUTH'>): SmtpServerQuestion | null {
    const { mechanisms } = this.#options;
    if (mechanisms.length === 0) return this.#error(REPLIES.notImplemented);
    if (this.#auth.succeeded) return this.#error(REPLIES.loggedInAlready);
    if (!this.#hello?.extended) return this.#error(REPLIES.ehloFirst);
    if (!this.#mayLogIn) return this.#error(REPLIES.encryptionRequired);
    if (!mechanisms.includes(mechanism)) return this.#error(REPLIES.unknownMechanism);
    return this.#askOrRefuse(this.#auth.begin(mechanism, initial));
  }

  #readResponse(line: Line): SmtpServerQuestion | null {
    const next = this.#auth.respond(line);
    if (!('type' in next)) this.#news = AUTH_CANCELLED;
    return this.#askOrRefuse(next);
  }

  #askOrRefuse(next: SmtpServerQuestion | Reply): SmtpServerQuestion | null {
    return 'type' in next ? this.#ask(next) : this.#error(next);
  }

  get #mayLogIn(): boolean {
    return this.#tls !== null || this.#options.allowPlaintextAuth;
  }

  get #offer(): Offer {
    const { hostname, maxMessageSize, startTls, mechanisms } = this.#options;
    return {
      hostname,
      maxMessageSize,
      startTls: startTls && !this.#tls,
      mechanisms: this.#mayLogIn ? mechanisms : [],
    };
  }

  /** An AUTH line may be longer than others, where one may come. RFC 4954 §4. */
  get #lineLimit(): number {
    const { commandLine, authLine } = this.#options.limits;
    const open = this.#phase === 'ready' && this.#mayLogIn && this.#options.mechanisms.length > 0;
    return open && !this.#auth.succeeded ? Math.max(commandLine, authLine) : commandLine;
  }

  #accepted(question: SmtpServerQuestion): void {
    if (question.type === 'hello') return this.#greeted(question);
    this.#moveOn(MOVES[question.type]);
    switch (question.type) {
      case 'auth':
      case 'authResponse':
        this.#auth.succeed();
        break;
      case 'mail':
        this.#transaction = { smtpUtf8: question.params.smtpUtf8 === true, recipients: 0 };
        break;
      case 'rcpt':
        this.#transaction!.recipients++;
        break;
      case 'data':
        // What lies behind DATA came before its 354, against RFC 2920 §3.1, but it can only be content.
        this.#content = new Content(this.#options);
        this.#content.push(this.#lines.rest());
        break;
      case 'message':
        this.#transaction = null;
        this.#tally.message();
        break;
    }
  }

  #greeted({ name, extended }: { readonly name: string; readonly extended: boolean }): void {
    this.#dropTransaction();
    this.#hello = { name, extended };
    this.#moveOn(extended ? 'EHLO' : 'HELO');
  }

  #rejected(question: SmtpServerQuestion): void {
    if (question.type === 'connect') this.#phase = 'refused';
    if (question.type === 'data') this.#contentRefused();
    if (question.type === 'message') this.#endTransaction();
    if (question.type === 'auth' || question.type === 'authResponse') {
      if (this.#tally.failedLogin()) this.#tooMany(HOST_REPLIES.tooManyLogins);
    }
  }

  /** Octets behind a DATA that was refused are content, most likely, and must not run as commands. RFC 2920 §3.1. */
  #contentRefused(): void {
    if (this.#lines.buffered > 0) this.#unsynchronized();
  }

  #endTransaction(): void {
    this.#transaction = null;
    this.#moveOn('end of data');
  }

  #dropTransaction(): void {
    if (this.#transaction) this.#news = RESET;
    this.#transaction = null;
  }
  #ask(question: SmtpServerQuestion): SmtpServerQuestion {
    this.#question = question;
    return question;
  }

  #openQuestion(): SmtpServerQuestion {
    if (!this.#question) throw new StateError('no question is open');
    return this.#question;
  }

  #say(reply: Reply): void {
    this.#replies.add(reply);
  }

  /** A reply that is no error of syntax or order. */
  #answer(reply: Reply): null {
    this.#say(reply);
    return null;
  }

  #error(reply: Reply): null {
    this.#say(reply);
    if (this.#tally.error()) this.#tooMany(HOST_REPLIES.tooManyErrors);
    return null;
  }

  #tooMany(reply: (host: string) => Reply): null {
    this.#say(reply(this.#options.hostname));
    this.#close('errors');
    return null;
  }

  #unsynchronized(): null {
    this.#say(REPLIES.unsynchronized);
    this.#close('unsynchronized');
    return null;
  }

  #moveOn(move: Verb | Happening): void {
    this.#phase = ORDER[this.#phase][move]!;
  }

  #close(reason: CloseReason): void {
    if (this.#phase === 'closed') return;
    this.#dropTransaction();
    if (this.#auth.challenged) this.#news = AUTH_CANCELLED;
    this.#question = null;
    this.#content = null;
    this.#phase = 'closed';
    this.#order = { type: 'close', reason };
  }

  #takeNews(): SmtpServerNews | null {
    const news = this.#news;
    this.#news = null;
    return news;
  }

  #takeOrder(order: SmtpServerOrder): SmtpServerOrder {
    this.#order = null;
    return order;
  }
}
