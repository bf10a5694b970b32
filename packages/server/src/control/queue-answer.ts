import type { QueueEntry, QueueEvent, QueueId } from '@postino/queue';

/** One piece of what is answered to a request about the queue. */
export type QueueAnswer =
  | { readonly type: 'entry'; readonly entry: QueueEntry }
  | {
      readonly type: 'shown';
      readonly entry: QueueEntry;
      readonly history: readonly QueueEvent[];
      /** The header of the message, lines as they stand there; octets that are no UTF-8 are U+FFFD. */
      readonly header: string;
    }
  /** Octets of a message. */
  | { readonly type: 'content'; readonly base64: string }
  /** It is as was asked for. `report`: the message that tells the sender of it. */
  | { readonly type: 'done'; readonly id: QueueId; readonly report?: QueueId }
  | { readonly type: 'missing'; readonly id: QueueId }
  /** Nothing was done, or no more than was told before. */
  | { readonly type: 'refused'; readonly reason: string };
