/** A `Cancel` and the hand that fires it: the runtime's AbortController is not ours to name. */
import type { Cancel } from '@postino/wire';

export class CancelSource implements Cancel {
  #aborted = false;
  #listeners: (() => void)[] = [];

  get aborted(): boolean {
    return this.#aborted;
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.push(listener);
  }

  fire(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    for (const listener of this.#listeners) listener();
  }
}
