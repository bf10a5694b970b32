/** The one `SmtpContext` of a session: looks through to the machine and the wire, and holds what `run` knows. */
import { CancelSource, type Cancel, type Endpoint, type TlsInfo, type Wire } from '@postino/wire';
import type { SmtpContext } from './app.ts';
import type { SmtpServer } from './server.ts';

export class SessionContext implements SmtpContext {
  readonly #session: SmtpServer;
  readonly #wire: Wire;
  #cancel = new CancelSource();
  early = false;
  user: string | undefined = undefined;

  constructor(session: SmtpServer, wire: Wire) {
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

  get unsynchronized(): boolean {
    return this.#session.unsynchronized;
  }

  get hello(): { readonly name: string; readonly extended: boolean } | undefined {
    return this.#session.hello ?? undefined;
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
