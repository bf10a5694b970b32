/** A check that reads the content as it flows, asks for keys meanwhile, and waits only so long for them at the end. */
import type { Resolver } from '@postino/dns';
import { CancelSource, type Sink } from '@postino/wire';
import type { ClientChecks } from './client-checks.ts';
import { impatient } from './impatient.ts';
import { within } from './within.ts';

export class ContentCheck<T> {
  readonly #client: ClientChecks;
  readonly #check: 'dkim' | 'arc';
  readonly #sink: Sink<T> | null;
  /** Fires when keys are not waited for any longer. */
  readonly #noKeys = new CancelSource();

  /** Does nothing where the result is not wanted. */
  constructor(
    client: ClientChecks,
    check: 'dkim' | 'arc',
    { wanted, sink }: { wanted: boolean; sink: (options: { resolver: Resolver }) => Sink<T> },
  ) {
    const { resolver } = client.services;
    this.#client = client;
    this.#check = check;
    this.#sink = wanted ? sink({ resolver: impatient(resolver, this.#noKeys) }) : null;
  }

  /** Takes a view of the content as it came. */
  write(bytes: Uint8Array): Promise<void> | void {
    return this.#sink?.write(bytes);
  }

  /** The content is over: what it comes to; null where nobody wants to know. Never rejects. */
  end(): Promise<T | null> {
    const sink = this.#sink;
    if (!sink) return Promise.resolve(null);
    const { timeout } = this.#client.services.config[this.#check];
    return this.#client.careful(this.#check, null, () =>
      within(timeout, (cancel) => {
        cancel.addEventListener('abort', () => this.#noKeys.fire());
        return sink.end();
      }),
    );
  }

  abort(): void {
    this.#noKeys.fire();
    void this.#sink?.abort();
  }
}
