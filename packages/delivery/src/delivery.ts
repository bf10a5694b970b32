/** Sends messages to the hosts of their recipients, again and again; connections and what is known of hosts are kept. */
import type { Envelope } from '@postino/address';
import { envelopeFault } from '@postino/smtp-wire';
import { Connections } from './connections.ts';
import { destinationOf, groupsOf, type Destination } from './destinations.ts';
import { Job } from './job.ts';
import { walk } from './mx-walk.ts';
import {
  resolveOptions,
  type DeliveryOptions,
  type ResolvedOptions,
  type SendOptions,
} from './options.ts';
import { sideBySide } from './side-by-side.ts';
import type { OutgoingMessage, RecipientResult } from './types.ts';

export class Delivery {
  readonly #options: ResolvedOptions;
  readonly #connections: Connections;

  /** Throws a `TypeError` for an option that cannot be. */
  constructor(options: DeliveryOptions) {
    this.#options = resolveOptions(options);
    this.#connections = new Connections(this.#options);
  }

  /**
   * Sends a message: one result for each recipient, in the order of the envelope, whatever the world does. Rejects before
   * anything is sent: with a `TypeError` for an envelope that cannot be written, with what the signer rejects with.
   */
  async deliver(
    message: OutgoingMessage,
    envelope: Envelope,
    options: SendOptions = {},
  ): Promise<RecipientResult[]> {
    const fault = envelopeFault(envelope);
    if (fault) throw new TypeError(fault);
    const job = new Job(message, envelope, options);
    const { concurrency } = this.#options.limits;
    const destinations = await sideBySide(
      groupsOf(envelope.to, this.#options),
      concurrency,
      (group) => destinationOf(group, this.#options),
    );
    if (destinations.some(({ plan }) => plan.type === 'hosts')) await job.sign();
    const results = await sideBySide(lanesOf(destinations), concurrency, (lane) =>
      this.#serve(lane, job),
    );
    return results.flat().toSorted((one, other) => one.recipient - other.recipient);
  }

  /** Closes connections that have waited for `limits.idleTime`; to be called now and then with the time in ms. */
  expire(now: number = this.#options.now()): Promise<void> {
    return this.#connections.expire(now);
  }

  /** Closes all connections that wait; to be called when nothing is under way. */
  close(): Promise<void> {
    return this.#connections.close();
  }

  async #serve(lane: readonly Destination[], job: Job): Promise<RecipientResult[]> {
    const results: RecipientResult[] = [];
    for (const destination of lane) {
      const connections = this.#connections;
      results.push(...(await walk(destination, { job, connections, options: this.#options })));
    }
    return results;
  }
}

/** Destinations with the same best host go one after the other, over one connection where that can be. */
function lanesOf(destinations: readonly Destination[]): Destination[][] {
  const lanes = new Map<string, Destination[]>();
  for (const destination of destinations) {
    const { plan, domain } = destination;
    const best = plan.type === 'hosts' ? `host ${plan.hosts[0]?.name}` : `domain ${domain}`;
    const lane = lanes.get(best);
    if (lane) lane.push(destination);
    else lanes.set(best, [destination]);
  }
  return [...lanes.values()];
}
