/** Listens to the peer for the loop, also while the application thinks: that is how a peer who left is noticed. */
import { CancelSource, type Cancel, type Wire } from '@postino/wire';
import type { SessionContext } from './context.ts';

type Heard = Uint8Array | null | 'timeout' | 'cancelled';

export class Listener {
  readonly #wire: Wire;
  readonly #context: SessionContext;
  readonly #stop: Cancel | undefined;
  /** What came while an answer was pending: one chunk, or null for the end. */
  #held: Uint8Array | null | undefined = undefined;

  constructor(wire: Wire, context: SessionContext, stop: Cancel | undefined) {
    this.#wire = wire;
    this.#context = context;
    this.#stop = stop;
  }

  /** The next chunk; `'cancelled'`, once, when `stop` fires. */
  read(timeout: number): Heard | Promise<Heard> {
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) return held;
    return this.#wire.read(timeout, this.#stop?.aborted ? undefined : this.#stop);
  }

  /**
   * The answer, or what `late` says when it takes longer than `timeout` milliseconds. The read is the clock.
   * Not done: once a chunk has come, there is no clock any more, and the answer is awaited for as long as it takes.
   */
  async wait<T>(answer: Promise<T>, timeout: number, late: () => T): Promise<T> {
    if (this.#held !== undefined) return answer;
    const settled = new CancelSource();
    void answer.then(() => settled.fire());
    const heard = await this.#wire.read(timeout, settled);
    if (heard === 'timeout') {
      this.#context.giveUp();
      return late();
    }
    if (heard !== 'cancelled') this.#held = heard;
    // A peer that ended its side may still listen, so the answer is awaited and said.
    if (heard === null) this.#context.abandon();
    return answer;
  }
}
