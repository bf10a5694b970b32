/**
 * One sync for all who ask at the same time. A sync that has begun may have missed what came after, so those who
 * ask while one runs share the next: however many deliveries happen together, at most two syncs pass before each
 * of them is durable.
 */
export class GroupCommit {
  readonly #sync: () => Promise<void>;
  #running: Promise<void> | null = null;
  #next: Promise<void> | null = null;

  constructor(sync: () => Promise<void>) {
    this.#sync = sync;
  }

  /** Resolves after a sync that began later than this call; rejects when that sync failed. */
  commit(): Promise<void> {
    if (this.#next) return this.#next;
    if (!this.#running) return this.#start();
    const start = (): Promise<void> => this.#start();
    this.#next = this.#running.then(start, start);
    return this.#next;
  }

  #start(): Promise<void> {
    this.#next = null;
    this.#running = this.#sync().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }
}
