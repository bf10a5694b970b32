import { CancelSource, type Cancel, type Wire } from '@postino/wire';

/** Reads for the loop, until the server wants to stop. */
export class Listener {
  readonly #wire: Wire;
  readonly #stop: Cancel | undefined;
  #reading: CancelSource | undefined;

  constructor(wire: Wire, stop: Cancel | undefined) {
    this.#wire = wire;
    this.#stop = stop;
    stop?.addEventListener('abort', () => this.#reading?.fire());
  }

  /** What `Wire.read` gives; `'cancelled'`, once, when `stop` fires. */
  read(timeout: number): Promise<Uint8Array | null | 'timeout' | 'cancelled'> {
    // A source per read, because a `Cancel` never lets go of its listeners.
    this.#reading = this.#stop && !this.#stop.aborted ? new CancelSource() : undefined;
    return this.#wire.read(timeout, this.#reading);
  }
}
