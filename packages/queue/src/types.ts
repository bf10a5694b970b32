/** The ports of the queue. No path, file handle or lock of one machine shows through them. */
import type { Envelope } from '@postino/address';

/** Lower-case letters and digits, 29 of them; later ones sort after earlier ones. */
export type QueueId = string;

/** Octets, or pieces of them. */
export type Content = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** A message that came in and is not yet judged: octets as they were received, for as long as the process lives. */
export interface Spooled {
  readonly size: number;
  /** The octets from the start, as often as asked. Pieces are views: do not change them. */
  read(): AsyncIterable<Uint8Array>;
  /** Lets go of them; to be called in the end whatever became of the message. */
  discard(): Promise<void>;
}

/** A message that was accepted and is not yet done with. */
export interface QueueEntry {
  readonly id: QueueId;
  /** When it was accepted, in ms since 1970. */
  readonly accepted: number;
  readonly envelope: Envelope;
  /** Octets of the message. */
  readonly size: number;
  /** Indexes into `envelope.to` of the recipients that are still to be served, in order. */
  readonly pending: readonly number[];
}

export interface CommitOptions {
  /** From `newQueueId()`, where the id stands in the message itself; made where not given. */
  readonly id?: QueueId;
}

/**
 * What was accepted and not yet delivered. What has resolved is durable: it outlives the process and the machine's
 * power. What rejected has left nothing behind.
 */
export interface Queue {
  /** Takes responsibility for a message: from here on it is found by `entries()`. RFC 5321 §6.1. */
  commit(envelope: Envelope, message: Content | Spooled, options?: CommitOptions): Promise<QueueId>;
  /** All that is not done, the oldest first. */
  entries(): Promise<QueueEntry[]>;
  /** The octets of a message as they were committed. A `StateError` for an id that is not there. */
  read(id: QueueId): AsyncIterable<Uint8Array>;
  /**
   * Marks a recipient, by its index, as served; with the last one the entry goes. What is done already stays done.
   * A crash between a delivery and its mark brings the recipient back: deliver under a name made from id and
   * recipient, and nothing is doubled.
   */
  done(id: QueueId, recipient: number): Promise<void>;
}
