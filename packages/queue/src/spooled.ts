/** The two ways in which a spooled message is held. */
import { pieces, type OpenFile } from '@postino/files';
import { StateError } from '@postino/wire';
import type { Spooled } from './types.ts';

export class SpooledBytes implements Spooled {
  readonly size: number;
  #bytes: Uint8Array | null;
  readonly #release: () => void;

  constructor(bytes: Uint8Array, release: () => void) {
    this.size = bytes.length;
    this.#bytes = bytes;
    this.#release = release;
  }

  async *read(): AsyncGenerator<Uint8Array, void, undefined> {
    if (!this.#bytes) throw new StateError('the spooled message was discarded');
    yield this.#bytes;
  }

  discard(): Promise<void> {
    if (this.#bytes) this.#release();
    this.#bytes = null;
    return Promise.resolve();
  }
}

export class SpooledFile implements Spooled {
  readonly size: number;
  #file: OpenFile | null;

  constructor(file: OpenFile, size: number) {
    this.size = size;
    this.#file = file;
  }

  async *read(): AsyncGenerator<Uint8Array, void, undefined> {
    if (!this.#file) throw new StateError('the spooled message was discarded');
    yield* pieces(this.#file, 0, this.size);
  }

  async discard(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.close();
  }
}
