import type { Reply } from '@postino/wire';

/** What an attempt brought for one recipient of a queue's entry. */
export interface Attempted {
  /** Its index in `envelope.to`. */
  readonly recipient: number;
  readonly status: 'delivered' | 'failed' | 'deferred';
  readonly reply: Reply;
  /** The host that gave the reply; left out where it is our own. */
  readonly host?: string;
  /** What only we can report of a delivery: that it lies in a mailbox here, or that a host without DSN has it. RFC 3461 §5.2.2, §5.2.3. */
  readonly success?: 'delivered' | 'relayed';
}
