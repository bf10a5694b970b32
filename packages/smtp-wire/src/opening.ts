/** From the greeting to where messages may be sent: greeting, EHLO or HELO, STARTTLS, EHLO again. RFC 5321 §3.1, §3.2. */
import type { TlsInfo } from '@postino/wire';
import type { ResolvedClientOptions } from './client-options.ts';
import { CLIENT_REPLIES } from './client-replies.ts';
import type { Step } from './command-window.ts';
import { commandLine } from './envelope-commands.ts';
import { NO_EXTENSIONS, parseExtensions, type Extensions } from './extensions.ts';
import type { Outcome } from './outcome.ts';

const STARTTLS: Step = { phase: 'startTls', line: 'STARTTLS\r\n' };

/** Where a reply leads: to more to say, to the handshake, to the end of the opening, or to QUIT. */
type Lead = Step | 'startTls' | 'ready' | { readonly refusal: Outcome };

export class Opening {
  readonly #options: ResolvedClientOptions;
  tls: TlsInfo | null;
  extensions: Extensions = NO_EXTENSIONS;
  #verb: 'EHLO' | 'HELO' | 'LHLO';

  constructor(options: ResolvedClientOptions, tls: TlsInfo | null) {
    this.#options = options;
    this.tls = tls;
    this.#verb = options.protocol === 'lmtp' ? 'LHLO' : 'EHLO';
  }

  hear(outcome: Outcome): Lead {
    const refused = outcome.reply.code >= 400;
    switch (outcome.phase) {
      case 'hello':
        return this.#greeted(outcome);
      case 'startTls':
        if (!refused) return 'startTls';
        return this.#options.startTls === 'required' ? { refusal: outcome } : 'ready';
      default:
        return refused ? { refusal: outcome } : this.#hello;
    }
  }

  /** TLS stands: all that was offered in the clear is forgotten. RFC 3207 §4.2. */
  secured(tls: TlsInfo): Step {
    this.tls = tls;
    this.extensions = NO_EXTENSIONS;
    return this.#hello;
  }

  get #hello(): Step {
    return { phase: 'hello', line: commandLine(`${this.#verb} ${this.#options.hostname}`) };
  }

  /** A server that does not know EHLO is asked by HELO. RFC 5321 §3.2. */
  #greeted(outcome: Outcome): Lead {
    const { reply } = outcome;
    if (reply.code >= 500 && this.#verb === 'EHLO') {
      this.#verb = 'HELO';
      return this.#hello;
    }
    if (reply.code >= 400) return { refusal: outcome };
    if (this.#verb !== 'HELO') this.extensions = parseExtensions(reply);
    return this.#secure();
  }

  #secure(): Lead {
    const { startTls } = this.#options;
    if (this.tls || startTls === 'never') return 'ready';
    if (this.extensions.startTls) return STARTTLS;
    if (startTls === 'offered') return 'ready';
    return { refusal: { reply: CLIENT_REPLIES.noTls, phase: 'startTls', local: true } };
  }
}
