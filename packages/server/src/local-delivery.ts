/** Messages into the mailboxes here: one by itself, or out of the queue, where it never comes twice. */
import { formatPath, type ReversePath } from '@postino/address';
import { nameFor, QuotaError } from '@postino/maildir';
import { deliveryHeaders, type DeliveryHeader, type HeaderBlock } from '@postino/message';
import {
  timeOfQueueId,
  type Queue,
  type QueueEntry,
  type QueueId,
  type Spooled,
} from '@postino/queue';
import { merge, type Route, type Router, type Target } from '@postino/router';
import { encodeUtf8, type Reply } from '@postino/wire';
import type { Attempted } from './attempted.ts';
import type { Clock } from './clock.ts';
import type { Logger } from './log.ts';
import type { Mailboxes } from './mailboxes.ts';
import type { SenderRewriting } from './sender-rewriting.ts';
import { quotaReply } from './smtp-replies.ts';
import { bare, mailDate } from './trace.ts';

/** A mailbox here, and the recipients that led to it. */
export type LocalTarget = Extract<Target, { readonly type: 'local' }>;

export interface LocalDeliveryOptions {
  /** The last part of the names of messages. */
  readonly hostname: string;
  readonly queue: Pick<Queue, 'read'>;
  readonly mailboxes: Mailboxes;
  /** Asked again for what waits in the queue: it may have waited for long. */
  readonly router: Pick<Router, 'route'>;
  readonly senders: SenderRewriting;
  /** Those that are put on top of each message. */
  readonly deliveryHeaders: readonly DeliveryHeader[];
  readonly clock: Clock;
  readonly log: Logger;
}

/** RFC 3463 §3.3. */
const DELIVERED: Reply = { code: 250, status: '2.1.5', text: 'Delivered to the mailbox' };
/** RFC 3463 §3.4. */
const TROUBLE: Reply = { code: 451, status: '4.3.0', text: 'The mailbox cannot be written to now' };
/** RFC 3463 §3.5: an alias that led here leads abroad now. */
const MOVED: Reply = { code: 451, status: '4.4.0', text: 'No mailbox here takes this any more' };

export class LocalDelivery {
  readonly #options: LocalDeliveryOptions;
  /** The last attempt at each entry that is under way. */
  readonly #turns = new Map<QueueId, Promise<Attempted[]>>();

  constructor(options: LocalDeliveryOptions) {
    this.#options = options;
  }

  /** Delivers a message that is not in the queue. Rejects with Node's errors, and has kept nothing. */
  async direct(
    target: LocalTarget,
    { from, header, body }: { from: ReversePath; header: HeaderBlock; body: Spooled },
  ): Promise<void> {
    const mailbox = await this.#options.mailboxes.of(target.user);
    const prefix = header.prepend(this.#fieldsFor(target, from)).bytes();
    await mailbox.deliver(body.read(), { prefix });
  }

  /**
   * Delivers to recipients of the queue's entry, one attempt after the other, so that each mailbox has it once. `fresh`:
   * no process has tried it before.
   */
  attempt(
    entry: QueueEntry,
    recipients: readonly number[],
    { fresh }: { readonly fresh: boolean },
  ): Promise<Attempted[]> {
    const { id } = entry;
    const before = this.#turns.get(id);
    const turn = Promise.resolve(before)
      .then(() => this.#attempt(entry, recipients, fresh && !before))
      .finally(() => {
        if (this.#turns.get(id) === turn) this.#turns.delete(id);
      });
    this.#turns.set(id, turn);
    return turn;
  }

  async #attempt(
    entry: QueueEntry,
    recipients: readonly number[],
    fresh: boolean,
  ): Promise<Attempted[]> {
    const { router } = this.#options;
    const addresses = recipients.map((index) => entry.envelope.to[index]!.address);
    const routes = await Promise.all(addresses.map((address) => router.route(address)));
    const replies = new Map<string, Reply>();
    for (const target of localTargets(routes))
      replies.set(target.user, await this.#deliver(target, entry, fresh));
    return routes.map((route, n) => ({ recipient: recipients[n]!, ...resultOf(route, replies) }));
  }

  /** `DELIVERED` when the mailbox has the message now. Its name there is made from the id, so that it never comes twice. */
  async #deliver(
    target: LocalTarget,
    { id, envelope }: QueueEntry,
    fresh: boolean,
  ): Promise<Reply> {
    const { queue, mailboxes, hostname, log } = this.#options;
    const { user } = target;
    const name = nameFor(timeOfQueueId(id), `${id} ${user}`, hostname);
    const prefix = encodeUtf8(this.#fieldsFor(target, envelope.from));
    try {
      await (await mailboxes.of(user)).deliver(queue.read(id), { prefix, name, fresh });
      return DELIVERED;
    } catch (error) {
      if (error instanceof QuotaError) return quotaReply(error);
      log.error({ err: error, id, user }, 'not delivered');
      return TROUBLE;
    }
  }

  #fieldsFor({ original }: LocalTarget, from: ReversePath): string {
    const { senders, clock, deliveryHeaders: only } = this.#options;
    return deliveryHeaders({
      // The queue has it as it goes abroad.
      returnPath: formatPath(senders.reverse(from) ?? from),
      envelopeTo: original.map(bare),
      date: mailDate(clock.now()),
      only,
    });
  }
}

/** The mailboxes that the routes lead to, each once. */
export function localTargets(routes: readonly Route[]): LocalTarget[] {
  return merge(routes).filter((target) => target.type === 'local');
}

function resultOf(route: Route, replies: ReadonlyMap<string, Reply>): Omit<Attempted, 'recipient'> {
  if (route.type === 'refuse') return { status: 'failed', reply: route.reply };
  if (route.type === 'defer') return { status: 'deferred', reply: route.reply };
  const users = route.targets.flatMap((target) => (target.type === 'local' ? [target.user] : []));
  if (users.length === 0 && route.targets.length > 0) return { status: 'deferred', reply: MOVED };
  const objections = users.map((user) => replies.get(user)!).filter((one) => one !== DELIVERED);
  // What may still come in is waited for.
  const reply = objections.find(({ code }) => code < 500) ?? objections[0];
  if (!reply) return { status: 'delivered', reply: DELIVERED, success: 'delivered' };
  return { status: reply.code < 500 ? 'deferred' : 'failed', reply };
}
