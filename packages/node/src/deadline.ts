/**
 * One timer for all the waits of a connection. A wait that ends in time costs a look at the clock; the timer itself is
 * only made, or made anew, when it fires or when a wait ends sooner than the timer would.
 */

/** Node fires a timer at once where it is asked for more. */
const LONGEST_TIMER = 2 ** 31 - 1;

export class Deadline {
  readonly #expired: () => void;
  #at = Infinity;
  #timer: NodeJS.Timeout | null = null;
  #firesAt = Infinity;

  constructor(expired: () => void) {
    this.#expired = expired;
  }

  /** Calls `expired` once when `ms` milliseconds have passed, unless `clear` comes first; 0 never does. */
  set(ms: number): void {
    if (ms <= 0) return this.clear();
    this.#at = performance.now() + ms;
    if (this.#firesAt > this.#at) this.#arm(ms);
  }

  /** The wait is over; the timer is left running for the next one. */
  clear(): void {
    this.#at = Infinity;
  }

  /** No wait will follow. */
  stop(): void {
    this.clear();
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#firesAt = Infinity;
  }

  #arm(ms: number): void {
    this.stop();
    const delay = Math.min(Math.ceil(ms), LONGEST_TIMER);
    const now = performance.now();
    this.#at = now + ms;
    this.#firesAt = now + delay;
    // The socket keeps the process alive, its timer need not.
    this.#timer = setTimeout(() => this.#fire(), delay).unref();
  }

  #fire(): void {
    this.#timer = null;
    this.#firesAt = Infinity;
    if (this.#at === Infinity) return;
    const left = this.#at - performance.now();
    if (left > 0) return this.#arm(left);
    this.#at = Infinity;
    this.#expired();
  }
}
