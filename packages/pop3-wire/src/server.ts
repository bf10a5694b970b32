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
import { encodeBase64, DotWriter, LineReader, StateError } from '@postino/wire';
import type { Line, TlsInfo } from '@postino/wire';
import { parseCommand } from './command.ts';
import type { CloseReason, Opened, Pop3Question, Pop3ServerEvent } from './events.ts';
import type { Refusal, Retrieved } from './events.ts';
import { limitsFrom } from './limits.ts';
import type { Pop3Limits } from './limits.ts';
import type { Listing } from './listing.ts';
import { checkSize, Maildrop } from './maildrop.ts';
import { checkOptions, mechanismsFor } from './options.ts';
import type { Pop3ServerOptions } from './options.ts';
import { ORDER } from './order.ts';
import type { Phase } from './order.ts';
import { Output } from './output.ts';
import { err, OK, ok, REFUSALS } from './replies.ts';
import { stepFor, stepForResponse } from './step.ts';
import type { Session, Step } from './step.ts';
import type { TopReader } from './top.ts';

/** A question that is open: where a yes leads, and how TOP cuts the message. */
interface Asked {
  readonly type: Pop3Question['type'];
  readonly next: Phase;
  readonly top: TopReader | null;
}

/** Content on its way out. */
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
  #mechanisms: readonly string[];
  /** What USER said. */
  #name = '';
  #utf8 = false;
  #user: string | undefined;
  #maildrop = new Maildrop([]);
  #asked: Asked | null = null;
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
    this.#options = checkOptions(options);
    this.#limits = limitsFrom(options.limits);
    this.#lines = new LineReader(Math.max(this.#limits.commandLine, this.#limits.authLine));
    this.#tls = options.tls ?? null;
    this.#mechanisms = mechanismsFor(this.#tls, options);
    this.#say(ok(options.greeting ?? OK.greeting));
  }

  /** Who is logged in, as soon as somebody is. */
  get user(): string | undefined {
    return this.#user;
  }

  /** Whether the client asked for UTF-8. RFC 6856 §2.1. */
  get utf8(): boolean {
    return this.#utf8;
  }

  /** Milliseconds the peer has for its next command; 0 while the next move is ours. RFC 1939 §3. */
  get timeout(): number {
    return this.#asked || this.#transfer ? 0 : this.#limits.idle;
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
  }

  /** TLS stands: all that the peer said before is forgotten. RFC 2595 §4. */
  secured(tls: TlsInfo): void {
    if (this.#phase !== 'handshake') throw new StateError('secured() without startTls');
    this.#tls = tls;
    this.#mechanisms = mechanismsFor(tls, this.#options);
    this.#name = '';
    this.#utf8 = false;
    this.#phase = 'authorization';
    this.#lines.reset();
  }

  /** The next event, or null when an answer, content or the peer is waited for. */
  next(): Pop3ServerEvent | null {
    for (;;) {
      if (this.#output.full || this.#asked) return this.#send();
      if (this.#transfer) return null;
      if (this.#listing) {
        if (this.#listing.write(this.#output)) this.#listing = null;
        continue;
      }
      if (this.#order) return this.#send() ?? this.#takeOrder();
      if (this.#phase === 'handshake' || this.#phase === 'closed') return null;
      const line = this.#stopping ? null : this.#lines.next();
      if (!line && !this.#stopping) return this.#send() ?? this.#rest();
      const event = line ? this.#take(line) : this.#refuse(REFUSALS.shutdown, 'shutdown');
      if (event) return event;
    }
  }

  /** Yes. `login`, `auth` and `authResponse` want `Opened`, `retrieve` wants `Retrieved`: else it is a `TypeError`. */
  accept(answer?: Opened | Retrieved): void {
    const asked = this.#question();
    if (asked.type === 'update') this.#sayGoodbye();
    else if (asked.type === 'retrieve') this.#beginContent(answer, asked);
    else this.#logIn(answer, asked);
    this.#asked = null;
  }

  /** No, with its reason. A text that cannot go on the wire is a `TypeError`. */
  reject(refusal: Refusal): void {
    const { type } = this.#question();
    const isLogin = type !== 'update' && type !== 'retrieve';
    this.#say(err(isLogin ? { code: 'AUTH', ...refusal } : refusal));
    this.#asked = null;
    if (isLogin) this.#loginFailed();
    if (refusal.close) this.#close('refused');
    if (type === 'update') this.#close('quit');
  }

  /** Answers `auth` and `authResponse`: the exchange goes on. RFC 5034 §4. */
  challenge(bytes: Uint8Array): void {
    const { type } = this.#question();
    if (type !== 'auth' && type !== 'authResponse') throw new StateError(`a challenge to ${type}`);
    this.#asked = null;
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
    if (this.#phase === 'exchange')
      return this.#carryOut(stepForResponse(line.bytes), 'transaction');
    const command = parseCommand(line.bytes, this.#limits.commandLine);
    if (typeof command === 'string') return this.#bad(REFUSALS[command]);
    this.#badCommands = 0;
    const next = ORDER[this.#phase][command.verb];
    if (next) return this.#carryOut(stepFor(command, this.#session()), next);
    const noName = command.verb === 'PASS' && this.#phase === 'authorization';
    return this.#refuse(noName ? REFUSALS.noName : REFUSALS.notNow);
  }

  #session(): Session {
    return {
      options: this.#options,
      secure: this.#tls !== null,
      mechanisms: this.#mechanisms,
      loggedIn: this.#phase === 'transaction',
      name: this.#name,
      maildrop: this.#maildrop,
      hasMore: this.#lines.buffered > 0,
    };
  }

  /** A yes leads to the next phase, at once or when the application gives it; a no leaves the phase as it is. */
  #carryOut(step: Step, next: Phase): Pop3ServerEvent | null {
    if (step.type === 'refuse') return this.#refuse(step.refusal, step.close);
    if (step.type === 'bad') return this.#bad(step.refusal);
    if (step.type === 'ask') {
      this.#asked = { type: step.question.type, next, top: step.top };
      return step.question;
    }
    this.#say(step.text);
    this.#listing = step.listing ?? null;
    this.#name = step.name ?? this.#name;
    this.#utf8 ||= step.utf8 ?? false;
    this.#enter(next);
    return null;
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    if (phase === 'handshake') this.#order = { type: 'startTls' };
    if (phase === 'closed') this.#close('quit');
  }

  /** A line that cannot be understood: one too many ends the session. */
  #bad(refusal: Refusal): Pop3ServerEvent | null {
    const { badCommands, badCommandsBeforeLogin } = this.#limits;
    const limit = this.#phase === 'transaction' ? badCommands : badCommandsBeforeLogin;
    if (++this.#badCommands < limit) return this.#refuse(refusal);
    return this.#refuse(REFUSALS.tooManyBadCommands, 'errors');
  }

  /** A no of our own; within an exchange, it ends that too. */
  #refuse(refusal: Refusal, close?: CloseReason): Pop3ServerEvent | null {
    const inExchange = this.#phase === 'exchange';
    if (inExchange) this.#phase = 'authorization';
    this.#say(err(refusal));
    if (close) this.#close(close);
    return inExchange ? { type: 'authCancelled' } : null;
  }

  #question(): Asked {
    if (!this.#asked) throw new StateError('an answer, but no question is open');
    return this.#asked;
  }

  #logIn(answer: Opened | Retrieved | undefined, { type, next }: Asked): void {
    if (!answer || !('entries' in answer)) throw new TypeError('a login is accepted with entries');
    this.#maildrop = new Maildrop(answer.entries);
    this.#user = answer.user ?? (type === 'login' ? this.#name : undefined);
    this.#lines.limit = this.#limits.commandLine;
    this.#say(ok(OK.loggedIn));
    this.#enter(next);
  }

  /** A name serves for one PASS. RFC 1939 §7 (USER). */
  #loginFailed(): void {
    this.#enter('authorization');
    if (++this.#failedLogins >= this.#limits.failedLogins) this.#close('errors');
  }

  #beginContent(answer: Opened | Retrieved | undefined, { top }: Asked): void {
    if (!answer || !('size' in answer)) throw new TypeError('retrieve is accepted with a size');
    checkSize(answer.size);
    this.#transfer = { dots: new DotWriter(), top };
    this.#say(ok(top ? OK.top : `${answer.size} octets`));
  }

  #transferring(): Transfer {
    if (!this.#transfer) throw new StateError('content, but no message was asked for');
    return this.#transfer;
  }

  #sayGoodbye(): void {
    this.#say(ok(this.#maildrop.hasMarks ? OK.quitUpdated : OK.quit));
    this.#close('quit');
  }

  #close(reason: CloseReason): void {
    this.#phase = 'closed';
    this.#order = { type: 'close', reason };
  }

  #takeOrder(): Pop3ServerEvent | null {
    const order = this.#order;
    this.#order = null;
    return order;
  }

  #say(text: string): void {
    this.#output.text(text);
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
    if (!this.#drained) throw new StateError(`${what}() while the machine has more to say`);
    this.#drained = false;
  }
}
