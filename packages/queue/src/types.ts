/** The ports of the queue. No path, file handle or lock of one machine shows through them. Times are in ms since 1970. */
import type { Envelope } from '@postino/address';
import type { Reply } from '@postino/wire';

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

/** A message that was accepted and is not yet done with. Its octets are kept once, however many recipients it has. */
export interface QueueEntry {
  readonly id: QueueId;
  /** When it was accepted. */
  readonly accepted: number;
  readonly envelope: Envelope;
  /** Octets of the message. */
  readonly size: number;
  /** Nothing of it is due until it is released. */
  readonly held: boolean;
  /** In the order of `envelope.to`. */
  readonly recipients: readonly RecipientState[];
  /** Indexes into `envelope.to` of the recipients that are still to be served, in order. */
  readonly pending: readonly number[];
}

/** How far a recipient is. */
export interface RecipientState {
  /** `pending`: not tried yet; `deferred`: tried in vain, and to be tried again. The other two are for good. */
  readonly status: 'pending' | 'deferred' | 'delivered' | 'failed';
  readonly attempts: number;
  /** When the last attempt was. */
  readonly last?: number;
  /** When it is to be tried; left out where it is not any more. */
  readonly next?: number;
  /** What the last attempt brought. */
  readonly reply?: Reply;
  /** Who said so. */
  readonly host?: string;
  /** The sender was told that it takes long. */
  readonly warned?: boolean;
}

/** What became of a recipient, by its index in `envelope.to`. */
export type Outcome = Settled | Deferred | Warned;

/** It was served, or never will be. */
export interface Settled extends Told {
  readonly recipient: number;
  readonly status: 'delivered' | 'failed';
}

/** It is to be tried again; `nextAttempt` says when. */
export interface Deferred extends Told {
  readonly recipient: number;
  readonly status: 'deferred';
  readonly next: number;
}

/** It waits on as before, and the sender was told of that. */
export interface Warned {
  readonly recipient: number;
  readonly status: 'warned';
}

interface Told {
  readonly reply?: Reply;
  /** The host that gave the reply. */
  readonly host?: string;
}

/** A message to be committed together with outcomes: the bounce that tells of them. RFC 5321 §6.1. */
export interface Report {
  readonly envelope: Envelope;
  readonly message: Content | Spooled;
  /** From `newQueueId()`, where the id stands in the message itself; made where not given. */
  readonly id?: QueueId;
}

/** Something that happened to an entry. */
export type QueueEvent = (
  | { readonly type: 'accepted' | 'retry'; readonly at: number }
  | { readonly type: 'hold' | 'release'; readonly at?: number }
  | { readonly type: 'outcomes'; readonly at: number; readonly outcomes: readonly Outcome[] }
) & {
  /** The message that told the sender of it. */
  readonly report?: QueueId;
};

/** Something to be done now. */
export type Due = DueAttempt | DueWarning;

/** Recipients of one message at one destination are to be tried, in one transaction if that can be. */
export interface DueAttempt {
  readonly type: 'attempt';
  readonly id: QueueId;
  /** Since when; where a lease is over, since its end. */
  readonly at: number;
  /** The domain as the DNS takes it; an address literal in its brackets; empty for `<Postmaster>`. */
  readonly destination: string;
  readonly recipients: readonly number[];
}

/** The sender of a message is to be told that these recipients are not yet reached. */
export interface DueWarning {
  readonly type: 'warning';
  readonly id: QueueId;
  readonly at: number;
  readonly recipients: readonly number[];
}

export interface CommitOptions {
  /** From `newQueueId()`, where the id stands in the message itself; made where not given. */
  readonly id?: QueueId;
}

export interface RecordOptions {
  /** Committed at the same moment as the outcomes: after a crash there are both or neither. */
  readonly report?: Report;
}

export interface DueOptions {
  /** Of how many items at most; all where not given. */
  readonly limit?: number;
  /**
   * What is given is not given again for so many ms, or until an outcome is recorded: longer than an attempt can take.
   * A lease dies with the process that holds it. Without one, what is due is only looked at.
   */
  readonly lease?: number;
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
  /** One of them; null when it is not there. */
  entry(id: QueueId): Promise<QueueEntry | null>;
  /** The octets of a message as they were committed. A `StateError` for an id that is not there. */
  read(id: QueueId): AsyncIterable<Uint8Array>;
  /** What happened to an entry, the oldest first; nothing for one that is not there. */
  history(id: QueueId): Promise<QueueEvent[]>;
  /** What is due at a time, what is due longest first. Nothing of an entry that is held. */
  due(now: number, options?: DueOptions): Promise<Due[]>;
  /** When something will be due next, what is leased left aside until its lease is over; null when nothing will. */
  nextDue(): Promise<number | null>;
  /**
   * Writes down what became of recipients, all in one commit; when none is left to be served the entry goes. What is
   * delivered or failed already stays so. A report is committed only where something is new that it can tell of, a
   * recipient that is delivered, failed or warned: so what rejected may be recorded again, and no report is doubled.
   * Nothing happens for an entry that is gone.
   *
   * A crash between a delivery and its record brings the recipient back: deliver under a name made from id and
   * recipient, and nothing is doubled.
   */
  record(id: QueueId, outcomes: readonly Outcome[], options?: RecordOptions): Promise<void>;
  /** Records that a recipient was delivered. */
  done(id: QueueId, recipient: number): Promise<void>;
  /** Nothing of an entry is due until it is released; attempts under way go on. Nothing happens for one that is gone. */
  hold(id: QueueId): Promise<void>;
  release(id: QueueId): Promise<void>;
  /** All recipients that wait are due now. */
  retry(id: QueueId): Promise<void>;
  /** The entry goes as it is, and nobody is told. */
  remove(id: QueueId): Promise<void>;
}
