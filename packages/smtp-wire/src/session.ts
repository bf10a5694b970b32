/** One session as both halves of the server machine see it: what is known of it, what comes in, what is yet to be said. */
import type { Reply } from '@postino/wire';
import type { CloseReason, SmtpServerNews, SmtpServerOrder, SmtpServerQuestion } from './events.ts';
import { Intake } from './intake.ts';
import { resolveOptions, type ResolvedOptions, type SmtpServerOptions } from './options.ts';
import { HOST_REPLIES, REPLIES } from './replies.ts';
import { ReplyQueue } from './reply-queue.ts';
import { SessionState } from './session-state.ts';
import { Tally } from './tally.ts';

const RESET: SmtpServerNews = { type: 'reset' };
const AUTH_CANCELLED: SmtpServerNews = { type: 'authCancelled' };

/** The limits that close a session. RFC 5321 §7.8. */
type TooMany = 'tooManyMessages' | 'tooManyErrors' | 'tooManyIdle' | 'tooManyLogins';

export class Session {
  readonly options: ResolvedOptions;
  readonly state: SessionState;
  readonly tally: Tally;
  readonly intake: Intake;
  readonly replies: ReplyQueue = new ReplyQueue();
  /** The one that is open. */
  question: SmtpServerQuestion | null = null;
  /** What to say at the next place where the session may be ended. */
  shutdown: Reply | null = null;
  /** How often more was waited for since the last whole line. */
  waits = 0;
  #news: SmtpServerNews | null = null;
  #order: SmtpServerOrder | null = null;

  constructor(options: SmtpServerOptions) {
    this.options = resolveOptions(options);
    this.state = new SessionState(this.options, options.tls ?? null);
    this.tally = new Tally(this.options.limits);
    this.intake = new Intake(this.options);
  }

  /** Whether octets of the peer can move the session on. */
  get canAdvance(): boolean {
    const { phase } = this.state;
    return !this.question && !this.#order && phase !== 'tls' && phase !== 'closed';
  }

  get ordered(): boolean {
    return this.#order !== null;
  }

  takeNews(): SmtpServerNews | null {
    const news = this.#news;
    this.#news = null;
    return news;
  }

  takeOrder(): SmtpServerOrder | null {
    const order = this.#order;
    this.#order = null;
    return order;
  }

  /** Puts a question, or says what stands instead of it: a refusal, or what is answered without asking. */
  lead(to: SmtpServerQuestion | Reply): void {
    if ('type' in to) this.question = to;
    else if (to.code < 400) this.replies.add(to);
    else this.error(to);
  }

  /** Refuses a command without asking. */
  error(reply: Reply): void {
    this.replies.add(reply);
    if (this.tally.error(reply)) this.tooMany('tooManyErrors');
  }

  loginFailed(): void {
    if (this.tally.failedLogin()) this.tooMany('tooManyLogins');
  }

  tooMany(what: TooMany): void {
    this.end(HOST_REPLIES[what](this.options.hostname), 'errors');
  }

  /** Octets behind a DATA that was refused are content, most likely, and must not run as commands. RFC 2920 §3.1. */
  contentRefused(): void {
    if (this.intake.buffered > 0) this.end(REPLIES.unsynchronized, 'unsynchronized');
  }

  /** Answers the content, or a chunk that was not the last: that has one reply at any time. RFC 2033 §4.3. */
  answerContent(reply: Reply): void {
    if (!this.intake.chunk.last) return this.replies.add(reply);
    for (let due = this.state.repliesDue; due > 0; due--) this.replies.add(reply);
    this.state.answered();
  }

  /** The message was taken, for every recipient alike. */
  messageTaken(reply: Reply): void {
    this.answerContent(reply);
    this.endTransaction();
    this.tally.message();
  }

  /** Each recipient has a reply of their own. RFC 2033 §4.2. */
  recipientsAnswered(replies: readonly Reply[]): void {
    for (const reply of replies) this.replies.add(reply);
    this.state.answered();
    this.endTransaction();
    if (replies.some(({ code }) => code < 400)) this.tally.message();
    if (replies.some(({ code }) => code === 421)) this.close('refused');
  }

  authCancelled(): void {
    this.#news = AUTH_CANCELLED;
  }

  startTls(): void {
    this.#order = { type: 'startTls' };
  }

  /** The end of the content was seen, and answered. */
  endTransaction(): void {
    this.state.transaction = null;
    this.intake.forgetMessage();
    this.state.move('end of data');
  }

  /** The transaction is gone without a message. */
  dropTransaction(): void {
    if (this.state.transaction) this.#news = RESET;
    this.state.transaction = null;
    this.intake.forgetMessage();
  }

  /** Says a last word and closes. */
  end(reply: Reply, reason: CloseReason): void {
    if (this.state.phase === 'closed') return;
    this.replies.add(reply);
    this.close(reason);
  }

  close(reason: CloseReason): void {
    if (this.state.phase === 'closed') return;
    this.dropTransaction();
    if (this.state.auth.challenged) this.authCancelled();
    this.question = null;
    this.state.phase = 'closed';
    this.#order = { type: 'close', reason };
  }
}
