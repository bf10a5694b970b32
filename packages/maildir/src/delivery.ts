/** One message on its way to the disk: written under `tmp`, synced, and only then handed on to be seen. */
import { StateError, type Sink } from '@postino/wire';
import { CREATE, type Files, type OpenFile } from '@postino/files';
import { CrlfEncoder, LfEncoder, type Encoder, type LineEnds } from './line-ends.ts';
import type { Entry } from './types.ts';

/** Small pieces are gathered, so that a write is worth its call. */
const WRITE_SIZE = 64 << 10;

export interface Draft {
  readonly path: string;
  /** Octets on disk. */
  readonly diskSize: number;
  /** Octets with CRLF line ends. */
  readonly size: number;
}

export interface DraftOptions {
  readonly path: string;
  readonly mode: number;
  readonly lineEnds: LineEnds;
}

export class Delivery implements Sink<Entry> {
  readonly #files: Files;
  readonly #path: string;
  readonly #file: OpenFile;
  readonly #publish: (draft: Draft) => Promise<Entry>;
  readonly #encoder: Encoder;
  #pieces: Uint8Array[] = [];
  #gathered = 0;
  #ended = false;

  private constructor(
    files: Files,
    { path, lineEnds }: DraftOptions,
    file: OpenFile,
    publish: (draft: Draft) => Promise<Entry>,
  ) {
    this.#files = files;
    this.#path = path;
    this.#file = file;
    this.#encoder = lineEnds === 'crlf' ? new CrlfEncoder() : new LfEncoder();
    this.#publish = publish;
  }

  /** Opens the draft; `publish` makes a message of it once it is durable. */
  static async begin(
    files: Files,
    draft: DraftOptions,
    publish: (draft: Draft) => Promise<Entry>,
  ): Promise<Delivery> {
    const { path, mode } = draft;
    const delivery = new Delivery(files, draft, await files.open(path, CREATE, mode), publish);
    // The umask takes rights only from group and others.
    if (mode & 0o077) await delivery.#orDiscard(delivery.#file.chmod(mode));
    return delivery;
  }

  /** Takes content with CRLF line ends; the bytes are copied. */
  write(bytes: Uint8Array): Promise<void> | void {
    if (this.#ended) throw new StateError('the delivery has ended');
    this.#gather(this.#encoder.encode(bytes));
    if (this.#gathered >= WRITE_SIZE) return this.#orDiscard(this.#flush());
  }

  /** Resolves once the message is durable and can be seen; rejects, with nothing left behind, when it is not. */
  async end(): Promise<Entry> {
    if (this.#ended) throw new StateError('the delivery has ended');
    this.#ended = true;
    return this.#orDiscard(this.#finish());
  }

  /** Leaves no trace; after the end, nothing is left to do. */
  async abort(): Promise<void> {
    if (!this.#ended) await this.#discard();
  }

  async #finish(): Promise<Entry> {
    this.#gather(this.#encoder.end());
    await this.#flush();
    await this.#file.sync();
    await this.#file.close();
    const { diskSize, size } = this.#encoder;
    return this.#publish({ path: this.#path, diskSize, size });
  }

  #gather(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#gathered += piece.length;
  }

  async #flush(): Promise<void> {
    const bytes = this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#gathered = 0;
    await this.#file.write(bytes);
  }

  async #orDiscard<T>(step: Promise<T>): Promise<T> {
    try {
      return await step;
    } catch (error) {
      await this.#discard();
      throw error;
    }
  }

  /** What fails here changes nothing for the caller: `clean()` removes what is left in `tmp`. */
  async #discard(): Promise<void> {
    this.#ended = true;
    await this.#file.close().catch(ignore);
    await this.#files.unlink(this.#path).catch(ignore);
  }
}

function ignore(): void {}
