/**
 * The server's side of a POP3 session, without I/O: bytes in, events and bytes out. RFC 1939.
 *
 * Invariants:
 * - Drain rule: `receive()` only after `next()` gave null. Memory is one chunk, one line and one block of output.
 * - One question: while one is open, `next()` yields only `send`, then null. An answer without a question is a `StateError`.
 * - Flush rule: replies queue, and leave when a block is full, when there is nothing else to say, and before
 *   `startTls` and `close`. Content leaves in whole blocks, the last one together with the replies behind it.
 * - Views: bytes given to `content()` are kept only until `next()` gives null; no chunk is written to.
 * - Nothing else in: no clock, randomness, environment or log.
 */
import { DotWriter, latin1, LineReader, StateError } from '@postino/wire';
import type { Line, TlsInfo } from '@postino/wire';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { capabilities, mechanismsOffered, passwordsAllowed } from './capabilities.ts';
import { parseCommand } from './command.ts';
import type { Command } from './command.ts';
import type { CloseReason, Opened, Pop3Question, Pop3ServerEvent } from './events.ts';
import type { Refusal, Retrieved } from './events.ts';
import { limitsFrom } from './limits.ts';
import type { Pop3Limits } from './limits.ts';
import { Listing } from './listing.ts';
import { checkSize, Maildrop } from './maildrop.ts';
import type { Pop3ServerOptions } from './options.ts';
import { ORDER } from './order.ts';
import type { Phase } from './order.ts';
import { Output } from './output.ts';
import { checkGreeting, checkText, err, OK, ok, REFUSALS } from './replies.ts';
import { TopReader } from './top.ts';
import { dele, list, listingHead, rset, stat, unavailable } from './transaction.ts';

/** Content on its way out: stuffed, and cut where TOP asked for less than all. */
interface Transfer {
  readonly dots: DotWriter;
  readonly top: TopReader | null;
}

export class Pop3Server {
  readonly #options: Pop3ServerOptions;
  readonly #limits: Pop3Limits;
  readonly #lines: LineReader;
  readonly #output = new Output();
  #phase: Phase = 'authorization';
  #tls: TlsInfo | null;
  /** What USER said. */
  #name = '';
  #user: string | undefined;
  #maildrop = new Maildrop([]);
  /** The question that is open, and where a yes leads. */
  #question: { readonly type: Pop3Question['type']; readonly next: Phase } | null = null;
  /** Cuts the message that `retrieve` asks for, when TOP wants it. */
  #top: TopReader | null = null;
  #transfer: Transfer | null = null;
  #listing: Listing | null = null;
  /** Leaves when all that was said is sent. */
  #order: Pop3ServerEvent | null = null;
  #stopping = false;
  /** `next()` gave null because only the peer can move us on. */
  #drained = false;
  #badCommands = 0;
  #failedLogins = 0;

  /** A text that cannot go on the wire, or a limit that is none, is a `TypeError`. */
  constructor(options: Pop3ServerOptions = {}) {
    const { greeting = OK.greeting, implementation = '', mechanisms = [] } = options;
    checkGreeting(greeting);
    for (const text of [implementation, ...mechanisms]) checkText(text);
    this.#options = options;
    this.#limits = limitsFrom(options.limits);
    this.#lines = new LineReader(Math.max(this.#limits.commandLine, this.#limits.authLine));
    this.#tls = options.tls ?? null;
    this.#say(ok(greeting));
  }

  /** Who is logged in, as soon as somebody is. */
  get user(): string | undefined {
    return this.#user;
  }

  /** Milliseconds the peer has for its next command; 0 while the next move is ours. RFC 1939 §3. */
  get timeout(): number {
    return this.#question || this.#transfer ? 0 : this.#limits.idle;
  }

  /** Bytes from the peer. Only when `next()` gave null and no answer or content is owed. */
  receive(chunk: Uint8Array): void {
    this.#leaveRest('receive');
    this.#lines.push(chunk);
  }

  /** The peer closed its side; what it had said before was carried out. */
  ended(): void {
    this.#leaveRest('ended');
    this.#close('closed');
  }

  /** The peer took longer than `timeout`: it is left without a word, as RFC 1939 §3 has it. */
  expire(): void {
    this.#leaveRest('expire');
    this.#close('timeout');
  }

  /** Ends the session before the next command; a message on its way out is finished first. Nothing is removed. */
  shutdown(): void {
    this.#stopping = true;
    this.#drained = false;
  }

  /** TLS stands: all that the peer said before is forgotten. RFC 2595 §4. */
  secured(tls: TlsInfo): void {
    if (this.#phase !== 'handshake') throw new StateError('secured() without startTls');
    this.#tls = tls;
    this.#name = '';
    this.#phase = 'authorization';
    this.#lines.reset();
  }

  /** The next event, or null when an answer, content or the peer is waited for. */
  next(): Pop3ServerEvent | null {
    for (;;) {
      if (this.#output.full || this.#question) return this.#send();
      if (this.#transfer) return null;
      if (this.#listing) {
        if (this.#listing.write(this.#output)) this.#listing = null;
      } else if (this.#order) {
        return this.#send() ?? this.#takeOrder();
      } else if (this.#phase === 'handshake' || this.#phase === 'closed') {
        return null;
      } else if (this.#stopping) {
        this.#refuse(REFUSALS.shutdown);
        this.#close('shutdown');
      } else {
        const line = this.#lines.next();
        const event = line ? this.#take(line) : (this.#send() ?? this.#rest());
        if (event || !line) return event;
      }
    }
  }

  /** Yes. `login`, `auth` and `authResponse` want `Opened`, `retrieve` wants `Retrieved`: else it is a `TypeError`. */
  accept(answer?: Opened | Retrieved): void {
    const { type, next } = this.#asked();
    if (type === 'update') this.#updated(next);
    else if (type === 'retrieve') this.#beginContent(answer);
    else this.#logIn(answer, next);
  }

  /** No, with its reason. */
  reject(refusal: Refusal): void {
    const { type } = this.#asked();
    const isLogin = type !== 'update' && type !== 'retrieve';
    this.#refuse(isLogin ? { code: 'AUTH', ...refusal } : refusal);
    this.#question = null;
    if (type === 'update') this.#close('quit');
    else if (refusal.close) this.#close('refused');
    else if (isLogin) this.#loginFailed();
  }

  /** Answers `auth` and `authResponse`: the exchange goes on. RFC 5034 §4. */
  challenge(bytes: Uint8Array): void {
    const { type } = this.#asked();
    if (type !== 'auth' && type !== 'authResponse') throw new StateError(`a challenge to ${type}`);
    this.#question = null;
    this.#phase = 'exchange';
    this.#say(`+ ${encodeBase64(bytes)}\r\n`);
  }

  /** Content, after `accept` of `retrieve`; only when `next()` gave null. False: TOP wants no more, so `done()` follows. */
  content(bytes: Uint8Array): boolean {
    const { dots, top } = this.#transferring();
    if (this.#output.full) throw new StateError('content() before next() gave null');
    this.#output.bytes(dots.write(top ? top.take(bytes) : bytes));
    return !top?.ended;
  }

  /** That was all of the content: the dot follows, after a CRLF where the content lacks one. RFC 1939 §3. */
  done(): void {
    this.#output.bytes(this.#transferring().dots.end());
    this.#transfer = null;
  }

  /** The content broke off: the connection ends without the dot. */
  fail(): void {
    this.#transferring();
    this.#transfer = null;
    this.#close('failed');
  }

  #take(line: Line): Pop3ServerEvent | null {
    if (line.fault) return this.#bad(REFUSALS[line.fault]);
    if (this.#phase === 'exchange') return this.#response(line.bytes);
    const command = parseCommand(line.bytes);
    if (typeof command === 'string') return this.#bad(REFUSALS[command]);
    if (this.#isTooLong(line, command)) return this.#bad(REFUSALS.tooLong);
    this.#badCommands = 0;
    const next = ORDER[this.#phase][command.verb];
    if (next) return this.#carryOut(command, next);
    return this.#refuse(command.verb === 'PASS' ? REFUSALS.noName : REFUSALS.notNow);
  }

  /** Deviation: RFC 5034 §4 holds AUTH to 255 octets too, but tokens come as longer initial responses. */
  #isTooLong(line: Line, command: Command): boolean {
    return command.verb !== 'AUTH' && line.bytes.length + 2 > this.#limits.commandLine;
  }

  #carryOut(command: Command, next: Phase): Pop3ServerEvent | null {
    const maildrop = this.#maildrop;
    switch (command.verb) {
      case 'CAPA':
        return this.#sayList(OK.capabilities, capabilities(this.#options, this.#situation()));
      case 'STLS':
        return this.#startTls(next);
      case 'USER':
        return this.#takeName(command.name, next);
      case 'PASS':
        return this.#ask({ type: 'login', user: this.#name, password: command.password }, next);
      case 'AUTH':
        return this.#auth(command.mechanism, command.initial, next);
      case 'STAT':
        return this.#say(stat(maildrop));
      case 'LIST':
        return this.#list(command.number, 'size');
      case 'UIDL':
        return this.#list(command.number, 'uid');
      case 'RETR':
        return this.#retrieve(command.number, null);
      case 'TOP':
        return this.#retrieve(command.number, new TopReader(command.lines));
      case 'DELE':
        return this.#say(dele(maildrop, command.number));
      case 'NOOP':
        return this.#say(ok(OK.noop));
      case 'RSET':
        return this.#say(rset(maildrop));
      case 'QUIT':
        return this.#quit(next);
    }
  }

  #startTls(next: Phase): null {
    if (this.#tls) return this.#refuse(REFUSALS.tlsActive);
    if (!this.#options.startTls) return this.#refuse(REFUSALS.noTls);
    // What stands behind STLS was not sent over TLS, and must not be taken as if it had been.
    if (this.#lines.buffered > 0) {
      this.#refuse(REFUSALS.behindStls);
      return this.#close('unsynchronized');
    }
    this.#phase = next;
    this.#order = { type: 'startTls' };
    return this.#say(ok(OK.beginTls));
  }

  /** Every name is welcome: who is told otherwise can find out names. RFC 1939 §13. */
  #takeName(name: string, next: Phase): null {
    if (!passwordsAllowed(this.#options, this.#tls !== null))
      return this.#refuse(REFUSALS.plaintext);
    this.#name = name;
    this.#phase = next;
    return this.#say(ok(OK.user));
  }

  #auth(mechanism: string | null, text: string | null, next: Phase): Pop3ServerEvent | null {
    const offered = mechanismsOffered(this.#options, this.#tls !== null);
    if (mechanism === null) return this.#sayList(OK.mechanisms, offered);
    if (!offered.includes(mechanism)) {
      const isKnown = this.#options.mechanisms?.includes(mechanism);
      return this.#refuse(isKnown ? REFUSALS.plaintext : REFUSALS.noSuchMechanism);
    }
    // "=" is how an initial response of no octets is written. RFC 5034 §4.
    const initial = text === null ? null : decodeBase64(text === '=' ? '' : text);
    if (text !== null && initial === null) return this.#bad(REFUSALS.badBase64);
    return this.#ask({ type: 'auth', mechanism, initial }, next);
  }

  /** A line of an exchange that a challenge has begun. RFC 5034 §4. */
  #response(line: Uint8Array): Pop3ServerEvent | null {
    const text = latin1(line);
    if (text === '*') return this.#leaveExchange(REFUSALS.aborted);
    const bytes = decodeBase64(text);
    if (bytes === null) return this.#bad(REFUSALS.badBase64);
    return this.#ask({ type: 'authResponse', bytes }, 'transaction');
  }

  #list(number: number | null, field: 'size' | 'uid'): null {
    if (number !== null) return this.#say(list(this.#maildrop, number, field));
    this.#listing = new Listing(this.#maildrop, field);
    return this.#say(listingHead(this.#maildrop, field));
  }

  #retrieve(number: number, top: TopReader | null): Pop3ServerEvent | null {
    const refusal = unavailable(this.#maildrop, number);
    if (refusal) return this.#refuse(refusal);
    this.#top = top;
    return this.#ask({ type: 'retrieve', index: number - 1 }, 'transaction');
  }

  #quit(next: Phase): Pop3ServerEvent | null {
    if (next === 'update')
      return this.#ask({ type: 'update', indexes: this.#maildrop.deleted() }, next);
    this.#say(ok(OK.quit));
    return this.#close('quit');
  }

  #ask(question: Pop3Question, next: Phase): Pop3Question {
    this.#question = { type: question.type, next };
    return question;
  }

  #asked(): { readonly type: Pop3Question['type']; readonly next: Phase } {
    if (!this.#question) throw new StateError('an answer, but no question is open');
    return this.#question;
  }

  #logIn(answer: Opened | Retrieved | undefined, next: Phase): void {
    if (!answer || !('entries' in answer)) throw new TypeError('a login is accepted with entries');
    const name = this.#asked().type === 'login' ? this.#name : undefined;
    this.#maildrop = new Maildrop(answer.entries);
    this.#user = answer.user ?? name;
    this.#lines.limit = this.#limits.commandLine;
    this.#question = null;
    this.#phase = next;
    this.#say(ok(OK.loggedIn));
  }

  /** A name serves for one PASS. RFC 1939 §7 (USER). */
  #loginFailed(): void {
    this.#phase = 'authorization';
    this.#name = '';
    if (++this.#failedLogins >= this.#limits.failedLogins) this.#close('errors');
  }

  #leaveExchange(refusal: Refusal): Pop3ServerEvent {
    this.#phase = 'authorization';
    this.#refuse(refusal);
    return { type: 'authCancelled' };
  }

  #beginContent(answer: Opened | Retrieved | undefined): void {
    if (!answer || !('size' in answer)) throw new TypeError('retrieve is accepted with a size');
    checkSize(answer.size);
    this.#question = null;
    this.#transfer = { dots: new DotWriter(), top: this.#top };
    this.#say(ok(this.#top ? OK.top : `${answer.size} octets`));
  }

  #transferring(): Transfer {
    if (!this.#transfer) throw new StateError('content, but no message was asked for');
    return this.#transfer;
  }

  #updated(next: Phase): void {
    this.#question = null;
    this.#phase = next;
    this.#say(ok(this.#maildrop.deletedCount > 0 ? OK.quitDeleted : OK.quit));
    this.#close('quit');
  }

  /** A line that cannot be understood: one too many ends the session. */
  #bad(refusal: Refusal): Pop3ServerEvent | null {
    const { badCommands, badCommandsBeforeLogin } = this.#limits;
    const limit = this.#phase === 'transaction' ? badCommands : badCommandsBeforeLogin;
    const isLast = ++this.#badCommands >= limit;
    const said = isLast ? REFUSALS.tooManyBadCommands : refusal;
    const event = this.#phase === 'exchange' ? this.#leaveExchange(said) : this.#refuse(said);
    if (isLast) this.#close('errors');
    return event;
  }

  #situation(): { secure: boolean; loggedIn: boolean } {
    return { secure: this.#tls !== null, loggedIn: this.#phase === 'transaction' };
  }

  #say(text: string): null {
    this.#output.text(text);
    return null;
  }

  #sayList(text: string, lines: readonly string[]): null {
    return this.#say(`${ok(text)}${lines.map((line) => `${line}\r\n`).join('')}.\r\n`);
  }

  #refuse(refusal: Refusal): null {
    return this.#say(err(refusal));
  }

  #close(reason: CloseReason): null {
    this.#phase = 'closed';
    this.#order = { type: 'close', reason };
    return null;
  }

  #takeOrder(): Pop3ServerEvent | null {
    const order = this.#order;
    this.#order = null;
    return order;
  }

  #send(): Pop3ServerEvent | null {
    const bytes = this.#output.take();
    return bytes && { type: 'send', bytes };
  }

  #rest(): null {
    this.#drained = true;
    return null;
  }

  #leaveRest(what: string): void {
    if (!this.#drained)
      throw new StateError(`${what}() before next() gave null, or while we owe an answer`);
    this.#drained = false;
  }
}
