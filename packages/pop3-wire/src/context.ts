/** The one `Pop3Context` of a session: looks through to the machine and the wire. */
import { LoopContext, type Wire } from '@postino/wire';
import type { Pop3Context } from './app.ts';
import type { Pop3Server } from './server.ts';

export class SessionContext extends LoopContext implements Pop3Context {
  readonly #session: Pop3Server;

  constructor(session: Pop3Server, wire: Wire) {
    super(wire);
    this.#session = session;
  }

  get user(): string | undefined {
    return this.#session.user;
  }

  get utf8(): boolean {
    return this.#session.utf8;
  }
}
