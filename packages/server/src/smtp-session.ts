/** What the SMTP machine asks, answered by the router, the passwd file and the post office. One object a session. */
import {
  formatPath,
  sameDomain,
  type EnvelopeRecipient,
  type ForwardPath,
  type ReversePath,
} from '@postino/address';
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
import type { DiskRoom } from './disk-room.ts';
import { codeOf } from './fault.ts';
import { IncomingMessage, type IncomingLimits } from './incoming-message.ts';
import type { Logger } from './log.ts';
import type { Logins } from './logins.ts';
import { localTargets, type PostOffice } from './post-office.ts';
import { SMTP_REPLIES as REPLIES } from './smtp-replies.ts';
import { traced } from './trace.ts';

/** What all sessions share. */
export interface SmtpServices {
  readonly hostname: string;
  readonly router: Pick<Router, 'route'>;
  readonly logins: Logins;
  /** Where messages are while they come in. */
  readonly spool: Spool;
  readonly room: DiskRoom;
  readonly postOffice: PostOffice;
  readonly limits: IncomingLimits;
}

/** One message between MAIL and the reply to its content. */
interface Transaction {
  readonly from: ReversePath;
  readonly params: MailParams;
  readonly recipients: EnvelopeRecipient[];
  readonly routes: Route[];
}

export class SmtpSession implements SmtpApp {
  readonly #services: SmtpServices;
  readonly #log: Logger;
  #exchange: SaslServer | null = null;
  #transaction: Transaction | null = null;
  #incoming: IncomingMessage | null = null;

  constructor(services: SmtpServices, log: Logger) {
    this.#services = services;
    this.#log = log;
  }

  async auth(
    mechanism: string,
    initial: Uint8Array | null,
    context: SmtpContext,
  ): Promise<AuthAnswer> {
    this.#exchange = this.#services.logins.exchange(mechanism, context);
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

  mail(from: ReversePath, params: MailParams): Answer | Promise<Answer> {
    this.#transaction = { from, params, recipients: [], routes: [] };
    const fits = this.#services.room.has(params.size ?? 0);
    return fits === true ? undefined : this.#ifRoom(fits);
  }

  async rcpt(address: ForwardPath, params: RcptParams, context: SmtpContext): Promise<Answer> {
    const route = await this.#services.router.route(address);
    const refusal = this.#judge(route, address, context);
    if (refusal) {
      this.#log.info({ to: formatPath(address), reply: refusal }, 'recipient refused');
      return refusal;
    }
    this.#transaction!.recipients.push({ address, ...params });
    this.#transaction!.routes.push(route);
  }

  async data(): Promise<Answer> {
    const { spool, limits } = this.#services;
    this.#incoming = new IncomingMessage(await spool.begin(), limits);
  }

  content(bytes: Uint8Array): Answer | Promise<Answer> {
    return this.#incoming!.write(bytes);
  }

  async message(size: number, context: SmtpContext): Promise<Reply> {
    const transaction = this.#transaction!;
    const id = newQueueId();
    const reply = await this.#accept(transaction, { id, size, context }).catch(ofDisk);
    this.reset();
    this.#log.info({ id, ...told(transaction), size, user: context.user, reply }, 'message');
    return reply;
  }

  reset(): void {
    const incoming = this.#incoming;
    this.#incoming = null;
    this.#transaction = null;
    incoming?.abort().catch((error: unknown) => this.#log.error({ err: error }, 'spool'));
  }

  async #accept(transaction: Transaction, { id, size, context }: Accepting): Promise<Reply> {
    const ended = await this.#incoming!.end();
    if ('code' in ended) return ended;
    const { header, body } = ended;
    try {
      if (!(await this.#services.room.has(size))) return REPLIES.diskFull;
      const { from, recipients: to, routes } = transaction;
      const { hostname, postOffice } = this.#services;
      const top = traced(header, { ...transaction, hostname, id, context });
      const targets = localTargets(routes);
      await postOffice.accept({ id, from, to, targets, header: top, body });
      this.#services.room.taken(size * targets.length);
      return { code: 250, status: '2.0.0', text: `OK id=${id}` };
    } finally {
      await body.discard();
    }
  }

  async #ifRoom(fits: boolean | Promise<boolean>): Promise<Answer> {
    return (await fits) ? undefined : REPLIES.diskFull;
  }

  #judge(route: Route, to: ForwardPath, { user }: SmtpContext): Reply | null {
    if (route.type !== 'deliver') {
      if (route.type === 'defer')
        this.#log.error({ err: route.cause, to: formatPath(to) }, 'routing');
      return route.reply;
    }
    const abroad = route.targets.find((target) => target.type === 'remote');
    if (!abroad) return null;
    const isRelay = sameDomain(abroad.address.domain, to.domain);
    return isRelay && user === undefined ? REPLIES.relayDenied : REPLIES.outboundMissing;
  }

  #answer(step: SaslStep): AuthAnswer {
    if (step.type === 'challenge') return { challenge: step.bytes };
    this.#exchange = null;
    // Case does not count in the passwd file.
    if (step.type === 'success') return this.#loggedIn(step.user.toLowerCase());
    if (step.reason === 'malformed') return REPLIES.authMalformed;
    if (step.reason === 'temporary') {
      this.#log.error({ err: step.cause }, 'passwords cannot be checked');
      return REPLIES.authUnavailable;
    }
    this.#log.warn('wrong password');
    return REPLIES.authWrong;
  }

  #loggedIn(user: string): AuthAnswer {
    this.#log.info({ user }, 'logged in');
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
  if (['ENOSPC', 'EDQUOT'].includes(codeOf(error))) return REPLIES.diskFull;
  throw error;
}
