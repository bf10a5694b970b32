/** The one `SmtpContext` of a session: looks through to the machine and the wire, and holds what `run` knows. */
import { LoopContext, type Wire } from '@postino/wire';
import type { SmtpContext } from './app.ts';
import type { SmtpServer } from './server.ts';

export class SessionContext extends LoopContext implements SmtpContext {
  readonly #session: SmtpServer;
  early = false;
  user: string | undefined = undefined;

  constructor(session: SmtpServer, wire: Wire) {
    super(wire);
    this.#session = session;
  }

  get unsynchronized(): boolean {
    return this.#session.unsynchronized;
  }

  get hello(): { readonly name: string; readonly extended: boolean } | undefined {
    return this.#session.hello ?? undefined;
  }
}
