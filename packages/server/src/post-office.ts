/**
 * Takes responsibility for messages. One durable commit accepts each: a single mailbox's own delivery, or the queue's;
 * what the queue has taken is delivered from there, again after a crash if need be, and never twice.
 */
import { formatPath, type EnvelopeRecipient, type ReversePath } from '@postino/address';
import { nameFor } from '@postino/maildir';
import { deliveryHeaders, type HeaderBlock } from '@postino/message';
import {
  timeOfQueueId,
  type Queue,
  type QueueEntry,
  type QueueId,
  type Spooled,
} from '@postino/queue';
import { merge, type Route, type Router, type Target } from '@postino/router';
import { encodeUtf8 } from '@postino/wire';
import type { Logger } from './log.ts';
import type { Mailboxes } from './mailboxes.ts';
import { bare, mailDate } from './trace.ts';

/** A mailbox here, and the recipients that led to it. */
export type LocalTarget = Extract<Target, { readonly type: 'local' }>;

export interface PostOfficeOptions {
  /** The last part of the names of messages. */
  readonly hostname: string;
  readonly queue: Queue;
  readonly mailboxes: Mailboxes;
  /** Asked again for what waits in the queue: it may have waited for long. */
  readonly router: Pick<Router, 'route'>;
  readonly log: Logger;
}

/** A message that was judged and is to be kept. */
export interface AcceptedMessage {
  readonly id: QueueId;
  readonly from: ReversePath;
  readonly to: readonly EnvelopeRecipient[];
  /** Where the recipients lead, each mailbox once. */
  readonly targets: readonly LocalTarget[];
  /** With our `Received` on top. */
  readonly header: HeaderBlock;
  readonly body: Spooled;
}

/** What of a queue's entry a delivery needs. */
type Waiting = Pick<QueueEntry, 'id' | 'envelope' | 'pending'>;

/** Milliseconds between two tries of what could not be delivered. Our choice. */
const RETRY_AFTER = 60_000;

export class PostOffice {
  readonly #options: PostOfficeOptions;
  readonly #underWay = new Map<QueueId, Promise<void>>();
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(options: PostOfficeOptions) {
    this.#options = options;
  }

  /** Delivers what an earlier process left, and from then on tries again what could not be delivered. */
  async start(): Promise<void> {
    await this.#sweep();
    this.#timer = setInterval(() => void this.#sweep(), RETRY_AFTER);
  }

  /** Resolves when what is under way is done. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer) clearInterval(this.#timer);
    await Promise.all(this.#underWay.values());
  }

  /**
   * Resolves when the message is on disk, whatever happens then. Rejects with Node's errors, and has kept nothing.
   * Without a target, since an alias may throw mail away, there is nothing to keep.
   */
  async accept(message: AcceptedMessage): Promise<void> {
    const { id, from, to, targets, header, body } = message;
    const [target, ...others] = targets;
    if (!target) return;
    const { queue, mailboxes } = this.#options;
    if (others.length === 0) {
      const prefix = header.prepend(fieldsFor(target, from)).bytes();
      await (await mailboxes.of(target.user)).deliver(body.read(), { prefix });
      return;
    }
    await queue.commit({ from, to }, whole(header, body), { id });
    // The message is safe. The first try is waited for only so that who hears 250 finds the mail.
    await this.#work({ id, envelope: { from, to }, pending: [...to.keys()] }, { fresh: true });
  }

  async #sweep(): Promise<void> {
    for (const entry of await this.#options.queue.entries()) {
      if (this.#closed) return;
      await this.#work(entry, { fresh: false });
    }
  }

  /** Tries an entry, unless that is being done already; never rejects. `fresh`: it was never tried before. */
  #work(entry: Waiting, options: { fresh: boolean }): Promise<void> {
    const { id } = entry;
    const known = this.#underWay.get(id);
    if (known) return known;
    const work = this.#try(entry, options)
      .catch((error: unknown) => this.#options.log.error({ err: error, id }, 'still in the queue'))
      .finally(() => this.#underWay.delete(id));
    this.#underWay.set(id, work);
    return work;
  }

  async #try({ id, envelope, pending }: Waiting, { fresh }: { fresh: boolean }): Promise<void> {
    const { queue, router } = this.#options;
    const recipients = pending.map((index) => ({ index, address: envelope.to[index]!.address }));
    const routes = await Promise.all(recipients.map(({ address }) => router.route(address)));
    const reached = new Set<string>();
    for (const target of localTargets(routes)) {
      const prefix = encodeUtf8(fieldsFor(target, envelope.from));
      if (await this.#deliver(target.user, id, { prefix, fresh })) reached.add(target.user);
    }
    for (const [n, { index, address }] of recipients.entries()) {
      if (isServed(routes[n]!, reached)) await queue.done(id, index);
      // Not done: telling the sender, where it cannot be delivered any more.
      else this.#options.log.warn({ id, to: formatPath(address) }, 'still in the queue');
    }
  }

  /** Whether the mailbox has the message now. Its name there is made from the id, so that it never comes twice. */
  async #deliver(
    user: string,
    id: QueueId,
    options: { prefix: Uint8Array; fresh: boolean },
  ): Promise<boolean> {
    const { queue, mailboxes, hostname, log } = this.#options;
    const name = nameFor(timeOfQueueId(id), `${id} ${user}`, hostname);
    try {
      await (await mailboxes.of(user)).deliver(queue.read(id), { ...options, name });
      return true;
    } catch (error) {
      log.error({ err: error, id, user }, 'not delivered');
      return false;
    }
  }
}

/** The mailboxes that the routes lead to, each once. */
export function localTargets(routes: readonly Route[]): LocalTarget[] {
  return merge(routes).filter((target) => target.type === 'local');
}

function isServed(route: Route, reached: ReadonlySet<string>): boolean {
  if (route.type !== 'deliver') return false;
  return route.targets.every((target) => target.type === 'local' && reached.has(target.user));
}

function fieldsFor({ original }: LocalTarget, from: ReversePath): string {
  return deliveryHeaders({
    returnPath: formatPath(from),
    envelopeTo: original.map(bare),
    date: mailDate(new Date()),
  });
}

async function* whole(header: HeaderBlock, body: Spooled): AsyncGenerator<Uint8Array> {
  yield header.bytes();
  yield* body.read();
}
