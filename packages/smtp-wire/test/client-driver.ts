/** Drives a client machine without a wire, and shows all that it says and tells. */
import type { Envelope } from '@postino/address';
import { parseMailbox } from '@postino/address';
import {
  SmtpClient,
  type Outcome,
  type SmtpClientEvent,
  type SmtpClientOptions,
} from '@postino/smtp-wire';
import { latin1, latin1Bytes, type TlsInfo } from '@postino/wire';

export const ME = 'me.example';
export const VERIFIED: TlsInfo = {
  protocol: 'TLSv1.3',
  cipher: 'TLS_AES_256_GCM_SHA384',
  authorized: true,
};

export class ClientDriver {
  readonly client: SmtpClient;
  said = '';
  readonly events: string[] = [];
  readonly challenges: string[] = [];
  closed = false;

  constructor(options: Partial<SmtpClientOptions> = {}) {
    this.client = new SmtpClient({ hostname: ME, ...options });
    this.pump();
  }

  /** What the server says; gives what the client said to it. */
  feed(text: string | Uint8Array): string {
    if (!this.closed) this.client.receive(typeof text === 'string' ? latin1Bytes(text) : text);
    return this.pump();
  }

  /** Calls one of the machine's methods; gives what the client said then. */
  call(does: (client: SmtpClient) => void): string {
    does(this.client);
    return this.pump();
  }

  /** Carries out what is due; gives what was said meanwhile. */
  pump(): string {
    const before = this.said.length;
    for (let event; (event = this.client.next());) {
      if (event.type === 'send') this.said += latin1(event.bytes);
      else this.events.push(worded(event));
      if (event.type === 'startTls') this.client.secured(VERIFIED);
      if (event.type === 'close') this.closed = true;
    }
    return this.said.slice(before);
  }

  /** The events since the last time. */
  news(): string[] {
    return this.events.splice(0);
  }
}

/** A client past EHLO, to a server with these extensions. */
export function ready(
  extensions: readonly string[] = [],
  options: Partial<SmtpClientOptions> = {},
): ClientDriver {
  const driver = new ClientDriver(options);
  driver.feed('220 mx.example\r\n');
  driver.feed(ehlo(extensions));
  driver.news();
  driver.said = '';
  return driver;
}

export function ehlo(extensions: readonly string[]): string {
  const lines = ['mx.example', ...extensions];
  return lines.map((line, i) => `250${i < lines.length - 1 ? '-' : ' '}${line}\r\n`).join('');
}

/** An envelope out of addresses; an empty one is the null path. */
export function envelope(
  from: string,
  to: readonly string[],
  more: Partial<Envelope> = {},
): Envelope {
  return { from: mailbox(from), to: to.map((address) => ({ address: mailbox(address) })), ...more };
}

export function mailbox(text: string): { localPart: string; domain: string } {
  if (text === '') return { localPart: '', domain: '' };
  const parsed = parseMailbox(text, { smtputf8: true });
  if (!parsed) throw new Error(`no mailbox: ${text}`);
  return parsed;
}

function worded(event: SmtpClientEvent): string {
  switch (event.type) {
    case 'recipient':
      return `recipient ${event.index} ${outcome(event)}`;
    case 'authEnded':
      return `authEnded ${outcome(event)}`;
    case 'authChallenge':
      return `authChallenge ${JSON.stringify(latin1(event.bytes))}`;
    case 'close':
      return ['close', event.reason, ...(event.failure ? [outcome(event.failure)] : [])].join(' ');
    default:
      return event.type;
  }
}

export function outcome({ reply, phase, local }: Outcome): string {
  return [reply.code, reply.status, phase, local && 'local'].filter(Boolean).join(' ');
}
