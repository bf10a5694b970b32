import { CancelSource } from './cancel-source.ts';
import type { Cancel, Endpoint, TlsInfo, Wire } from './types.ts';

/** What a loop tells the application of the connection, and whether anybody still waits for its answer. */
export class LoopContext {
  readonly #wire: Wire;
  #cancel = new CancelSource();

  constructor(wire: Wire) {
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
