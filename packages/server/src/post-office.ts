/**
 * Takes responsibility for messages. One durable commit accepts each: a single mailbox's own delivery, or the queue's;
 * what the queue has taken is delivered from there, again after a crash if need be.
 */
import type { Envelope } from '@postino/address';
import type { HeaderBlock } from '@postino/message';
import type { Queue, QueueEntry, QueueId, Spooled } from '@postino/queue';
import type { Route } from '@postino/router';
import type { Clock } from './clock.ts';
import { localTargets, type LocalDelivery } from './local-delivery.ts';
import type { Outgoing } from './outgoing.ts';
import { queuedRecipients, type QueuedRecipients } from './queued-recipients.ts';
import { firstAttempts, type QueueRunner } from './queue-runner.ts';
import type { SenderRewriting } from './sender-rewriting.ts';

export interface PostOfficeOptions {
  readonly queue: Queue;
  readonly runner: QueueRunner;
  readonly local: LocalDelivery;
  readonly outgoing: Outgoing;
  readonly senders: SenderRewriting;
  readonly clock: Clock;
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
    const queued = queuedRecipients(envelope.to, routes);
    const [target, ...others] = localTargets(routes);
    if (target && others.length + queued.abroad.length === 0 && !wantsReport(envelope))
      await this.#options.local.direct(target, { from: envelope.from, header, body });
    else if (queued.to.length > 0) await this.#queue(message, queued);
  }

  async #queue(message: AcceptedMessage, { to, here, abroad }: QueuedRecipients): Promise<void> {
    const { queue, runner, senders, clock } = this.#options;
    const { id, header, body, submitted } = message;
    const isForwarded = !submitted && abroad.length > 0;
    const from = isForwarded ? senders.forward(message.envelope.from) : message.envelope.from;
    const envelope = { ...message.envelope, from, to };
    const top = header.bytes();
    await queue.commit(envelope, whole(top, body), { id });
    // The message is safe.
    const entry = freshEntry({ id, envelope, size: top.length + body.size, accepted: clock.now() });
    for (const due of firstAttempts(entry, abroad)) runner.soon(entry, due);
    // The first try is waited for only so that who hears 250 finds the mail.
    if (here.length > 0)
      await runner.now(entry, { ...IN_MAILBOXES, id, at: entry.accepted, recipients: here }, FRESH);
  }
}

/** All mailboxes here at once, whatever the domains. */
const IN_MAILBOXES = { type: 'attempt', destination: '' } as const;
const FRESH = { fresh: true };

function wantsReport({ to }: Envelope): boolean {
  return to.some(({ notify }) => notify?.includes('SUCCESS'));
}

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
