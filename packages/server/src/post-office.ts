/**
 * Takes responsibility for messages. One durable commit accepts each: a single mailbox's own delivery, or the queue's;
 * what the queue has taken is delivered from there, again after a crash if need be.
 */
import type { Envelope, EnvelopeRecipient } from '@postino/address';
import type { HeaderBlock } from '@postino/message';
import type { Queue, QueueEntry, QueueId, Spooled } from '@postino/queue';
import type { Route } from '@postino/router';
import type { Clock } from './clock.ts';
import { QueueDesk } from './control/queue-desk.ts';
import type { Count } from './count.ts';
import type { DeliveryReports } from './delivery-reports.ts';
import { localTargets, type LocalDelivery } from './local-delivery.ts';
import type { Outgoing } from './outgoing.ts';
import type { Logger } from './log.ts';
import { queuedRecipients, wantsSuccess, type QueuedRecipients } from './queued-recipients.ts';
import { firstAttempts, type QueueRunner } from './queue-runner.ts';
import type { SenderRewriting } from './sender-rewriting.ts';

export interface PostOfficeOptions {
  readonly queue: Queue;
  readonly runner: QueueRunner;
  readonly local: LocalDelivery;
  readonly outgoing: Outgoing;
  readonly reports: DeliveryReports;
  readonly senders: SenderRewriting;
  readonly clock: Clock;
  readonly log: Logger;
  readonly count: Count;
}

/** A message that was judged and is to be kept. */
export interface AcceptedMessage {
  readonly id: QueueId;
  readonly envelope: Envelope;
  /** Where each recipient of the envelope leads. */
  readonly routes: readonly Route[];
  /** Whether its sender has logged in: what others send is forwarded, and comes back to us. */
  readonly submitted: boolean;
  /** With our `Received` on top. */
  readonly header: HeaderBlock;
  readonly body: Spooled;
}

export class PostOffice {
  readonly #options: PostOfficeOptions;

  constructor(options: PostOfficeOptions) {
    this.#options = options;
  }

  /** Delivers what an earlier process left, and from then on tries again what could not be delivered. */
  start(): Promise<void> {
    return this.#options.runner.start();
  }

  /** What was accepted and is not done. */
  waiting(): Promise<QueueEntry[]> {
    return this.#options.queue.entries();
  }

  /** Where an operator asks about the queue while it is worked on. */
  desk(): QueueDesk {
    const { runner, ...options } = this.#options;
    return new QueueDesk({ ...options, changed: () => runner.wake() });
  }

  /** Resolves when what is under way is done; what goes abroad is cut, and waits in the queue. */
  async close(): Promise<void> {
    const { runner, outgoing } = this.#options;
    outgoing.cut();
    await runner.close();
    await outgoing.close();
  }

  /**
   * Resolves when the message is on disk, whatever happens then. Rejects with Node's errors, and has kept nothing.
   * Without a target, since an alias may throw mail away, there is nothing to keep.
   */
  async accept(message: AcceptedMessage): Promise<void> {
    const { envelope, routes, header, body } = message;
    const { local, count } = this.#options;
    const queued = queuedRecipients(envelope.to, routes);
    const [target, ...others] = localTargets(routes);
    if (target && others.length + queued.abroad.length === 0 && !envelope.to.some(wantsSuccess)) {
      await local.direct(target, { from: envelope.from, header, body });
      count('deliveries', { way: 'local', outcome: 'delivered' });
    } else if (queued.to.length > 0) await this.#queue(message, queued);
  }

  async #queue(message: AcceptedMessage, queued: QueuedRecipients): Promise<void> {
    const { queue, runner, senders, clock } = this.#options;
    const { to, here, abroad, expanded } = queued;
    const { id, header, body, submitted } = message;
    const isForwarded = !submitted && abroad.length > 0;
    const from = isForwarded ? senders.forward(message.envelope.from) : message.envelope.from;
    const envelope = { ...message.envelope, from, to };
    const top = header.bytes();
    await queue.commit(envelope, whole(top, body), { id });
    const entry = freshEntry({ id, envelope, size: top.length + body.size, accepted: clock.now() });
    if (expanded.length > 0) await this.#tellExpanded(entry, expanded);
    // The message is safe.
    for (const due of firstAttempts(entry, abroad)) runner.soon(entry, due);
    // The first try is waited for only so that who hears 250 finds the mail.
    if (here.length > 0)
      await runner.now(entry, { ...IN_MAILBOXES, id, at: entry.accepted, recipients: here }, FRESH);
  }

  /** Rejects with nothing kept of the message either: nobody has heard 250 yet. */
  async #tellExpanded(entry: QueueEntry, to: readonly EnvelopeRecipient[]): Promise<void> {
    const { queue, reports, runner, log } = this.#options;
    const asked = { ...entry, envelope: { ...entry.envelope, to } };
    const told = to.map((_, recipient) => ({ recipient, action: 'expanded' }) as const);
    try {
      const report = await reports.write(asked, told);
      if (!report) return;
      await queue.commit(report.envelope, report.message, report);
      log.info({ id: entry.id, report: report.id }, 'sender told');
    } catch (error) {
      await queue.remove(entry.id);
      throw error;
    }
    runner.wake();
  }
}

/** All mailboxes here at once, whatever the domains. */
const IN_MAILBOXES = { type: 'attempt', destination: '' } as const;
const FRESH = { fresh: true };

function freshEntry(entry: Pick<QueueEntry, 'id' | 'envelope' | 'size' | 'accepted'>): QueueEntry {
  const next = entry.accepted;
  const recipients = entry.envelope.to.map(
    () => ({ status: 'pending', attempts: 0, next }) as const,
  );
  return { ...entry, held: false, recipients, pending: [...recipients.keys()] };
}

async function* whole(top: Uint8Array, body: Spooled): AsyncGenerator<Uint8Array> {
  yield top;
  yield* body.read();
}
