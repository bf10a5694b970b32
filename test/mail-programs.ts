/**
 * Dovecot, Exim and mutt on one Maildir, without any daemon: each runs to its end, with a configuration of its own in the
 * test's folder. Where the tests run as root, which Dovecot does not read mail as, they run as Exim's user.
 */
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

const NEEDED: readonly string[] = ['doveadm', '/usr/lib/dovecot/pop3', 'exim4', 'mutt', 'script'];

/** The programs that are not installed. */
export const missingPrograms: readonly string[] = NEEDED.filter(
  (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0,
);

export class MailPrograms {
  readonly #folder: string;
  readonly #user: { readonly uid: number; readonly gid: number };
  /** The Maildir. */
  readonly box: string;

  constructor(t: TestContext) {
    this.#folder = mkdtempSync(join(tmpdir(), 'postino-'));
    t.after(() => rmSync(this.#folder, { recursive: true, force: true }));
    this.box = join(this.#folder, 'box');
    this.#user = mailUser();
    chmodSync(this.#folder, 0o755);
    for (const name of ['box', 'run', 'spool']) this.#makeFolder(name);
    this.#write('dovecot.conf', dovecotConfig(this.#folder, this.#user));
    this.#write('exim.conf', eximConfig(this.#folder, this.#user));
    this.#write('muttrc', muttConfig(this.box));
  }

  doveadm(...parameters: readonly string[]): Promise<string> {
    return this.#run('doveadm', ['-c', join(this.#folder, 'dovecot.conf'), ...parameters]);
  }

  /** What Dovecot's POP3 server says to these commands. */
  pop3(...commands: readonly string[]): Promise<string> {
    const input = commands.map((command) => `${command}\r\n`).join('');
    // It wants pipes, and what Node gives are sockets.
    const command = `cat | /usr/lib/dovecot/pop3 -c ${join(this.#folder, 'dovecot.conf')} | cat`;
    return this.#run('sh', ['-c', command], input);
  }

  exim(message: string): Promise<string> {
    const config = join(this.#folder, 'exim.conf');
    const parameters = ['-C', config, '-odf', '-oi', '-f', 'ann@example.net', 'ale@exim.example'];
    return this.#run('exim4', parameters, message);
  }

  /** Presses these keys in the mailbox, on a terminal. */
  mutt(keys: string): Promise<string> {
    const command = `mutt -n -F ${join(this.#folder, 'muttrc')} -f ${this.box} -e 'push "${keys}"'`;
    // The end of its input would be a key too.
    return this.#run('script', ['-qec', command, '/dev/null'], null);
  }

  #makeFolder(name: string): void {
    const path = join(this.#folder, name);
    mkdirSync(path);
    chownSync(path, this.#user.uid, this.#user.gid);
    chmodSync(path, 0o777);
  }

  #write(name: string, text: string): void {
    writeFileSync(join(this.#folder, name), text);
  }

  #run(program: string, parameters: readonly string[], input: string | null = ''): Promise<string> {
    const env = { PATH: process.env['PATH'], TERM: 'xterm', USER: 'ale', HOME: this.#folder };
    return new Promise((resolve, reject) => {
      const child = execFile(
        program,
        parameters,
        { timeout: 60_000, env },
        (error, out, complaints) => {
          if (error) reject(new Error(`${program}: ${out}\n${complaints}`, { cause: error }));
          else resolve(out);
        },
      );
      if (input !== null) child.stdin!.end(input);
    });
  }
}

function mailUser(): { uid: number; gid: number } {
  const uid = process.getuid!();
  if (uid !== 0) return { uid, gid: process.getgid!() };
  return { uid: idOf('-u'), gid: idOf('-g') };
}

function dovecotConfig(folder: string, { uid, gid }: { uid: number; gid: number }): string {
  return `
base_dir = ${folder}/run
log_path = ${folder}/run/log
ssl = no
first_valid_uid = 1
first_valid_gid = 1
mail_uid = ${uid}
mail_gid = ${gid}
mail_location = maildir:${folder}/box
`;
}

function eximConfig(folder: string, { uid, gid }: { uid: number; gid: number }): string {
  return `
primary_hostname = exim.example
spool_directory = ${folder}/spool
log_file_path = ${folder}/spool/%slog
keep_environment =
begin routers
all:
  driver = accept
  transport = box
begin transports
box:
  driver = appendfile
  directory = ${folder}/box
  maildir_format
  return_path_add
  envelope_to_add
  delivery_date_add
  mode = 0666
  user = ${uid}
  group = ${gid}
`;
}

function muttConfig(box: string): string {
  return `
set spoolfile = "${box}" mbox_type = Maildir record = ""
set quit = yes delete = yes move = no sleep_time = 0
`;
}

function idOf(option: string): number {
  return Number(execFileSync('id', [option, 'Debian-exim'], { encoding: 'utf8' }));
}
