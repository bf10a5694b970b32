/**
 * A message on its way into a sink: the header block is held, the body goes to the hashes that are wanted of it.
 */
import { type HeaderBlock, type HeaderFault, HeaderReader } from '@postino/message';
import { StateError } from '@postino/wire';

import { Body } from './body-hash.ts';

/** The header block of a message, and the hashes of its body. */
export class MessageParts {
  readonly body: Body = new Body();
  readonly #reader = new HeaderReader();
  readonly #begin: (header: HeaderBlock) => void;
  #begun = false;
  #closed = false;

  /** `begin` is called as soon as the header block is there, before any of the body: what it wants hashed is hashed. */
  constructor(begin: (header: HeaderBlock) => void = () => {}) {
    this.#begin = begin;
  }

  /** Set when the header block was cut off at a limit. */
  get fault(): HeaderFault | null {
    return this.#reader.fault;
  }

  write(bytes: Uint8Array): void {
    if (this.#closed) throw new StateError('the message has ended');
    this.#take(this.#reader.push(bytes));
  }

  /** The message has ended: its header block is there, and all hashes are whole. */
  end(): HeaderBlock {
    if (this.#closed) throw new StateError('the message has ended');
    this.#closed = true;
    this.#take(this.#reader.end());
    this.body.end();
    return this.#reader.header!;
  }

  abort(): void {
    this.#closed = true;
  }

  #take(parts: readonly Uint8Array[]): void {
    const { header } = this.#reader;
    if (header && !this.#begun) {
      this.#begun = true;
      this.#begin(header);
    }
    for (const part of parts) this.body.write(part);
  }
}
