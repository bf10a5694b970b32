import type { Cancel } from './types.ts';

/** The hand that fires a `Cancel`, for rooms that cannot name the runtime's AbortController. */
export class CancelSource implements Cancel {
  #aborted = false;
  readonly #listeners: (() => void)[] = [];

  get aborted(): boolean {
    return this.#aborted;
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Fires, once. */
  fire(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    for (const listener of this.#listeners) listener();
  }
}
