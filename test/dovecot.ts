/** Dovecot as a POP3 server on a port of its own, with one user and a Maildir in a folder of the test's. */
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { listening } from './listening-program.ts';

/** Who may log in. */
export const DOVECOT_LOGIN = { user: 'ale', password: 'correct horse' };

export interface Identity {
  readonly certificate: string;
  readonly key: string;
}

export class Dovecot {
  readonly port: number;
  readonly #box: string;

  private constructor(port: number, box: string) {
    this.port = port;
    this.#box = box;
  }

  /** Runs until the test ends; with a certificate and its key it offers STLS. The messages have CRLF, and come in this order. */
  static async start(
    context: TestContext,
    messages: readonly string[],
    identity: Identity | null = null,
  ): Promise<Dovecot> {
    const folder = mkdtempSync(join(tmpdir(), 'dovecot-'));
    context.after(() => rmSync(folder, { recursive: true, force: true }));
    chmodSync(folder, 0o755);
    const box = join(folder, 'box');
    for (const part of ['', 'new', 'cur', 'tmp']) mkdirSync(join(box, part));
    messages.forEach((text, index) => {
      const name = join(box, 'new', `${1_700_000_000 + index}.M${index}P1.client.example`);
      writeFileSync(name, text.replaceAll('\r\n', '\n'), 'latin1');
    });
    if (identity) writeFileSync(join(folder, 'tls.pem'), identity.key + identity.certificate);
    const { user, password } = DOVECOT_LOGIN;
    writeFileSync(join(folder, 'passwd'), `${user}:{PLAIN}${password}::::::\n`);
    if (isRoot()) execFileSync('chown', ['-R', 'Debian-exim', box]);
    const config = join(folder, 'dovecot.conf');
    const port = await listening(context, (free) => {
      writeFileSync(config, configuration(folder, { port: free, tls: identity !== null }));
      return spawn('dovecot', ['-F', '-c', config], { stdio: 'ignore' });
    });
    return new Dovecot(port, box);
  }

  /** How many messages there are. */
  get kept(): number {
    return ['new', 'cur'].flatMap((part) => readdirSync(join(this.#box, part))).length;
  }
}

function configuration(
  folder: string,
  { port, tls }: { readonly port: number; readonly tls: boolean },
): string {
  const user = isRoot() ? 'Debian-exim' : nameOf('-un');
  const group = isRoot() ? 'Debian-exim' : nameOf('-gn');
  return `
base_dir = ${folder}/run
log_path = ${folder}/log
protocols = pop3
ssl = ${tls ? 'yes' : 'no'}
${tls ? `ssl_cert = <${folder}/tls.pem\nssl_key = <${folder}/tls.pem` : ''}
disable_plaintext_auth = ${tls ? 'yes' : 'no'}
auth_mechanisms = plain login scram-sha-256
auth_failure_delay = 0
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:${folder}/box
${isRoot() ? '' : `default_login_user = ${user}\ndefault_internal_user = ${user}\ndefault_internal_group = ${group}`}
passdb {
  driver = passwd-file
  args = ${folder}/passwd
}
userdb {
  driver = static
  args = uid=${user} gid=${group} home=${folder}
}
service pop3-login {
  chroot =
  inet_listener pop3 {
    address = 127.0.0.1
    port = ${port}
  }
  inet_listener pop3s {
    port = 0
  }
}
service anvil {
  chroot =
}
`;
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function nameOf(option: '-un' | '-gn'): string {
  return execFileSync('id', [option], { encoding: 'utf8' }).trim();
}
