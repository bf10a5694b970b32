/** All that sessions stand on, opened with the rights that the server keeps. */
import { join } from 'node:path';
import { Delivery, type Dial } from '@postino/delivery';
import type { Resolver } from '@postino/dns';
import type { Router } from '@postino/router';
import { FileQueue, Spool } from '@postino/queue';
import { Accounts } from './accounts.ts';
import { Checks } from './checks/checks.ts';
import { Reachability } from './checks/reachability.ts';
import type { Clock } from './clock.ts';
import type { Count } from './count.ts';
import type { Config } from './config/config.ts';
import { DeliveryReports } from './delivery-reports.ts';
import { DiskRoom } from './disk-room.ts';
import { openSigner } from './dkim-signing.ts';
import { concerning } from './fault.ts';
import type { Logger } from './log.ts';
import { LocalDelivery } from './local-delivery.ts';
import { Logins } from './logins.ts';
import { Mailboxes } from './mailboxes.ts';
import { hasPostmaster, openRouter } from './open-router.ts';
import { deliveryOptions, Outgoing } from './outgoing.ts';
import type { Pop3Services } from './pop3-session.ts';
import { PostOffice } from './post-office.ts';
import { QueueRunner } from './queue-runner.ts';
import { QueueWorker } from './queue-worker.ts';
import { SenderRewriting } from './sender-rewriting.ts';
import { SendingLimiter } from './sending-limiter.ts';
import type { SmtpServices } from './smtp-session.ts';
import { Submission } from './submission.ts';

export interface Services extends SmtpServices, Pop3Services {}

/** What comes from outside and can be given in its place. */
export interface Ports {
  readonly log: Logger;
  readonly clock: Clock;
  /** With a cache that checks and deliveries share. */
  readonly resolver: Resolver;
  readonly dial: Dial;
  readonly count: Count;
}

/** Opens files and folders; rejects with an error that names the one that is in the way. */
export async function openServices(config: Config, ports: Ports): Promise<Services> {
  const { hostname, data_dir, limits, submission, local_domains } = config;
  const { log, clock, resolver, count } = ports;
  const accounts = await Accounts.open(config, log);
  const router = await openRouter(config, accounts, log);
  await warnOfPostmasters(config, router, log);
  const mailboxes = await openMailboxes(config);
  const senders = new SenderRewriting(config.srs, clock);
  const limiter = new SendingLimiter({
    messages: limits.messages_per_hour,
    recipients: limits.recipients_per_hour,
  });
  const postOffice = await openPostOffice(config, { ...ports, router, mailboxes, senders });
  await postOffice.start();
  const reachability = new Reachability(config, { router, resolver });
  const checks = new Checks(config.checks, { hostname, resolver, reachability, count });
  return {
    hostname,
    router,
    mailboxes,
    postOffice,
    senders,
    clock,
    count,
    submission: new Submission({
      hostname,
      domain: local_domains[0] ?? hostname,
      bindSender: submission.bind_sender,
      verifyRecipients: submission.verify_recipients,
      checks,
      reachability,
      limiter,
      router,
      clock,
    }),
    hideClient: submission.hide_client,
    checks,
    logins: new Logins(accounts, { maxDelay: limits.guess_delay, count }),
    spool: await concerning('data_dir', Spool.open(join(data_dir, 'incoming'))),
    room: new DiskRoom([data_dir, ...mailboxes.folders], { reserve: limits.disk_reserve }),
    limits: { headerSize: limits.header_size, received: limits.received },
  };
}

async function warnOfPostmasters(config: Config, router: Router, log: Logger): Promise<void> {
  if (!(await hasPostmaster(router, '')))
    log.warn('mail for the postmaster has no mailbox here; give postmaster = "…" in [aliases]');
  for (const { domain } of config.domains)
    if (!(await hasPostmaster(router, domain)))
      log.warn({ domain }, 'mail for its postmaster has no mailbox here; give postmaster = "…"');
}

function openMailboxes({ hostname, maildir, domains }: Config): Promise<Mailboxes> {
  const own = domains.filter(({ passwd }) => passwd !== null);
  const paths = new Map(own.map(({ domain, maildir: path }) => [domain, path]));
  return concerning('maildir.path', Mailboxes.open({ ...maildir, hostname, domains: paths }));
}

interface Deliverers extends Ports {
  readonly router: Router;
  readonly mailboxes: Mailboxes;
  readonly senders: SenderRewriting;
}

async function openPostOffice(config: Config, ports: Deliverers): Promise<PostOffice> {
  const { hostname, outbound, data_dir } = config;
  const { log, clock, resolver, dial } = ports;
  const now = (): number => clock.now();
  const signer = await openSigner(config);
  const queue = await concerning(
    'data_dir',
    FileQueue.open(join(data_dir, 'queue'), { now, warnAfter: config.queue.warn_after }),
  );
  for (const file of queue.damaged)
    log.error({ file }, 'this file in the queue cannot be read, and is left alone');
  const delivery = new Delivery({ ...deliveryOptions(config), resolver, dial, now });
  const local = new LocalDelivery({
    ...ports,
    hostname,
    queue,
    deliveryHeaders: config.maildir.delivery_headers,
  });
  const outgoing = new Outgoing({ queue, delivery, signer, log });
  const reports = new DeliveryReports({ ...ports, hostname, queue });
  const { retry } = outbound;
  const smarthost = outbound.smarthost && JSON.stringify(outbound.smarthost);
  const worker = new QueueWorker({ ...ports, queue, local, outgoing, reports, retry });
  const { attempts: total, attempts_per_destination: perLane } = config.queue;
  const limits = { total, perLane };
  const runner = new QueueRunner({ queue, worker, clock, limits, smarthost, log });
  return new PostOffice({ ...ports, queue, runner, local, outgoing, reports });
}
