import { CancelSource } from './cancel-source.ts';
import type { Cancel, Wire } from './types.ts';

type Heard = Uint8Array | null | 'timeout' | 'cancelled';

/** Octets that are kept while an answer is pending: hundreds of pipelined commands. Ours. */
const HELD = 16_384;

/** What may become of an answer that is awaited. */
export interface Waiting {
  /** Milliseconds. */
  readonly timeout: number;
  /** The peer has ended its side. It may still listen. */
  readonly left: () => unknown;
}

/** Listens to the peer for a loop, also while the application thinks: that is how a peer who left is noticed. */
export class Listener {
  readonly #wire: Wire;
  readonly #stop: Cancel | undefined;
  #held: Uint8Array[] = [];
  #octets = 0;
  #ended = false;

  constructor(wire: Wire, stop: Cancel | undefined) {
    this.#wire = wire;
    this.#stop = stop;
  }

  /**
   * What has come, in one piece: else a machine could not see that something lies behind STARTTLS. `'cancelled'`, once, when
   * `stop` fires.
   */
  read(timeout: number): Heard | Promise<Heard> {
    if (this.#octets > 0) return this.#take();
    if (this.#ended) return null;
    return this.#wire.read(timeout, this.#stop?.aborted ? undefined : this.#stop);
  }

  /**
   * True when `answer` has settled, false when it is late. The read is the clock, which each chunk winds up again.
   * Not done: a peer that has sent 16 KB ahead, or its end, leaves no clock, and the answer is awaited without limit.
   */
  async wait(answer: Promise<unknown>, { timeout, left }: Waiting): Promise<boolean> {
    const settled = new CancelSource();
    const end = answer.then(
      () => settled.fire(),
      () => settled.fire(),
    );
    while (!settled.aborted && !this.#ended && this.#octets < HELD) {
      const heard = await this.#wire.read(timeout, settled);
      if (heard === 'timeout') return false;
      if (heard === null) this.#ended = true;
      else if (heard !== 'cancelled') this.#hold(heard);
    }
    if (this.#ended && !settled.aborted) left();
    await end;
    return true;
  }

  #hold(chunk: Uint8Array): void {
    this.#held.push(chunk);
    this.#octets += chunk.length;
  }

  #take(): Uint8Array {
    const [first, ...more] = this.#held;
    const octets = this.#octets;
    this.#held = [];
    this.#octets = 0;
    return more.length === 0 ? first! : joined([first!, ...more], octets);
  }
}

function joined(chunks: readonly Uint8Array[], octets: number): Uint8Array {
  const all = new Uint8Array(octets);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
