/** What is known of a session, and how what is accepted moves it on. */
import type { TlsInfo } from '@postino/wire';
import { AuthExchange } from './auth-exchange.ts';
import type { Offer } from './ehlo.ts';
import type { SmtpServerQuestion } from './events.ts';
import type { ResolvedOptions } from './options.ts';
import { ORDER, type Happening, type Phase, type Verb } from './order.ts';

/** What moves a session on when a question is accepted; an AUTH exchange is one long AUTH. */
const MOVES: Readonly<Record<Exclude<SmtpServerQuestion['type'], 'data'>, Verb | Happening>> = {
  connect: 'connection',
  hello: 'EHLO',
  auth: 'AUTH',
  authResponse: 'AUTH',
  mail: 'MAIL',
  rcpt: 'RCPT',
  verify: 'VRFY',
  message: 'end of data',
};

export class SessionState {
  readonly options: ResolvedOptions;
  tls: TlsInfo | null;
  phase: Phase = 'connect';
  hello: { readonly name: string; readonly extended: boolean } | null = null;
  auth: AuthExchange = new AuthExchange();
  transaction: { readonly smtpUtf8: boolean; readonly binary: boolean; recipients: number } | null =
    null;

  constructor(options: ResolvedOptions, tls: TlsInfo | null) {
    this.options = options;
    this.tls = tls;
  }

  /** Where `ORDER` leads. */
  move(by: Verb | Happening): void {
    this.phase = ORDER[this.phase][by]!;
  }

  /** A question was accepted. */
  accepted(question: SmtpServerQuestion): void {
    this.move(question.type === 'data' ? question.how : MOVES[question.type]);
    switch (question.type) {
      case 'hello':
        this.hello = question;
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
        break;
      case 'rcpt':
        if (this.transaction) this.transaction.recipients++;
        break;
      case 'message':
        this.transaction = null;
        break;
    }
  }

  /** TLS stands: all that the client said is forgotten. RFC 3207 §4.2. */
  secured(tls: TlsInfo): void {
    this.move('handshake');
    this.tls = tls;
    this.hello = null;
    this.auth = new AuthExchange();
  }

  /** Whether AUTH is open now: mechanisms alone are not enough. RFC 4954 §4. */
  get mayLogIn(): boolean {
    return this.tls !== null || this.options.allowPlaintextAuth;
  }

  /** What EHLO lists now. */
  get offer(): Offer {
    const { maxMessageSize, dsn, chunking, binaryMime, startTls, mechanisms } = this.options;
    return {
      maxMessageSize,
      dsn,
      chunking,
      binaryMime,
      startTls: startTls && !this.tls,
      mechanisms: this.mayLogIn ? mechanisms : [],
    };
  }

  /** Octets of the next line: AUTH may have more, where it may come. RFC 4954 §4. */
  get lineLimit(): number {
    const { limits, mechanisms } = this.options;
    const open =
      this.phase === 'ready' && mechanisms.length > 0 && this.mayLogIn && !this.auth.succeeded;
    return open ? Math.max(limits.commandLine, limits.authLine) : limits.commandLine;
  }
}
