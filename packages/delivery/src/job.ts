/** One message on its way to all its destinations. */
import type { Envelope } from '@postino/address';
import { CancelSource, encodeUtf8, type Cancel } from '@postino/wire';
import type { SendOptions } from './options.ts';
import type { OutgoingMessage, Signer } from './types.ts';

export class Job {
  readonly envelope: Envelope;
  readonly #message: OutgoingMessage;
  readonly #cancel: Cancel | undefined;
  readonly #signer: Signer | undefined;
  /** What cuts each connection that is in use. */
  readonly #cuts = new Set<CancelSource>();
  #prefix: Uint8Array = new Uint8Array();

  constructor(message: OutgoingMessage, envelope: Envelope, { signer, cancel }: SendOptions) {
    this.envelope = envelope;
    this.#message = message;
    this.#cancel = cancel;
    this.#signer = signer;
    cancel?.addEventListener('abort', () => {
      for (const cut of this.#cuts) cut.fire();
    });
  }

  get cancelled(): boolean {
    return this.#cancel?.aborted ?? false;
  }

  /** Octets, what the signer added counted. */
  get size(): number {
    return this.#prefix.length + this.#message.size;
  }

  get eightBit(): boolean | undefined {
    return this.#message.eightBit;
  }

  /** Once, before anything is sent. Rejects when the signer does: nothing leaves unsigned. */
  async sign(): Promise<void> {
    if (this.#signer) this.#prefix = encodeUtf8(await this.#signer(this.#message.read()));
  }

  /** The octets for the wire; `onEnd` is called when the last of them was taken. */
  async *content(onEnd: () => void): AsyncIterable<Uint8Array> {
    if (this.#prefix.length > 0) yield this.#prefix;
    yield* this.#message.read();
    onEnd();
  }

  /** From now on `cut` is fired when the message is cancelled. */
  holds(cut: CancelSource): void {
    this.#cuts.add(cut);
    if (this.cancelled) cut.fire();
  }

  lets(cut: CancelSource): void {
    this.#cuts.delete(cut);
  }
}
