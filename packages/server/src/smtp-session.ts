/** What the SMTP machine asks, answered by the router, the passwd file and the post office. One object a session. */
import {
  formatPath,
  isNullPath,
  isPostmaster,
  type EnvelopeRecipient,
  type ForwardPath,
  type ReversePath,
} from '@postino/address';
import { QuotaError } from '@postino/maildir';
import { newQueueId, type QueueId, type Spool } from '@postino/queue';
import type { Route, Router } from '@postino/router';
import type { SaslServer, SaslStep } from '@postino/sasl';
import type {
  Answer,
  AuthAnswer,
  MailParams,
  RcptParams,
  SmtpApp,
  SmtpContext,
} from '@postino/smtp-wire';
import type { Reply } from '@postino/wire';
import { acceptMessage, type AcceptanceServices } from './accept-message.ts';
import type { Checks } from './checks/checks.ts';
import type { ClientChecks } from './checks/client-checks.ts';
import { MessageChecks } from './checks/message-checks.ts';
import { reasonOf, type Count } from './count.ts';
import { codeOf } from './fault.ts';
import { IncomingMessage, type IncomingLimits } from './incoming-message.ts';
import type { Logger } from './log.ts';
import type { LoginOffer, Logins } from './logins.ts';
import type { SenderRewriting } from './sender-rewriting.ts';
import { quotaReply, SMTP_REPLIES as REPLIES } from './smtp-replies.ts';

/** Of a recipient that is taken. RFC 3463 §3.2. */
const TAKEN = '2.1';

/** What all sessions share. */
export interface SmtpServices extends AcceptanceServices {
  readonly router: Pick<Router, 'route' | 'isLocal'>;
  readonly senders: SenderRewriting;
  readonly logins: Logins;
  readonly checks: Checks;
  /** Where messages are while they come in. */
  readonly spool: Spool;
  readonly limits: IncomingLimits;
  readonly count: Count;
}

/** Of one listener. */
export interface SmtpSessionOptions {
  /** Whether it is for our own users alone. RFC 6409 §4.3. */
  readonly loginNeeded: boolean;
  readonly offer: LoginOffer;
  readonly log: Logger;
}

/** One message between MAIL and the reply to its content. */
interface Transaction {
  readonly from: ReversePath;
  readonly params: MailParams;
  readonly recipients: EnvelopeRecipient[];
  readonly routes: Route[];
  /** Null for who has logged in, and where nothing is to be checked. */
  readonly checks: MessageChecks | null;
}

export class SmtpSession implements SmtpApp {
  readonly #services: SmtpServices;
  readonly #loginNeeded: boolean;
  readonly #offer: LoginOffer;
  readonly #log: Logger;
  #client: ClientChecks | null = null;
  #mechanism = '';
  #exchange: SaslServer | null = null;
  #transaction: Transaction | null = null;
  #incoming: IncomingMessage | null = null;

  constructor(services: SmtpServices, { loginNeeded, offer, log }: SmtpSessionOptions) {
    this.#services = services;
    this.#loginNeeded = loginNeeded;
    this.#offer = offer;
    this.#log = log;
  }

  connect({ peer }: SmtpContext): void {
    this.#client = this.#services.checks.client(peer.address, this.#log);
  }

  async auth(
    mechanism: string,
    initial: Uint8Array | null,
    context: SmtpContext,
  ): Promise<AuthAnswer> {
    this.#mechanism = mechanism;
    this.#exchange = this.#services.logins.exchange(mechanism, context, this.#offer);
    return this.#answer(await this.#exchange.start(initial));
  }

  async authResponse(response: Uint8Array): Promise<AuthAnswer> {
    return this.#exchange
      ? this.#answer(await this.#exchange.step(response))
      : REPLIES.authUnavailable;
  }

  authCancelled(): void {
    this.#exchange = null;
  }

  mail(from: ReversePath, params: MailParams, context: SmtpContext): Answer | Promise<Answer> {
    const { user, hello } = context;
    if (this.#loginNeeded && user === undefined) return REPLIES.loginNeeded;
    const client = user === undefined ? this.#client : null;
    const checks = client && new MessageChecks(client, { from, hello: hello?.name ?? '' });
    this.#transaction = { from, params, recipients: [], routes: [], checks };
    const fits = this.#services.room.has(params.size ?? 0);
    if (fits === true && user === undefined) return;
    return this.#mayBegin(fits, from, user);
  }

  async rcpt(asked: ForwardPath, params: RcptParams, context: SmtpContext): Promise<Answer> {
    const { router, senders, count } = this.#services;
    const { from, recipients, routes } = this.#transaction!;
    // A bounce goes to the sender that we rewrote. Nobody else uses such an address, whose hash is short.
    const bounced = isNullPath(from) ? senders.reverse(asked) : null;
    const address = bounced ?? asked;
    const route = await router.route(address);
    const refusal = this.#judge(route, asked, context) ?? (await this.#checked(asked, context));
    count('recipients', { reason: refusal ? reasonOf(refusal) : TAKEN });
    if (refusal) {
      this.#log.info({ to: formatPath(asked), reply: refusal }, 'recipient refused');
      return refusal;
    }
    recipients.push({ ...params, address });
    routes.push(route);
  }

  async data(_how: 'DATA' | 'BDAT', { user }: SmtpContext): Promise<Answer> {
    const { spool, limits, submission } = this.#services;
    const refusal = user && submission.data(user, this.#transaction!.recipients.length);
    if (refusal) {
      this.#log.warn({ user }, 'sends too much');
      return refusal;
    }
    this.#incoming = new IncomingMessage(await spool.begin(), limits);
  }

  content(bytes: Uint8Array): Answer | Promise<Answer> {
    const seen = this.#transaction!.checks?.write(bytes);
    const kept = this.#incoming!.write(bytes);
    return seen ? seen.then(() => kept) : kept;
  }

  async message(size: number, context: SmtpContext): Promise<Reply> {
    const transaction = this.#transaction!;
    const id = newQueueId(this.#services.clock.now());
    const reply = await this.#accept(transaction, { id, size, context }).catch(ofDisk);
    this.reset();
    this.#services.count('messages', { reason: reasonOf(reply) });
    this.#log.info({ id, ...told(transaction), size, user: context.user, reply }, 'message');
    return reply;
  }

  reset(): void {
    const incoming = this.#incoming;
    this.#transaction?.checks?.abort();
    this.#incoming = null;
    this.#transaction = null;
    incoming?.abort().catch((error: unknown) => this.#log.error({ err: error }, 'spool'));
  }

  async #accept(transaction: Transaction, accepting: Accepting): Promise<Reply> {
    const ended = await this.#incoming!.end();
    if ('code' in ended) return ended;
    const { body } = ended;
    try {
      return await acceptMessage({ ...transaction, ...accepting, ...ended }, this.#services);
    } finally {
      await body.discard();
    }
  }

  async #mayBegin(
    fits: boolean | Promise<boolean>,
    from: ReversePath,
    user: string | undefined,
  ): Promise<Answer> {
    if (!(await fits)) return REPLIES.diskFull;
    if (user !== undefined) return this.#services.submission.mail(user, from);
  }

  /** What the checks say to client and sender, or to a login of its recipient. Whoever they refuse can still ask the postmaster why. RFC 5321 §4.5.1. */
  #checked(to: ForwardPath, { user }: SmtpContext): Promise<Reply | null> | null {
    if (user !== undefined) return this.#services.submission.rcpt(to);
    return isPostmaster(to) ? null : (this.#transaction!.checks?.refusal() ?? null);
  }

  #judge(route: Route, to: ForwardPath, { user }: SmtpContext): Reply | null {
    if (route.type !== 'deliver') {
      if (route.type === 'defer')
        this.#log.error({ err: route.cause, to: formatPath(to) }, 'routing');
      return route.reply;
    }
    const isRelay = !this.#services.router.isLocal(to);
    return isRelay && user === undefined ? REPLIES.relayDenied : null;
  }

  #answer(step: SaslStep): AuthAnswer {
    if (step.type === 'challenge') return { challenge: step.bytes };
    this.#exchange = null;
    if (step.type === 'success') return this.#loggedIn(this.#services.logins.userOf(step.user));
    if (step.reason === 'malformed') return REPLIES.authMalformed;
    if (step.reason === 'temporary') {
      this.#log.error({ err: step.cause }, 'passwords cannot be checked');
      return REPLIES.authUnavailable;
    }
    this.#log.warn('wrong password');
    return REPLIES.authWrong;
  }

  #loggedIn(user: string): AuthAnswer {
    this.#log.info({ user, mechanism: this.#mechanism }, 'logged in');
    return { user };
  }
}

interface Accepting {
  readonly id: QueueId;
  readonly size: number;
  readonly context: SmtpContext;
}

function told({ from, recipients }: Transaction): { from: string; to: string[] } {
  return { from: formatPath(from), to: recipients.map(({ address }) => formatPath(address)) };
}

/** A disk without room is not a fault of ours; all else is told as one. */
function ofDisk(error: unknown): Reply {
  if (error instanceof QuotaError) return quotaReply(error);
  if (['ENOSPC', 'EDQUOT'].includes(codeOf(error))) return REPLIES.diskFull;
  throw error;
}
