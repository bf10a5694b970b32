/** All that sessions stand on, opened with the rights that the server keeps. */
import { join } from 'node:path';
import type { AliasLookup } from '@postino/router';
import { FileQueue, Spool } from '@postino/queue';
import { PasswdFile } from '@postino/passwd-md5';
import { AliasFile } from './alias-file.ts';
import type { Config } from './config/config.ts';
import { DiskRoom } from './disk-room.ts';
import { concerning } from './fault.ts';
import type { Logger } from './log.ts';
import { Logins } from './logins.ts';
import { Mailboxes } from './mailboxes.ts';
import type { Pop3Services } from './pop3-session.ts';
import { PostOffice } from './post-office.ts';
import { Routing } from './routing.ts';
import type { SmtpServices } from './smtp-session.ts';

export interface Services extends SmtpServices, Pop3Services {}

/** Opens files and folders; rejects with an error that names the one that is in the way. */
export async function openServices(config: Config, log: Logger): Promise<Services> {
  const { hostname, data_dir, limits } = config;
  const passwd = await concerning('users.passwd', PasswdFile.open(config.users.passwd));
  const router = await Routing.open(config, passwd, await openAliases(config, log));
  if (!(await router.hasPostmaster()))
    log.warn('mail for the postmaster has no mailbox here; give postmaster = "…" in [aliases]');
  const mailboxes = await concerning(
    'maildir.path',
    Mailboxes.open({ ...config.maildir, hostname }),
  );
  const queue = await concerning('data_dir', FileQueue.open(join(data_dir, 'queue')));
  for (const file of queue.damaged)
    log.error({ file }, 'this file in the queue cannot be read, and is left alone');
  const postOffice = new PostOffice({ hostname, queue, mailboxes, router, log });
  await postOffice.start();
  return {
    hostname,
    router,
    mailboxes,
    postOffice,
    logins: new Logins(passwd, { maxDelay: limits.guess_delay, log }),
    spool: await concerning('data_dir', Spool.open(join(data_dir, 'incoming'))),
    room: new DiskRoom([data_dir, mailboxes.folder], { reserve: limits.disk_reserve }),
    limits: { headerSize: limits.header_size, received: limits.received },
  };
}

function openAliases({ aliases }: Config, log: Logger): Promise<AliasLookup> | AliasLookup {
  if (aliases.file === null) return new Map<string, never>();
  const file = AliasFile.open(aliases.file, {
    onReload(faults) {
      log.info({ file: aliases.file }, 'aliases read again');
      for (const fault of faults)
        log.error({ file: aliases.file, ...fault }, 'alias at fault, its mail waits');
    },
  });
  return concerning('aliases.file', file);
}
