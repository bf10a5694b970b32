/** What the peer has used up of its limits. RFC 5321 §7.8. */
import type { SmtpLimits } from './limits.ts';

export class Tally {
  readonly #limits: SmtpLimits;
  #errors = 0;
  #idleCommands = 0;
  #failedLogins = 0;

  constructor(limits: SmtpLimits) {
    this.#limits = limits;
  }

  /** A command was refused for its syntax or its place; true when it was one too many. */
  error(): boolean {
    return ++this.#errors > this.#limits.errors;
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
