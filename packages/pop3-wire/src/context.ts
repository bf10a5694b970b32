/** The one `Pop3Context` of a session: looks through to the machine and the wire, and holds what `run` knows. */
import { CancelSource, type Cancel, type Endpoint, type TlsInfo, type Wire } from '@postino/wire';
import type { Pop3Context } from './app.ts';
import type { Pop3Server } from './server.ts';

export class SessionContext implements Pop3Context {
  readonly #session: Pop3Server;
  readonly #wire: Wire;
  #cancel = new CancelSource();

  constructor(session: Pop3Server, wire: Wire) {
    this.#session = session;
    this.#wire = wire;
  }

  get peer(): Endpoint {
    return this.#wire.peer;
  }

  get local(): Endpoint {
    return this.#wire.local;
  }

  get tls(): TlsInfo | null {
    return this.#wire.tls;
  }

  get user(): string | undefined {
    return this.#session.user;
  }

  get utf8(): boolean {
    return this.#session.utf8;
  }

  get cancel(): Cancel {
    return this.#cancel;
  }

  /** Nobody waits for the present answer; the next one counts again. */
  giveUp(): void {
    const given = this.#cancel;
    this.#cancel = new CancelSource();
    given.fire();
  }

  /** Nobody waits for any answer any more. */
  abandon(): void {
    this.#cancel.fire();
  }
}
