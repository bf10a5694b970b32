/** One piece of the queue's work: an attempt with what follows from it, or a warning to the sender. */
import { formatPath, type ForwardPath } from '@postino/address';
import {
  nextAttempt,
  type Due,
  type Outcome,
  type Queue,
  type QueueEntry,
  type RetryRule,
} from '@postino/queue';
import type { Attempted } from './attempted.ts';
import type { Clock } from './clock.ts';
import type { Count } from './count.ts';
import type { DeliveryReports, Told } from './delivery-reports.ts';
import type { LocalDelivery } from './local-delivery.ts';
import type { Logger } from './log.ts';
import type { Outgoing } from './outgoing.ts';
import type { WorkDone, Worker, WorkOptions } from './queue-runner.ts';
import type { Router } from '@postino/router';

export interface QueueWorkerOptions {
  readonly queue: Queue;
  readonly router: Pick<Router, 'isLocal'>;
  readonly local: LocalDelivery;
  readonly outgoing: Outgoing;
  readonly reports: DeliveryReports;
  readonly retry: RetryRule;
  readonly clock: Clock;
  readonly log: Logger;
  readonly count: Count;
}

/** What is written down of a recipient, and what its sender hears. */
interface Conclusion {
  readonly outcome: Outcome;
  readonly told: Told | null;
}

export class QueueWorker implements Worker {
  readonly #options: QueueWorkerOptions;

  constructor(options: QueueWorkerOptions) {
    this.#options = options;
  }

  isLocal(address: ForwardPath): boolean {
    return this.#options.router.isLocal(address);
  }

  async work(entry: QueueEntry, due: Due, options: WorkOptions): Promise<WorkDone> {
    if (due.type === 'warning')
      return { next: await this.#warn(entry, due.recipients), answered: true };
    const [first] = due.recipients;
    const { local, outgoing } = this.#options;
    const attempted = this.isLocal(entry.envelope.to[first!]!.address)
      ? await local.attempt(entry, due.recipients, options)
      : await outgoing.attempt(entry, due.recipients);
    const conclusions = attempted.map((one) => this.#conclude(entry, one));
    const answered = !attempted.every(isSilence);
    return { next: await this.#record(entry, conclusions), answered };
  }

  #warn(entry: QueueEntry, recipients: readonly number[]): Promise<number | null> {
    const { retry } = this.#options;
    const retryUntil = entry.accepted + retry.at(-1)!.until;
    return this.#record(
      entry,
      recipients.map((recipient) => {
        const { reply, host } = entry.recipients[recipient]!;
        const told: Told = { recipient, action: 'delayed', reply, host, retryUntil };
        return { outcome: { recipient, status: 'warned' }, told };
      }),
    );
  }

  /** Gives when more is due: now, where a report was committed. */
  async #record(entry: QueueEntry, conclusions: readonly Conclusion[]): Promise<number | null> {
    if (conclusions.length === 0) return null;
    const { queue, reports, clock, log } = this.#options;
    const told = conclusions.flatMap((one) => one.told ?? []);
    const report = await reports.write(entry, told);
    const outcomes = conclusions.map(({ outcome }) => outcome);
    await queue.record(entry.id, outcomes, report ? { report } : {});
    for (const outcome of outcomes) this.#log(entry, outcome);
    if (report) log.info({ id: entry.id, report: report.id }, 'sender told');
    const times = outcomes.map((one) => (one.status === 'deferred' ? one.next : Infinity));
    const next = report ? clock.now() : Math.min(...times);
    return next === Infinity ? null : next;
  }

  #conclude(entry: QueueEntry, attempted: Attempted): Conclusion {
    const { recipient, status, reply, host, success } = attempted;
    const said = { recipient, reply, ...(host === undefined ? {} : { host }) };
    if (status === 'delivered') {
      const told: Told | null = success ? { ...said, action: success } : null;
      return { outcome: { ...said, status }, told };
    }
    const next = status === 'deferred' ? this.#nextAttempt(entry, recipient) : null;
    if (next !== null) return { outcome: { ...said, status: 'deferred', next }, told: null };
    return { outcome: { ...said, status: 'failed' }, told: { ...said, action: 'failed' } };
  }

  #nextAttempt({ accepted, recipients }: QueueEntry, recipient: number): number | null {
    const { retry, clock } = this.#options;
    const { last, next } = recipients[recipient]!;
    return nextAttempt(retry, {
      arrived: accepted,
      last,
      next,
      now: clock.now(),
      random: Math.random,
    });
  }

  #log({ id, envelope }: QueueEntry, { recipient, ...outcome }: Outcome): void {
    const { address } = envelope.to[recipient]!;
    const { status } = outcome;
    const way = this.isLocal(address) ? 'local' : 'remote';
    if (status !== 'warned') this.#options.count('deliveries', { way, outcome: status });
    const to = formatPath(address);
    const level = status === 'delivered' ? 'info' : 'warn';
    this.#options.log[level]({ id, to, ...outcome }, status);
  }
}

/** No host gave a reply: it is our own. */
function isSilence({ status, host }: Attempted): boolean {
  return status === 'deferred' && host === undefined;
}
