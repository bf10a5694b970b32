/** What the peer has used up of its limits. RFC 5321 §7.8. */
import type { Reply } from '@postino/wire';
import type { SmtpLimits } from './limits.ts';

/** The codes for syntax and order, not for mailboxes and sizes. RFC 5321 §4.2.2, RFC 4954 §6. */
const PROTOCOL_ERRORS = new Set([500, 501, 502, 503, 504, 530, 538, 555]);

export class Tally {
  readonly #limits: SmtpLimits;
  #messages = 0;
  #errors = 0;
  #idleCommands = 0;
  #failedLogins = 0;

  constructor(limits: SmtpLimits) {
    this.#limits = limits;
  }

  /** A transaction begins. */
  transaction(): void {
    this.#messages++;
  }

  /** Whether there may be no more transactions. */
  get full(): boolean {
    return this.#messages >= this.#limits.messages;
  }

  /** A command was refused; true when it was one too many. What may well be tried again does not count. */
  error(reply: Reply): boolean {
    return PROTOCOL_ERRORS.has(reply.code) && ++this.#errors > this.#limits.errors;
  }

  /** A command came that brings no message nearer; true when it was one too many. */
  idleCommand(): boolean {
    return ++this.#idleCommands > this.#limits.idleCommands;
  }

  /** An AUTH exchange failed; true when there may be no more. */
  failedLogin(): boolean {
    return ++this.#failedLogins >= this.#limits.failedLogins;
  }

  /** A message was taken: whoever sends mail may also err. */
  message(): void {
    this.#errors = 0;
    this.#idleCommands = 0;
  }
}
