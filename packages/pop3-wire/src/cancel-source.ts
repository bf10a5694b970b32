import type { Cancel } from '@postino/wire';

/** The sending end of a `Cancel`. */
export class CancelSource implements Cancel {
  aborted = false;
  readonly #listeners: (() => void)[] = [];

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Fires, once. */
  fire(): void {
    if (this.aborted) return;
    this.aborted = true;
    for (const listener of this.#listeners) listener();
  }
}
