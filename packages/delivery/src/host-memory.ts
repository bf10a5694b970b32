/** Which hosts failed of late, so that they are tried behind the others. RFC 5321 §4.5.4.1. */

export interface HostMemoryOptions {
  /** Milliseconds for which a failure counts. */
  readonly penalty: number;
  /** Addresses that are remembered; the oldest go first. */
  readonly size: number;
}

/** Times are those of the caller's clock, in ms. */
export class HostMemory {
  readonly #options: HostMemoryOptions;
  /** Until when each is to be avoided, the oldest failure first. */
  readonly #until = new Map<string, number>();

  constructor(options: HostMemoryOptions) {
    this.#options = options;
  }

  failed(address: string, now: number): void {
    this.#until.delete(address);
    this.#until.set(address, now + this.#options.penalty);
    const [oldest] = this.#until.keys();
    if (this.#until.size > this.#options.size && oldest !== undefined) this.#until.delete(oldest);
  }

  worked(address: string): void {
    this.#until.delete(address);
  }

  hasFailed(address: string, now: number): boolean {
    return now < (this.#until.get(address) ?? -Infinity);
  }
}
