/** Where an operator asks about the queue, and changes it: the same for a running server and for one that stands still. */
import { formatPath } from '@postino/address';
import { readHeader } from '@postino/message';
import type { Queue, QueueEntry, QueueId } from '@postino/queue';
import type { Reply } from '@postino/wire';
import type { Clock } from '../clock.ts';
import type { DeliveryReports } from '../delivery-reports.ts';
import type { Logger } from '../log.ts';
import type { QueueAnswer } from './queue-answer.ts';
import type { ChangeRequest, QueueRequest, Selection } from './queue-request.ts';

export interface QueueDeskOptions {
  readonly queue: Queue;
  readonly reports: Pick<DeliveryReports, 'write'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
  /** Called when something may be due that was not before. */
  readonly changed: () => void;
}

/** What senders hear of messages that were removed. RFC 3463 §3.1. */
const REMOVED: Reply = { code: 550, status: '5.0.0', text: 'Removed by the postmaster' };

export class QueueDesk {
  readonly #options: QueueDeskOptions;

  constructor(options: QueueDeskOptions) {
    this.#options = options;
  }

  /** Answers a request, piece by piece. Rejects when the disk does. */
  async *perform(request: QueueRequest): AsyncGenerator<QueueAnswer, void, undefined> {
    if (request.type === 'list') yield* this.#list(request.select);
    else if (request.type === 'show') yield this.#show(request.id);
    else if (request.type === 'message') yield* this.#message(request.id);
    else yield* this.#changeAll(request);
  }

  async *#list(select: Selection): AsyncGenerator<QueueAnswer, void, undefined> {
    const { entries, missing } = await this.#selected(select);
    for (const id of missing) yield { type: 'missing', id };
    for (const entry of entries) yield { type: 'entry', entry };
  }

  async *#changeAll(request: ChangeRequest): AsyncGenerator<QueueAnswer, void, undefined> {
    const { entries, missing } = await this.#selected(request.select);
    const { length } = entries;
    for (const id of missing) yield { type: 'missing', id };
    if (request.type === 'remove' && length > (request.atMost ?? Infinity))
      yield { type: 'refused', reason: `${length} messages would go; if so, add --yes` };
    else for (const entry of entries) yield this.#change(entry, request);
  }

  async #show(id: QueueId): Promise<QueueAnswer> {
    const { queue } = this.#options;
    const entry = await queue.entry(id);
    if (!entry) return { type: 'missing', id };
    const history = await queue.history(id);
    const header = Buffer.from((await readHeader(queue.read(id))).bytes()).toString();
    return { type: 'shown', entry, history, header };
  }

  async *#message(id: QueueId): AsyncGenerator<QueueAnswer, void, undefined> {
    const { queue } = this.#options;
    if (await queue.entry(id))
      for await (const piece of queue.read(id))
        yield { type: 'content', base64: Buffer.from(piece).toString('base64') };
    else yield { type: 'missing', id };
  }

  async #change(entry: QueueEntry, request: ChangeRequest): Promise<QueueAnswer> {
    const { queue, log, changed } = this.#options;
    const { id } = entry;
    const report = request.type === 'remove' && request.bounce ? await this.#bounce(entry) : null;
    // Where the bounce has taken the entry along, nothing happens here.
    await queue[request.type](id);
    log.info({ id, ...(report !== null && { report }) }, `operator: ${request.type}`);
    changed();
    return { type: 'done', id, ...(report !== null && { report }) };
  }

  /** All that waits fails, in one commit with the report; null: nobody is to be told. */
  async #bounce(entry: QueueEntry): Promise<QueueId | null> {
    const { queue, reports } = this.#options;
    const failed = entry.pending.map((recipient) => ({ recipient, reply: REMOVED }));
    const report = await reports.write(
      entry,
      failed.map((one) => ({ ...one, action: 'failed' })),
    );
    await queue.record(
      entry.id,
      failed.map((one) => ({ ...one, status: 'failed' })),
      report ? { report } : {},
    );
    return report?.id ?? null;
  }

  async #selected(select: Selection): Promise<{ entries: QueueEntry[]; missing: QueueId[] }> {
    const { queue, clock } = this.#options;
    const fits = (entry: QueueEntry): boolean => isSelected(entry, select, clock.now());
    if (!select.ids) return { entries: (await queue.entries()).filter(fits), missing: [] };
    const ids = [...new Set(select.ids)];
    const found = await Promise.all(ids.map((id) => queue.entry(id)));
    const entries = found.filter((entry) => entry !== null);
    return { entries: entries.filter(fits), missing: ids.filter((_, index) => !found[index]) };
  }
}

function isSelected(
  { accepted, held, envelope, pending }: QueueEntry,
  { held: onlyHeld, recipient = '', sender = '', older = 0 }: Selection,
  now: number,
): boolean {
  return (
    (held || !onlyHeld) &&
    now - accepted >= older &&
    hasPart(formatPath(envelope.from), sender) &&
    pending.some((index) => hasPart(formatPath(envelope.to[index]!.address), recipient))
  );
}

function hasPart(path: string, part: string): boolean {
  return path.toLowerCase().includes(part.toLowerCase());
}
