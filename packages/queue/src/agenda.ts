/** What of an entry is due, and when: attempts at each destination, and the warning to its sender. */
import { domainToAscii, type ForwardPath } from '@postino/address';
import { isWaiting, type EntryState } from './entry-state.ts';
import type { Due, Outcome, QueueId } from './types.ts';

export class Agenda {
  readonly #warnAfter: number;
  /** Until when something is in somebody's hands, by recipient. */
  readonly #leases: Readonly<Record<Due['type'], Map<number, number>>> = {
    attempt: new Map(),
    warning: new Map(),
  };

  /** `warnAfter`: so many ms after a message came, its sender is told that it waits; null: never. */
  constructor(warnAfter: number | null) {
    this.#warnAfter = warnAfter ?? Infinity;
  }

  /** When something is due next; Infinity when nothing is. */
  next(state: EntryState): number {
    let next = Infinity;
    for (const recipient of state.recipients.keys())
      for (const type of TYPES) next = Math.min(next, this.#at(type, state, recipient));
    return next;
  }

  /** What is due at a time, the recipients of one destination together. */
  due(id: QueueId, state: EntryState, now: number): Due[] {
    if (this.next(state) > now) return [];
    const dueFor = (type: Due['type']): number[] =>
      [...state.recipients.keys()].filter((recipient) => this.#at(type, state, recipient) <= now);
    const since = (type: Due['type'], recipients: readonly number[]): number =>
      Math.min(...recipients.map((recipient) => this.#at(type, state, recipient)));
    const groups = Map.groupBy(dueFor('attempt'), (recipient) =>
      destinationOf(state.envelope.to[recipient]!.address),
    );
    const attempts = [...groups].map(([destination, recipients]): Due => {
      return { type: 'attempt', id, at: since('attempt', recipients), destination, recipients };
    });
    const recipients = dueFor('warning');
    if (recipients.length === 0) return attempts;
    return [...attempts, { type: 'warning', id, at: since('warning', recipients), recipients }];
  }

  /** What was given is not due again until then. */
  lease({ type, recipients }: Due, until: number): void {
    for (const recipient of recipients) this.#leases[type].set(recipient, until);
  }

  /** What was given came back. */
  release(outcomes: readonly Outcome[]): void {
    for (const { recipient, status } of outcomes)
      this.#leases[status === 'warned' ? 'warning' : 'attempt'].delete(recipient);
  }

  /** When a recipient's attempt or warning is due; Infinity: not at all. */
  #at(type: Due['type'], { held, accepted, recipients }: EntryState, recipient: number): number {
    const state = recipients[recipient];
    if (held || !state || !isWaiting(state)) return Infinity;
    const lease = this.#leases[type].get(recipient) ?? 0;
    if (type === 'attempt') return Math.max(lease, state.next ?? accepted);
    const waits = state.status === 'deferred' && !state.warned;
    return waits ? Math.max(lease, accepted + this.#warnAfter) : Infinity;
  }
}

const TYPES = ['attempt', 'warning'] as const;

/** Where mail to an address goes: its domain as the DNS takes it, so that all who are there come together. */
function destinationOf({ domain }: ForwardPath): string {
  return domainToAscii(domain) ?? domain.toLowerCase();
}
