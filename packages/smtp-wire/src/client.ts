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
import type {
  ClientCloseReason,
  SmtpClientEvent,
  SmtpClientNews,
  SmtpClientOrder,
} from './client-events.ts';
import { ClientExchange } from './client-exchange.ts';
import {
  resolveClientOptions,
  type ResolvedClientOptions,
  type SmtpClientOptions,
} from './client-options.ts';
import { CLIENT_ORDER, FIRST_DIGITS, type ClientMove, type ClientState } from './client-order.ts';
import { CLIENT_REPLIES, givenUp } from './client-replies.ts';
import { CommandWindow, type Step } from './command-window.ts';
import type { ContentFacts } from './connection-types.ts';
import type { Extensions } from './extensions.ts';
import { loginObstacle, type Abilities } from './obstacles.ts';
import type { ClientPhase, Outcome } from './outcome.ts';
import { Opening } from './opening.ts';
import { replyClass } from './reply.ts';
import { ReplyReader } from './reply-reader.ts';
import { Transaction } from './transaction.ts';

const QUIT: Step = { phase: 'quit', line: 'QUIT\r\n' };
const RSET: Step = { phase: 'reset', line: 'RSET\r\n' };
/** Its reply is waited for, and nothing need be said. RFC 5321 §3.1. */
const GREETING: Step = { phase: 'connect', line: '' };

/** The client machine: one per connection. */
export class SmtpClient {
  readonly #options: ResolvedClientOptions;
  readonly #replies: ReplyReader;
  readonly #window: CommandWindow;
  readonly #opening: Opening;
  #state: ClientState = 'opening';

  /** To be said as soon as all that was said before is answered. */
  #steps: Step[] = [];
  #exchange: ClientExchange | null = null;
  #transaction: Transaction | null = null;
  /** A transaction was broken off and still stands on the server. RFC 5321 §4.1.1.5. */
  #unfinished = false;

  #news: SmtpClientNews[] = [];
  #output: Uint8Array[] = [];
  #order: SmtpClientOrder | null = null;
  /** Why we quit, where there is a reason. */
  #failure: Outcome | null = null;
  #drained = true;
  /** How often more was waited for since the last whole reply. */
  #waits = 0;

  constructor(options: SmtpClientOptions) {
    this.#options = resolveClientOptions(options);
    const { replyLine, replyLines, window } = this.#options.limits;
    this.#replies = new ReplyReader(replyLine, replyLines);
    this.#window = new CommandWindow(window);
    this.#opening = new Opening(this.#options, options.tls ?? null);
    this.#window.sent(GREETING);
  }

  /** What the server offers now; it changes when TLS begins. */
  get extensions(): Extensions {
    return this.#opening.extensions;
  }

  /** Whether `content` and `done` may be called: false again when the server has refused what is being sent. */
  get wantsContent(): boolean {
    return this.#state === 'content';
  }

  /**
   * Milliseconds the server has for its next octets; 0 while nothing is asked. It shrinks with each piece of a reply, so
   * that a reply in drops does not last for ever. RFC 5321 §4.5.3.2.
   */
  get timeout(): number {
    const { phase } = this.#window;
    return phase ? Math.ceil(this.#options.timeouts[phase] / Math.max(1, this.#waits)) : 0;
  }

  /** Takes octets from the server. Only after `next()` gave null. */
  receive(chunk: Uint8Array): void {
    if (!this.#drained) throw new StateError('receive() only after next() gave null');
    this.#drained = false;
    if (this.#state === 'tls') this.#fail('broken', CLIENT_REPLIES.injected);
    else if (this.#state !== 'closed') this.#replies.push(chunk);
  }

  /** The next event; null when only a call or the server can move us on. */
  next(): SmtpClientEvent | null {
    this.#drained = false;
    const news = this.#news.shift() ?? this.#listen() ?? this.#say();
    if (news) return news;
    const bytes = this.#output.shift();
    if (bytes) return { type: 'send', bytes };
    if (this.#order) return this.#takeOrder();
    this.#drained = true;
    if (!this.#window.empty) this.#waits++;
    return null;
  }

  /**
   * Begins a transaction. A `TypeError` where an address or a parameter cannot be written; nothing was said then. What
   * the server cannot take becomes the outcome of the recipients concerned. RFC 5321 §3.3.
   */
  begin(envelope: Envelope, facts: ContentFacts = {}): void {
    this.#mayMove('begin');
    const { protocol } = this.#options;
    const setting = { ...this.#abilities, protocol, news: this.#news };
    this.#transaction = new Transaction(envelope, facts, setting);
    this.#move('begin');
    if (this.#unfinished && this.#transaction.next) this.#steps.push(RSET);
  }

  /** Logs in. What the server does not offer, or what is not to be said in the clear, ends with `authEnded`. RFC 4954 §4. */
  authenticate(mechanism: string, initial: Uint8Array | null): void {
    this.#mayMove('authenticate');
    const name = mechanism.toUpperCase();
    if (!/^[A-Z0-9_-]{1,20}$/.test(name)) throw new TypeError('this is no name of a mechanism');
    this.#move('authenticate');
    const plaintext = this.#options.allowPlaintextAuth;
    const reply = loginObstacle(name, { ...this.#abilities, plaintext });
    if (reply) return this.#endAuth({ reply, phase: 'auth', local: true });
    this.#exchange = new ClientExchange(name, initial);
    this.#steps.push({ phase: 'auth', line: this.#exchange.command });
  }

  /** Answers a challenge; null cancels the exchange. RFC 4954 §4. */
  respond(response: Uint8Array | null): void {
    if (!this.#exchange?.challenged) throw new StateError('respond() only to a challenge');
    this.#move('respond');
    this.#steps.push({ phase: 'auth', line: this.#exchange.respond(response) });
  }

  /**
   * A piece of the message, with CRLF line ends; do not change it, for a chunk is sent when it is full. A CR or LF that stands alone, or an
   * octet above 127 for a server without 8BITMIME, cannot be taken back from within a message: the connection ends
   * before that piece, and the recipients get 554. RFC 5321 §2.3.8, RFC 6152 §3.
   */
  content(bytes: Uint8Array): void {
    this.#move('content');
    this.#write(this.#transaction!.write(bytes));
  }

  /** The message is whole: the dot, and a CRLF before it where there was none. RFC 5321 §4.1.1.4. */
  done(): void {
    this.#move('done');
    this.#write(this.#transaction!.endContent());
  }

  /** Says goodbye; no more may be asked for. RFC 5321 §4.1.1.10. */
  quit(): void {
    this.#move('quit');
    this.#steps.push(QUIT);
  }

  /** TLS stands: all that the server said is forgotten, and EHLO comes again. RFC 3207 §4.2. */
  secured(tls: TlsInfo): void {
    if (this.#order) throw new StateError('secured() only after startTls was ordered');
    this.#move('secured');
    this.#steps.push(this.#opening.secured(tls));
  }

  /** The server ended its side. RFC 5321 §3.8. */
  ended(): void {
    this.#fail('closed', CLIENT_REPLIES.closed);
  }

  /** The server took too long. RFC 5321 §4.5.3.2. */
  expire(): void {
    this.#fail('timeout', CLIENT_REPLIES.timedOut);
  }

  /** Ends at once, from anywhere: the wire broke, or nobody waits any more. `why` is the text of the outcomes. */
  abort(why: string): void {
    this.#fail('aborted', givenUp(why));
  }

  get #abilities(): Abilities {
    const { extensions, tls } = this.#opening;
    const { chunking, protocol, limits } = this.#options;
    const mayChunk = chunking === 'offered' && protocol === 'smtp';
    const chunk = mayChunk && extensions.chunking && extensions.pipelining ? limits.chunk : null;
    return { extensions, tls, chunk };
  }

  #mayMove(by: ClientMove): void {
    if (!(by in CLIENT_ORDER[this.#state]))
      throw new StateError(`${by} does not come here: the client is ${this.#state}`);
  }

  #move(by: ClientMove): void {
    this.#mayMove(by);
    this.#state = CLIENT_ORDER[this.#state][by]!;
  }

  /** Reads replies until one is news. */
  #listen(): SmtpClientNews | null {
    while (this.#state !== 'tls' && this.#state !== 'closed' && this.#news.length === 0) {
      const { replyLine, authLine } = this.#options.limits;
      this.#replies.lineLimit =
        this.#window.phase === 'auth' ? Math.max(replyLine, authLine) : replyLine;
      const got = this.#replies.next();
      if (!got) break;
      this.#waits = 0;
      if (typeof got === 'string') this.#fail('broken', CLIENT_REPLIES[got]);
      else this.#hear(got);
    }
    return this.#news.shift() ?? null;
  }

  /**
   * Says what may be said now. Only a transaction has more than one thing to say at a time, and it is over when nothing
   * is left of it. RFC 2920 §3.1.
   */
  #say(): SmtpClientNews | null {
    if (this.#spokeFirst) this.#fail('broken', CLIENT_REPLIES.unasked);
    const { pipelining } = this.extensions;
    let text = '';
    for (let step; (step = this.#nextStep()) && this.#window.takes(step, pipelining);) {
      if (this.#steps.length > 0) this.#steps.shift();
      else this.#transaction?.said();
      this.#window.sent(step);
      text += step.line;
    }
    if (text !== '') this.#output.push(encodeUtf8(text));
    if (this.#state === 'transaction' && this.#window.empty) this.#goOn(this.#transaction!);
    return this.#news.shift() ?? null;
  }

  /** The server has begun to say something, and what it would answer has not been said. */
  get #spokeFirst(): boolean {
    return this.#replies.buffered && this.#window.empty && (this.#nextStep()?.line ?? '') !== '';
  }

  #nextStep(): Step | null {
    if (this.#steps.length > 0) return this.#steps[0]!;
    return this.#transaction?.next ?? null;
  }

  #hear(reply: Reply): void {
    if (reply.code === 421) return this.#fail('shutdown', reply);
    const step = this.#window.answered();
    if (!step) return this.#hearUnasked(reply);
    if (!FIRST_DIGITS[step.phase].includes(replyClass(reply))) {
      return this.#fail('broken', CLIENT_REPLIES.wrongClass, step.phase);
    }
    const outcome: Outcome = { reply, phase: step.phase, local: false };
    switch (step.phase) {
      case 'connect':
      case 'hello':
      case 'startTls':
        return this.#open(outcome);
      case 'auth':
        return this.#auth(outcome);
      case 'reset':
        if (reply.code >= 400) this.#refuse(outcome);
        else this.#unfinished = false;
        break;
      case 'mail':
      case 'rcpt':
      case 'data':
      case 'content':
        return this.#transact(step, outcome);
      case 'quit':
        return this.#close('quit');
    }
  }

  /** A server may refuse a message before its end, and then it is never taken; all else is out of turn. RFC 5321 §4.3.1. */
  #hearUnasked(reply: Reply): void {
    if (this.#transaction?.inContent && reply.code >= 400)
      this.#end('refused', { reply, phase: 'content', local: false });
    else this.#fail('broken', CLIENT_REPLIES.unasked);
  }

  #open(outcome: Outcome): void {
    const lead = this.#opening.hear(outcome);
    if (lead === 'ready') {
      this.#move('ready');
      this.#news.push({ type: 'ready', extensions: this.extensions });
    } else if (lead === 'startTls') this.#startTls();
    else if ('refusal' in lead) this.#refuse(lead.refusal);
    else this.#steps.push(lead);
  }

  /** What lies behind the reply came in the clear and must never be taken for what comes inside. RFC 3207 §4.2, §6. */
  #startTls(): void {
    if (this.#replies.buffered) return this.#fail('broken', CLIENT_REPLIES.injected, 'startTls');
    this.#move('startTls');
    this.#order = { type: 'startTls' };
  }

  #auth(outcome: Outcome): void {
    if (replyClass(outcome.reply) !== 3) return this.#endAuth(outcome);
    const asked = this.#exchange!.challenge(outcome.reply);
    if (typeof asked === 'string') this.#steps.push({ phase: 'auth', line: asked });
    else this.#news.push({ type: 'authChallenge', bytes: asked });
  }

  #endAuth(outcome: Outcome): void {
    this.#exchange = null;
    this.#move('authEnded');
    this.#news.push({ type: 'authEnded', ...outcome });
  }

  // Not done: 552 is not taken for 452, RFC 5321 §4.5.3.1.10; an outcome is what the server said.
  #transact(step: Step, outcome: Outcome): void {
    const lead = this.#transaction!.hear(step, outcome);
    if (lead === 'content') this.#beginContent(this.#transaction!);
    else if (lead === 'broken') this.#fail('broken', CLIENT_REPLIES.wrongClass, step.phase);
    else if (lead === 'stopped' && this.#state === 'content') this.#move('stopped');
  }

  /** All that was said is answered. */
  #goOn(transaction: Transaction): void {
    if (transaction.awaitsChunks) this.#beginContent(transaction);
    else this.#finish(transaction);
  }

  #beginContent(transaction: Transaction): void {
    transaction.beginContent();
    this.#move('wantContent');
    this.#news.push({ type: 'wantContent' });
  }

  /** Queues content; what cannot be sent ends the connection instead. */
  #write(pieces: readonly Uint8Array[] | Reply): void {
    if (isPieces(pieces)) this.#output.push(...pieces.filter(({ length }) => length > 0));
    else this.#fail('aborted', pieces, 'content');
  }

  #finish(transaction: Transaction): void {
    this.#unfinished ||= transaction.open;
    this.#transaction = null;
    this.#move('finished');
    this.#news.push({ type: 'finished' });
  }

  /** The server will have nothing of us: goodbye. RFC 5321 §3.1, §4.1.1.10. */
  #refuse(outcome: Outcome): void {
    if (!this.#window.empty) return this.#end('refused', outcome);
    this.#failure = outcome;
    this.#endTransaction(outcome);
    this.#move('refused');
    this.#steps = [QUIT];
  }

  #fail(reason: ClientCloseReason, reply: Reply, phase: ClientPhase = this.#phase): void {
    this.#end(reason, { reply, phase, local: reason !== 'shutdown' });
  }

  /** Ends without a goodbye; once we have said it, however that is taken. */
  #end(reason: ClientCloseReason, outcome: Outcome): void {
    if (this.#state === 'closed') return;
    if (this.#state === 'quitting') return this.#close('quit');
    this.#failure = outcome;
    this.#endTransaction(outcome);
    this.#close(reason);
  }

  #close(reason: ClientCloseReason): void {
    this.#state = 'closed';
    this.#output = [];
    this.#steps = [];
    this.#window.clear();
    const why = reason === 'quit' && this.#failure ? 'refused' : reason;
    this.#order = { type: 'close', reason: why, failure: this.#failure };
  }

  #endTransaction(outcome: Outcome): void {
    this.#transaction?.end(outcome);
    this.#transaction = null;
  }

  /** What we are at. */
  get #phase(): ClientPhase {
    if (this.#window.phase) return this.#window.phase;
    if (this.#state === 'tls') return 'startTls';
    if (this.#state === 'auth') return 'auth';
    return this.#transaction?.inContent ? 'content' : (this.#nextStep()?.phase ?? 'connect');
  }

  #takeOrder(): SmtpClientOrder | null {
    const order = this.#order;
    this.#order = null;
    return order;
  }
}

function isPieces(written: readonly Uint8Array[] | Reply): written is readonly Uint8Array[] {
  return Array.isArray(written);
}
