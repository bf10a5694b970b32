/** A message as it flows in: its header block is judged, its body spooled. */
import { HeaderReader, type HeaderBlock } from '@postino/message';
import type { Spooled } from '@postino/queue';
import type { Reply, Sink } from '@postino/wire';

export interface IncomingLimits {
  /** Octets of the header block. */
  readonly headerSize: number;
  /** Received fields. RFC 5321 §6.3. */
  readonly received: number;
}

/** RFC 3463 §3.4. */
const HEADER_TOO_LARGE: Reply = {
  code: 552,
  status: '5.3.4',
  text: 'The header of the message is too large',
};
/** RFC 5321 §6.3, RFC 3463 §3.5. */
const LOOP: Reply = {
  code: 550,
  status: '5.4.6',
  text: 'Too many Received fields: the message goes round in a loop',
};

export class IncomingMessage {
  readonly #limits: IncomingLimits;
  readonly #reader: HeaderReader;
  readonly #body: Sink<Spooled>;
  #refusal: Reply | null = null;

  constructor(body: Sink<Spooled>, limits: IncomingLimits) {
    this.#body = body;
    this.#limits = limits;
    this.#reader = new HeaderReader({ maxSize: limits.headerSize });
  }

  /** Takes a view that is good until the answer; a reply refuses the message. Rejects when the disk is in trouble. */
  write(bytes: Uint8Array): Reply | void | Promise<Reply | void> {
    if (this.#reader.header) return this.#body.write(bytes);
    return this.#spool(this.#reader.push(bytes));
  }

  /** The message is over; a reply refuses it, and then there is only `abort` left. */
  async end(): Promise<Reply | { header: HeaderBlock; body: Spooled }> {
    await this.#spool(this.#reader.end());
    return this.#refusal ?? { header: this.#reader.header!, body: await this.#body.end() };
  }

  /** Forgets what was not ended. */
  abort(): Promise<void> {
    return this.#body.abort();
  }

  /** Pieces of the body that became known together with the end of the header block. */
  #spool(pieces: readonly Uint8Array[]): Reply | void | Promise<Reply | void> {
    this.#refusal ??= this.#judge();
    if (this.#refusal) return this.#refusal;
    const [piece, ...more] = pieces;
    if (!piece) return;
    const written = this.#body.write(piece);
    return more.length === 0 ? written : Promise.resolve(written).then(() => this.#spool(more));
  }

  #judge(): Reply | null {
    const { header, fault } = this.#reader;
    if (fault) return HEADER_TOO_LARGE;
    return header && header.count('Received') > this.#limits.received ? LOOP : null;
  }
}
