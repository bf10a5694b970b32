/** Sees to it that what is due in the queue is done: when it is due, once at a time, and bounded side by side. */
import { domainToAscii, type ForwardPath } from '@postino/address';
import type { Due, DueAttempt, Queue, QueueEntry } from '@postino/queue';
import type { Clock } from './clock.ts';
import { Lanes, type LaneLimits } from './lanes.ts';
import type { Logger } from './log.ts';

/** Milliseconds for which the queue does not name again what was begun: longer than attempts take. Our choice. */
const LEASE = 3_600_000;
/** Milliseconds until the queue is looked at again when that failed. Our choice. */
const LOOK_AGAIN = 60_000;
/** The lane of the mailboxes here. */
const LOCAL = '';

/** Does what is due. */
export interface Worker {
  isLocal(address: ForwardPath): boolean;
  /** Rejects when nothing could be recorded. */
  work(entry: QueueEntry, due: Due, options: WorkOptions): Promise<WorkDone>;
}

export interface WorkDone {
  /** When more will be due because of this; null: no sooner than was known. */
  readonly next: number | null;
  /** Whether the destination was reached at all. */
  readonly answered: boolean;
}

export interface WorkOptions {
  /** No process has tried it before. */
  readonly fresh: boolean;
}

export interface QueueRunnerOptions {
  readonly queue: Pick<Queue, 'due' | 'entry' | 'nextDue'>;
  readonly worker: Worker;
  readonly clock: Clock;
  readonly limits: LaneLimits;
  /** It takes all mail for abroad, which makes that one destination; default none. */
  readonly smarthost?: string | null;
  readonly log: Logger;
}

export class QueueRunner {
  readonly #options: QueueRunnerOptions;
  readonly #lanes: Lanes;
  readonly #underWay = new Map<string, Promise<boolean>>();
  /** What has no place yet. */
  readonly #waiting = new Set<string>();
  /** What had its place while its entry was held: leased, so the queue does not name it again for long. */
  readonly #passedOver = new Map<string, Due>();
  #alarm: { readonly time: number; readonly cancel: () => void } | null = null;
  #sweeping: Promise<void> | null = null;
  #closed = false;

  constructor(options: QueueRunnerOptions) {
    this.#options = options;
    this.#lanes = new Lanes(options.limits);
  }

  /** Begins with what an earlier process left; resolves when all of it that is for mailboxes here was tried. */
  async start(): Promise<void> {
    const { queue, clock, worker } = this.#options;
    const due = await queue.due(clock.now());
    const entries = await this.#entries(due);
    for (const item of due) {
      const entry = entries.get(item.id);
      if (entry && isForHere(entry, item, worker)) await this.now(entry, item);
    }
    await this.#sweep();
  }

  /** Does something now, whatever else is under way; gives whether the destination answered. */
  now(entry: QueueEntry, due: Due, options: WorkOptions = { fresh: false }): Promise<boolean> {
    const name = nameOf(due);
    const known = this.#underWay.get(name);
    if (known) return known;
    const work = this.#work(entry, due, options).finally(() => this.#underWay.delete(name));
    this.#underWay.set(name, work);
    return work;
  }

  /** Does something when there is room for it. */
  soon(entry: QueueEntry, due: Due): void {
    const name = nameOf(due);
    if (this.#closed || this.#waiting.has(name) || this.#underWay.has(name)) return;
    this.#waiting.add(name);
    const job = (): Promise<boolean | null> => this.#nowIfWanted(due);
    const again = due.recipients.some((one) => entry.recipients[one]!.attempts > 0);
    const isAbroad = due.type === 'attempt' && !isForHere(entry, due, this.#options.worker);
    const lane = isAbroad ? (this.#options.smarthost ?? due.destination) : LOCAL;
    this.#lanes.add(lane, job, { again });
  }

  /** Looks for what has come to be due, by the clock or because somebody has changed the queue. */
  wake(): void {
    this.#wakeBy(this.#options.clock.now());
  }

  /** Resolves when what has begun is done; what has not waits in the queue. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#alarm?.cancel();
    await this.#sweeping;
    await this.#lanes.close();
    await Promise.all(this.#underWay.values());
  }

  /** Looks for what is due. */
  #sweep(): Promise<void> {
    const { log, clock } = this.#options;
    this.#sweeping ??= this.#look()
      .catch((error: unknown) => {
        log.error({ err: error }, 'the queue cannot be looked at');
        this.#wakeBy(clock.now() + LOOK_AGAIN);
      })
      .finally(() => (this.#sweeping = null));
    return this.#sweeping;
  }

  async #look(): Promise<void> {
    const { queue, clock } = this.#options;
    this.#alarm?.cancel();
    this.#alarm = null;
    const due = [...(await queue.due(clock.now(), { lease: LEASE })), ...this.#passedOver.values()];
    this.#passedOver.clear();
    const entries = await this.#entries(due);
    for (const item of due) {
      const entry = entries.get(item.id);
      if (entry?.held) this.#passedOver.set(nameOf(item), item);
      else if (entry) this.soon(entry, item);
    }
    const next = await queue.nextDue();
    if (next !== null) this.#wakeBy(next);
  }

  /** While it waited for its place, its entry may have been held or removed; null then. */
  async #nowIfWanted(due: Due): Promise<boolean | null> {
    const { queue, log } = this.#options;
    const entry = await queue.entry(due.id).catch((error: unknown) => {
      log.error({ err: error, id: due.id }, 'still in the queue');
      return null;
    });
    this.#waiting.delete(nameOf(due));
    if (entry?.held) this.#passedOver.set(nameOf(due), due);
    return entry && !entry.held ? this.now(entry, due) : null;
  }

  async #entries(due: readonly Due[]): Promise<Map<string, QueueEntry>> {
    const entries = new Map<string, QueueEntry>();
    for (const id of new Set(due.map((item) => item.id))) {
      const entry = await this.#options.queue.entry(id);
      if (entry) entries.set(id, entry);
    }
    return entries;
  }

  async #work(entry: QueueEntry, due: Due, options: WorkOptions): Promise<boolean> {
    const { worker, log } = this.#options;
    try {
      const { next, answered } = await worker.work(entry, due, options);
      if (next !== null) this.#wakeBy(next);
      return answered;
    } catch (error) {
      // It is leased, and comes again when the lease is over.
      log.error({ err: error, id: entry.id }, 'still in the queue');
      return true;
    }
  }

  #wakeBy(time: number): void {
    if (this.#closed || (this.#alarm && this.#alarm.time <= time)) return;
    this.#alarm?.cancel();
    const cancel = this.#options.clock.at(time, () => {
      this.#alarm = null;
      void this.#sweep();
    });
    this.#alarm = { time, cancel };
  }
}

function isForHere({ envelope }: QueueEntry, { type, recipients }: Due, worker: Worker): boolean {
  return type === 'attempt' && worker.isLocal(envelope.to[recipients[0]!]!.address);
}

function nameOf(due: Due): string {
  return `${due.id} ${due.type} ${due.type === 'warning' ? '' : due.destination}`;
}

/** The first attempts at these recipients of an entry, grouped as the queue does it: by the domain as the DNS takes it. */
export function firstAttempts(entry: QueueEntry, recipients: readonly number[]): DueAttempt[] {
  const { id, envelope, accepted: at } = entry;
  const groups = Map.groupBy(recipients, (one) => {
    const { domain } = envelope.to[one]!.address;
    return domainToAscii(domain) ?? domain.toLowerCase();
  });
  return [...groups].map(([destination, those]) => {
    return { type: 'attempt', id, at, destination, recipients: those };
  });
}
