/** What senders are told: that a message failed, that it takes long, that it arrived. RFC 3464. */
import { randomBytes } from 'node:crypto';
import { formatPath, isNullPath } from '@postino/address';
import {
  deliveryReport,
  isReportDue,
  readHeader,
  type Action,
  type HeaderBlock,
  type ReportedRecipient,
} from '@postino/message';
import { newQueueId, type Queue, type QueueEntry, type Report } from '@postino/queue';
import type { Reply } from '@postino/wire';
import type { Clock } from './clock.ts';
import type { SenderRewriting } from './sender-rewriting.ts';
import { bare, mailDate } from './trace.ts';

/** Something to be told of one recipient. */
export interface Told {
  /** Its index in `envelope.to`. */
  readonly recipient: number;
  readonly action: Action;
  readonly reply?: Reply | undefined;
  /** The host that gave the reply. */
  readonly host?: string | undefined;
  /** In ms since 1970. */
  readonly retryUntil?: number | undefined;
}

export interface DeliveryReportsOptions {
  readonly hostname: string;
  readonly queue: Pick<Queue, 'read'>;
  readonly senders: SenderRewriting;
  readonly clock: Clock;
}

const NULL_PATH = { localPart: '', domain: '' };

export class DeliveryReports {
  readonly #options: DeliveryReportsOptions;

  constructor(options: DeliveryReportsOptions) {
    this.#options = options;
  }

  /** One report for all of an entry's recipients whose sender is to be told; null when nobody is. */
  async write(entry: QueueEntry, told: readonly Told[]): Promise<Report | null> {
    const { id, envelope } = entry;
    if (told.length === 0 || isNullPath(envelope.from)) return null;
    const header = await readHeader(this.#options.queue.read(id));
    const due = told.filter((one) => isDue(one, entry, header));
    return due.length === 0 ? null : this.#report(entry, due);
  }

  async #report(entry: QueueEntry, told: readonly Told[]): Promise<Report> {
    const { hostname, queue, senders, clock } = this.#options;
    const { id: about, envelope, size, accepted } = entry;
    const id = newQueueId(clock.now());
    const sender = senders.reverse(envelope.from) ?? envelope.from;
    const { body, smtpUtf8, content } = await deliveryReport({
      from: `Mail Delivery System <postmaster@${hostname}>`,
      reversePath: formatPath(sender),
      messageId: `<${id}@${hostname}>`,
      date: mailDate(clock.now()),
      boundary: randomBytes(16).toString('hex'),
      reportingMta: hostname,
      arrivalDate: mailDate(accepted),
      recipients: told.map((one) => this.#reported(entry, one)),
      envelope,
      message: { size, read: () => queue.read(about) },
    });
    const to = [{ address: sender, notify: ['NEVER'] as const }];
    return { id, envelope: { from: NULL_PATH, to, body, smtpUtf8 }, message: content };
  }

  #reported({ envelope }: QueueEntry, told: Told): ReportedRecipient {
    const { address, orcpt } = envelope.to[told.recipient]!;
    return {
      address: bare(address),
      orcpt,
      action: told.action,
      reply: told.reply,
      remoteMta: told.host,
      lastAttempt: mailDate(this.#options.clock.now()),
      retryUntil: told.retryUntil === undefined ? undefined : mailDate(told.retryUntil),
    };
  }
}

function isDue(
  { recipient, action }: Told,
  { envelope }: QueueEntry,
  header: HeaderBlock,
): boolean {
  const { notify } = envelope.to[recipient]!;
  return isReportDue(action, { reversePath: formatPath(envelope.from), notify, header });
}
