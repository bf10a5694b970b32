/** How much one login may send in an hour: a stolen password then does little harm. It has no clock: times come in. */

const HOUR = 3_600_000;

export interface SendingLimits {
  /** In an hour, of one login. */
  readonly messages: number;
  /** In an hour, of all these messages. */
  readonly recipients: number;
}

interface Sent {
  /** When the hour began: with its first message. */
  readonly since: number;
  readonly messages: number;
  readonly recipients: number;
}

export class SendingLimiter {
  readonly #limits: SendingLimits;
  /** As many as there are users. */
  readonly #sent = new Map<string, Sent>();

  constructor(limits: SendingLimits) {
    this.#limits = limits;
  }

  /** Whether the user may send one message more to so many; then it is counted. `now` is in ms. */
  take(user: string, recipients: number, now: number): boolean {
    const before = this.#sent.get(user);
    const isOver = before === undefined || now - before.since >= HOUR;
    const sent = isOver ? { since: now, messages: 0, recipients: 0 } : before;
    const after = {
      ...sent,
      messages: sent.messages + 1,
      recipients: sent.recipients + recipients,
    };
    const { messages, recipients: most } = this.#limits;
    if (after.messages > messages || after.recipients > most) return false;
    this.#sent.set(user, after);
    return true;
  }
}
