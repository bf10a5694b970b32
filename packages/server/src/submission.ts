/** What holds for those who have logged in: how much they may send, in whose name, and what is mended. RFC 6409. */
import {
  isNullPath,
  parseAddressList,
  parseMailbox,
  type ForwardPath,
  type Path,
  type ReversePath,
} from '@postino/address';
import {
  fieldBody,
  mendSubmission,
  type HeaderBlock,
  type SubmissionFault,
} from '@postino/message';
import type { QueueId } from '@postino/queue';
import type { Router } from '@postino/router';
import type { Reply } from '@postino/wire';
import type { Checks } from './checks/checks.ts';
import type { Reachability } from './checks/reachability.ts';
import type { Clock } from './clock.ts';
import type { SendingLimiter } from './sending-limiter.ts';
import { SMTP_REPLIES as REPLIES } from './smtp-replies.ts';
import { mailDate } from './trace.ts';

export interface SubmissionOptions {
  readonly hostname: string;
  /** The domain of the users' own addresses. */
  readonly domain: string;
  /** Whether a login may send in its own names only. */
  readonly bindSender: boolean;
  /** Whether recipients abroad are refused where the DNS says that they take no mail. */
  readonly verifyRecipients: boolean;
  readonly limiter: SendingLimiter;
  readonly checks: Pick<Checks, 'ownSender'>;
  readonly reachability: Pick<Reachability, 'recipient'>;
  readonly router: Pick<Router, 'route'>;
  readonly clock: Clock;
}

export class Submission {
  readonly #options: SubmissionOptions;

  constructor(options: SubmissionOptions) {
    this.#options = options;
  }

  /** Whether the user may send from this path; a reply refuses it. */
  async mail(user: string, from: ReversePath): Promise<Reply | undefined> {
    // The null path is nobody's: receipts are sent from it. RFC 8098 §3.
    if (isNullPath(from)) return undefined;
    const { bindSender, checks } = this.#options;
    if (bindSender && !(await this.#owns(user, from))) return REPLIES.foreignSender;
    return (await checks.ownSender(from)) ?? undefined;
  }

  /** What is said of a recipient abroad; null where nothing is known against it, since its mail can wait. */
  async rcpt(to: ForwardPath): Promise<Reply | null> {
    const { verifyRecipients, reachability } = this.#options;
    const objection = verifyRecipients ? await reachability.recipient(to) : null;
    return objection?.type === 'refuse' ? objection.reply : null;
  }

  /** Whether the user may send a message more to so many. */
  data(user: string, recipients: number): Reply | undefined {
    const { limiter, clock } = this.#options;
    return limiter.take(user, recipients, clock.now()) ? undefined : REPLIES.sentTooMuch;
  }

  /** The header as it goes out, or the reply that refuses it. */
  async mend(
    header: HeaderBlock,
    { id, user }: { readonly id: QueueId; readonly user: string },
  ): Promise<HeaderBlock | Reply> {
    const { hostname, domain, bindSender, clock } = this.#options;
    const own = await this.#ownAmong(user, addressesNamed(header));
    const mended = mendSubmission(header, {
      date: mailDate(clock.now()),
      messageId: `<${id}@${hostname}>`,
      addresses: addressesIn,
      user: {
        address: user.includes('@') ? user : `${user}@${domain}`,
        owns: (address) => own.has(address),
        foreignFrom: bindSender ? 'refuse' : 'sender',
      },
    });
    return typeof mended === 'string' ? FAULTS[mended] : mended;
  }

  async #ownAmong(user: string, addresses: readonly string[]): Promise<ReadonlySet<string>> {
    const own = new Set<string>();
    for (const address of addresses) {
      const mailbox = parseMailbox(address, { smtputf8: true, singleLabel: true });
      if (mailbox && (await this.#owns(user, mailbox))) own.add(address);
    }
    return own;
  }

  /** An address is the user's when mail to it reaches the user's mailbox. */
  async #owns(user: string, address: Path): Promise<boolean> {
    const route = await this.#options.router.route(address);
    if (route.type !== 'deliver') return false;
    return route.targets.some((target) => target.type === 'local' && target.user === user);
  }
}

const FAULTS: Readonly<Record<SubmissionFault, Reply>> = {
  noFrom: REPLIES.noFrom,
  severalFrom: REPLIES.badFrom,
  malformedFrom: REPLIES.badFrom,
  foreignFrom: REPLIES.foreignSender,
};

function addressesNamed(header: HeaderBlock): string[] {
  const fields = ['From', 'Sender'].flatMap((name) => header.findAll(name));
  return fields.flatMap((field) => addressesIn(fieldBody(field)) ?? []);
}

function addressesIn(body: string): string[] | null {
  const list = parseAddressList(body);
  return (
    list &&
    list.flatMap((one) => ('group' in one ? one.group.map(({ address }) => address) : one.address))
  );
}
