/** What is known of a session, and how what is accepted moves it on. */
import type { TlsInfo } from '@postino/wire';
import { AuthExchange } from './auth-exchange.ts';
import type { Offer } from './ehlo.ts';
import type { SmtpServerQuestion } from './events.ts';
import type { ResolvedOptions } from './options.ts';
import { ORDER, type Happening, type Phase, type Verb } from './order.ts';

/** That of `message` ends a transaction, accepted or not. */
type Accepted = Exclude<SmtpServerQuestion, { readonly type: 'message' }>;

/** What moves a session on when a question is accepted; an AUTH exchange is one long AUTH. */
const MOVES: Readonly<Record<Exclude<Accepted['type'], 'data'>, Verb | Happening>> = {
  connect: 'connection',
  hello: 'EHLO',
  auth: 'AUTH',
  authResponse: 'AUTH',
  mail: 'MAIL',
  rcpt: 'RCPT',
  verify: 'VRFY',
};

export class SessionState {
  readonly options: ResolvedOptions;
  tls: TlsInfo | null;
  /** Those that fit this TLS. */
  mechanisms: readonly string[];
  phase: Phase = 'connect';
  /** The peer went on where it had to wait. RFC 2920 §3.1. */
  unsynchronized = false;
  hello: { readonly name: string; readonly extended: boolean } | null = null;
  auth: AuthExchange = new AuthExchange();
  transaction: { readonly smtpUtf8: boolean; readonly binary: boolean; recipients: number } | null =
    null;

  /** Recipients since MAIL, also when the transaction has failed meanwhile; null when what they wait for was said. */
  #waiting: number | null = null;

  constructor(options: ResolvedOptions, tls: TlsInfo | null) {
    this.options = options;
    this.tls = tls;
    this.mechanisms = options.mechanisms(tls);
  }

  /** Where `ORDER` leads. */
  move(by: Verb | Happening): void {
    this.phase = ORDER[this.phase][by]!;
  }

  /** A question was accepted. */
  accepted(question: Accepted): void {
    this.move(question.type === 'data' ? question.how : MOVES[question.type]);
    switch (question.type) {
      case 'hello':
        this.hello = question;
        this.#waiting = null;
        break;
      case 'auth':
      case 'authResponse':
        this.auth.succeed();
        break;
      case 'mail':
        this.transaction = {
          smtpUtf8: question.params.smtpUtf8 === true,
          binary: question.params.body === 'BINARYMIME',
          recipients: 0,
        };
        this.#waiting = 0;
        break;
      case 'rcpt':
        if (this.transaction) this.#waiting = ++this.transaction.recipients;
        break;
    }
  }

  /** RSET. RFC 5321 §4.1.1.5. */
  reset(): void {
    this.move('RSET');
    this.#waiting = null;
  }

  /**
   * How many replies the end of the content has: in LMTP one for each recipient, also when the transaction failed at an
   * earlier chunk, and none when there are none. RFC 2033 §4.2, §4.3.
   */
  get repliesDue(): number {
    return this.options.protocol === 'lmtp' ? (this.#waiting ?? 1) : 1;
  }

  /** Every recipient has been answered. */
  answered(): void {
    this.#waiting = null;
  }

  /** TLS stands: all that the client said is forgotten. RFC 3207 §4.2. */
  secured(tls: TlsInfo): void {
    this.move('handshake');
    this.tls = tls;
    this.mechanisms = this.options.mechanisms(tls);
    this.hello = null;
    this.auth = new AuthExchange();
  }

  /** Whether TLS is demanded and does not stand. RFC 3207 §4. */
  get awaitsTls(): boolean {
    return this.options.startTls === 'required' && !this.tls && this.phase !== 'refused';
  }

  /** Whether AUTH is open now: mechanisms alone are not enough. RFC 4954 §4. */
  get mayLogIn(): boolean {
    return this.tls !== null || this.options.allowPlaintextAuth;
  }

  /** What EHLO lists now. */
  get offer(): Offer {
    const { maxMessageSize, dsn, chunking, binaryMime, startTls } = this.options;
    const { announceLimits, extensions, limits, requireTls } = this.options;
    return {
      requireTls: requireTls && this.tls !== null,
      limits: announceLimits ? { MAILMAX: limits.messages, RCPTMAX: limits.recipients } : {},
      others: extensions.map(({ ehlo }) => ehlo),
      maxMessageSize,
      dsn,
      chunking,
      binaryMime,
      startTls: startTls !== false && !this.tls,
      mechanisms: this.mayLogIn ? this.mechanisms : [],
    };
  }

  /** Milliseconds for the next line. RFC 5321 §4.5.3.2.7. */
  get lineTimeout(): number {
    const { auth, command, hello } = this.options.timeouts;
    if (this.auth.challenged) return auth;
    return this.hello ? command : hello;
  }

  /** Octets of the next line: AUTH may have more, where it may come. RFC 4954 §4. */
  get lineLimit(): number {
    const { limits } = this.options;
    const open =
      this.phase === 'ready' && this.mechanisms.length > 0 && this.mayLogIn && !this.auth.succeeded;
    return open ? Math.max(limits.commandLine, limits.authLine) : limits.commandLine;
  }
}
