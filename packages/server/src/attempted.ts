import type { Reply } from '@postino/wire';

/** What an attempt brought for one recipient of a queue's entry. */
export interface Attempted {
  /** Its index in `envelope.to`. */
  readonly recipient: number;
  readonly status: 'delivered' | 'failed' | 'deferred';
  readonly reply: Reply;
  /** The host that gave the reply; left out where it is our own. */
  readonly host?: string;
  /** It lies in a mailbox here: nobody else will report that. RFC 3461 §5.2.3. */
  readonly arrived?: boolean;
}
