/** One session as all parts of the client machine see it: where it stands, what is to be said, and how it ends. */
import { encodeUtf8, StateError, type Reply, type TlsInfo } from '@postino/wire';
import type { ClientCloseReason, SmtpClientNews, SmtpClientOrder } from './client-events.ts';
import type { ClientExchange } from './client-exchange.ts';
import {
  resolveClientOptions,
  type ResolvedClientOptions,
  type SmtpClientOptions,
} from './client-options.ts';
import { CLIENT_ORDER, type ClientMove, type ClientState } from './client-order.ts';
import { givenUp } from './client-replies.ts';
import { CommandWindow, type Step } from './command-window.ts';
import type { Abilities } from './obstacles.ts';
import { Opening } from './opening.ts';
import type { ClientPhase, Outcome } from './outcome.ts';
import { ReplyReader } from './reply-reader.ts';
import type { Transaction } from './transaction.ts';

/** Its reply is waited for, and nothing need be said. RFC 5321 §3.1. */
const GREETING: Step = { phase: 'connect', line: '' };
export const QUIT: Step = { phase: 'quit', line: 'QUIT\r\n' };

export class ClientSession {
  readonly options: ResolvedClientOptions;
  readonly replies: ReplyReader;
  readonly window: CommandWindow;
  readonly opening: Opening;
  /** To be said as soon as all that was said before is answered. */
  steps: Step[] = [];
  exchange: ClientExchange | null = null;
  transaction: Transaction | null = null;
  /** A transaction was broken off and still stands on the server. RFC 5321 §4.1.1.5. */
  unfinished = false;
  readonly news: SmtpClientNews[] = [];
  output: Uint8Array[] = [];
  order: SmtpClientOrder | null = null;
  #state: ClientState = 'opening';
  /** Why we quit, where there is a reason. */
  #failure: Outcome | null = null;

  constructor(options: SmtpClientOptions, tls: TlsInfo | null) {
    this.options = resolveClientOptions(options);
    const { replyLine, replyLines, window } = this.options.limits;
    this.replies = new ReplyReader(replyLine, replyLines);
    this.window = new CommandWindow(window);
    this.opening = new Opening(this.options, tls);
    this.window.sent(GREETING);
  }

  get state(): ClientState {
    return this.#state;
  }

  get abilities(): Abilities {
    const { extensions, tls } = this.opening;
    const { chunking, protocol, limits } = this.options;
    const mayChunk = chunking === 'offered' && protocol === 'smtp';
    const chunk = mayChunk && extensions.chunking && extensions.pipelining ? limits.chunk : null;
    return { extensions, tls, chunk };
  }

  /** What is to be said next. */
  get next(): Step | null {
    return this.steps[0] ?? this.transaction?.next ?? null;
  }

  /** The next step was said, or nothing need be said for it. */
  said(step: Step): void {
    if (this.steps.length > 0) this.steps.shift();
    else this.transaction?.said();
    this.window.sent(step);
  }

  mayMove(by: ClientMove): void {
    if (!(by in CLIENT_ORDER[this.#state]))
      throw new StateError(`${by} does not come here: the client is ${this.#state}`);
  }

  move(by: ClientMove): void {
    this.mayMove(by);
    this.#state = CLIENT_ORDER[this.#state][by]!;
  }

  /** The server will have nothing of us: goodbye. RFC 5321 §3.1, §4.1.1.10. */
  refuse(outcome: Outcome): void {
    if (!this.window.empty) return this.#end('refused', outcome);
    this.#fails(outcome);
    this.move('refused');
    this.steps = [QUIT];
  }

  /** Ends without a goodbye. */
  fail(reason: ClientCloseReason, reply: Reply, phase: ClientPhase = this.#phase): void {
    this.#end(reason, { reply, phase, local: reason !== 'shutdown' });
  }

  /** A server may refuse a message before its end, and then it is never taken. RFC 5321 §4.3.1. */
  refuseContent(reply: Reply): void {
    this.#end('refused', { reply, phase: 'content', local: false });
  }

  /** Ends, with a QUIT that waits for no answer where one may be said. RFC 5321 §4.1.1.10. */
  cancel(): void {
    this.fail(this.#mayQuit ? 'cancelled' : 'aborted', givenUp('cancelled on our side'));
  }

  close(reason: ClientCloseReason): void {
    this.#state = 'closed';
    this.output = reason === 'cancelled' ? [encodeUtf8(QUIT.line)] : [];
    this.steps = [];
    this.window.clear();
    const why = reason === 'quit' && this.#failure ? 'refused' : reason;
    this.order = { type: 'close', reason: why, failure: this.#failure };
  }

  /** Once we have said goodbye it is one, however that is taken. */
  #end(reason: ClientCloseReason, outcome: Outcome): void {
    if (this.#state === 'closed') return;
    if (this.#state === 'quitting') return this.close('quit');
    this.#fails(outcome);
    this.close(reason);
  }

  #fails(outcome: Outcome): void {
    this.#failure = outcome;
    this.transaction?.end(outcome);
    this.transaction = null;
  }

  /** Whether what we say now is a command, and need not wait: between messages, or pipelined within an envelope. */
  get #mayQuit(): boolean {
    if (this.#state === 'ready') return true;
    const { pipelining } = this.opening.extensions;
    return this.#state === 'transaction' && pipelining && !this.window.holdsContent;
  }

  /** What we are at. */
  get #phase(): ClientPhase {
    if (this.window.phase) return this.window.phase;
    if (this.#state === 'tls') return 'startTls';
    if (this.#state === 'auth') return 'auth';
    return this.transaction?.inContent ? 'content' : (this.next?.phase ?? 'connect');
  }
}
