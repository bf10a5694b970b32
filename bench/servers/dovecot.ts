/** Dovecot as a daemon for POP3, over the Maildirs of a folder. */
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startDaemon, type Daemon } from './daemon.ts';

const DOVECOT = '/usr/sbin/dovecot';

/** Null where there is none, and where this process may not start one. All users of `mail/` have the one password. */
export async function startDovecot(
  folder: string,
  { password }: { readonly password: string },
): Promise<Daemon | null> {
  if (!existsSync(DOVECOT) || process.getuid?.() !== 0) return null;
  execFileSync('chown', ['-R', 'mail:mail', join(folder, 'mail')]);
  execFileSync('chmod', ['a+rx', folder]);
  const config = join(folder, 'dovecot.conf');
  return startDaemon(DOVECOT, (port) => {
    writeFileSync(config, configuration(folder, { port, password }));
    return ['-F', '-c', config];
  });
}

/** A login process serves many connections, which is its faster way; all else is as by default, but for TLS. */
function configuration(
  folder: string,
  { port, password }: { readonly port: number; readonly password: string },
): string {
  return `
base_dir = ${folder}/run
log_path = ${folder}/log
protocols = pop3
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
first_valid_uid = 1
first_valid_gid = 1
mail_uid = mail
mail_gid = mail
mail_location = maildir:${folder}/mail/%u
service pop3-login {
  service_count = 0
  inet_listener pop3 {
    port = ${port}
  }
  inet_listener pop3s {
    port = 0
  }
}
passdb {
  driver = static
  args = password=${password}
}
userdb {
  driver = static
  args = home=${folder}/mail/%u
}
`;
}
