/** A small real application, and a driver that shows all that a session does. */
import type { Answer, AuthAnswer, SmtpApp, SmtpServerOptions } from '@postino/smtp-wire';
import { SmtpServer } from '@postino/smtp-wire';
import { encodeUtf8, latin1, latin1Bytes, type TlsInfo } from '@postino/wire';

export const TLS: TlsInfo = {
  protocol: 'TLSv1.3',
  cipher: 'TLS_AES_256_GCM_SHA384',
  authorized: false,
};
export const HOST = 'mx.example';

/** Refuses what is called `no...`, puts off what is called `later...`; knows the user ale with the password secret. */
export class Mailroom implements SmtpApp {
  readonly stored: string[] = [];
  #pieces: string[] = [];

  connect(): Answer {}

  mail(from: { localPart: string }): Answer {
    return verdict(from.localPart);
  }

  rcpt(to: { localPart: string }): Answer {
    return verdict(to.localPart);
  }

  auth(mechanism: string, initial: Uint8Array | null): AuthAnswer {
    if (mechanism === 'LOGIN') return { challenge: encodeUtf8('Username:') };
    return initial ? this.authResponse(initial) : { challenge: new Uint8Array(0) };
  }

  authResponse(response: Uint8Array): AuthAnswer {
    const text = latin1(response);
    if (text === 'ale') return { challenge: encodeUtf8('Password:') };
    if (text === '\0ale\0secret' || text === 'secret') return { user: 'ale' };
    return { code: 535, status: '5.7.8', text: 'Incorrect authentication data' };
  }

  content(bytes: Uint8Array): Answer {
    this.#pieces.push(latin1(bytes));
    return this.#pieces.join('').includes('VIRUS')
      ? { code: 550, status: '5.7.1', text: 'no viruses' }
      : undefined;
  }

  message(): Answer {
    const message = this.#pieces.splice(0).join('');
    if (message.includes('SPAM')) return { code: 550, status: '5.7.1', text: 'no spam' };
    this.stored.push(message);
  }

  reset(): void {
    this.#pieces = [];
  }
}

function verdict(localPart: string): Answer {
  if (localPart.startsWith('no')) return { code: 550, status: '5.1.1', text: 'no such user here' };
  if (localPart.startsWith('later')) return { code: 450, status: '4.2.0', text: 'try later' };
}

/** What a session said and did, without content, whose pieces depend on the chunks. */
export interface Record {
  said: string;
  events: string[];
  stored: readonly string[];
}

/** Drives a session without a wire; `feed` gives it octets and carries out all that follows. */
export class Driver {
  readonly server: SmtpServer;
  readonly app = new Mailroom();
  readonly record: Record = { said: '', events: [], stored: this.app.stored };
  closed = false;

  constructor(options: Partial<SmtpServerOptions> = {}) {
    this.server = new SmtpServer({ hostname: HOST, ...options });
  }

  feed(text: string | Uint8Array): string {
    if (!this.closed) this.server.receive(typeof text === 'string' ? latin1Bytes(text) : text);
    return this.pump();
  }

  /** Carries out what is due; gives what was said meanwhile. */
  pump(): string {
    const before = this.record.said.length;
    for (let event; (event = this.server.next());) {
      if (event.type === 'send') this.record.said += latin1(event.bytes);
      else {
        if (event.type !== 'content') this.record.events.push(event.type);
        this.#carryOut(event);
      }
    }
    return this.record.said.slice(before);
  }

  #carryOut(event: Exclude<NonNullable<ReturnType<SmtpServer['next']>>, { type: 'send' }>): void {
    const { app, server } = this;
    switch (event.type) {
      case 'content': {
        const refusal = app.content(event.bytes);
        if (refusal) server.refuse(refusal);
        break;
      }
      case 'reset':
        app.reset();
        break;
      case 'authCancelled':
        break;
      case 'startTls':
        server.secured(TLS);
        break;
      case 'close':
        this.closed = true;
        break;
      case 'auth':
        this.#login(app.auth(event.mechanism, event.initial));
        break;
      case 'authResponse':
        this.#login(app.authResponse(event.bytes));
        break;
      case 'mail':
        this.#answer(app.mail(event.from));
        break;
      case 'rcpt':
        this.#answer(app.rcpt(event.to));
        break;
      case 'message':
        this.#answer(app.message());
        break;
      default:
        server.accept();
    }
  }

  #answer(refusal: Answer): void {
    if (refusal) this.server.reject(refusal);
    else this.server.accept();
  }

  #login(answer: AuthAnswer): void {
    if ('challenge' in answer) this.server.challenge(answer.challenge);
    else if ('user' in answer) this.server.accept();
    else this.server.reject(answer);
  }
}

/** A session past EHLO, or past RCPT. */
export function greeted(options: Partial<SmtpServerOptions> = {}): Driver {
  const driver = new Driver(options);
  driver.pump();
  driver.feed('EHLO client.example\r\n');
  return driver;
}

export function addressed(options: Partial<SmtpServerOptions> = {}): Driver {
  const driver = greeted(options);
  driver.feed('MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\n');
  return driver;
}

/** A session that waits for content. */
export function receiving(options: Partial<SmtpServerOptions> = {}): Driver {
  const driver = addressed(options);
  driver.feed('DATA\r\n');
  return driver;
}

/** The codes of the replies in a text, continuation lines left out. */
export function codes(said: string): number[] {
  return said
    .split('\r\n')
    .filter((line) => line[3] === ' ')
    .map((line) => Number(line.slice(0, 3)));
}
