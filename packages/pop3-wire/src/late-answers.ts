/** Answers that came too late for the client: what they hold is let go, and the end of the session waits for them. */
import type { Given } from './ask.ts';

export class LateAnswers {
  readonly #pending = new Set<Promise<void>>();
  readonly #onError: ((error: unknown) => void) | undefined;

  constructor(onError: ((error: unknown) => void) | undefined) {
    this.#onError = onError;
  }

  /** Never rejects; resolves when the answer has come. */
  letGo(asked: Promise<Given>): Promise<void> {
    const gone: Promise<void> = asked
      .then(leave)
      .catch((error: unknown) => this.#onError?.(error))
      .finally(() => this.#pending.delete(gone));
    this.#pending.add(gone);
    return gone;
  }

  /** Calls `last` behind the last answer; only where none is out, `last` is waited for. */
  async close(last: () => Promise<void>): Promise<void> {
    if (this.#pending.size === 0) return last();
    void Promise.all(this.#pending).then(last);
  }
}

/** Content that nobody wants any more is begun and left, so that what it holds is released. */
async function leave(given: Given): Promise<void> {
  if (!given || !('content' in given)) return;
  for await (const _ of given.content) break;
}
