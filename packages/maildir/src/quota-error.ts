/** A mailbox has no room for a message. */
export class QuotaError extends Error {
  readonly code = 'OVERQUOTA';
  /** Whether the message alone is larger than all that the mailbox may hold, so that it will never fit. */
  readonly tooLarge: boolean;

  constructor({ tooLarge }: { tooLarge: boolean }) {
    super(tooLarge ? 'the message is larger than the mailbox may be' : 'the mailbox is full');
    this.name = 'QuotaError';
    this.tooLarge = tooLarge;
  }
}
