/** Exim as a daemon that sends all on to one port, or delivers it to one Maildir, in a folder of its own. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startDaemon, type Daemon } from './daemon.ts';

const EXIM = '/usr/sbin/exim4';

export interface Exim extends Daemon {
  /** Messages in its Maildir. */
  readonly delivered: () => number;
}

/** Null where there is none, and where this process may not start one. `sink`: the port; null: a Maildir. */
export async function startExim(sink: number | null): Promise<Exim | null> {
  if (!existsSync(EXIM) || process.getuid?.() !== 0) return null;
  const folder = mkdtempSync(join(import.meta.dirname, '../../var-bench-'));
  execFileSync('chown', ['Debian-exim', folder]);
  const config = join(folder, 'exim.conf');
  writeFileSync(config, configuration(folder, sink));
  const daemon = await startDaemon(EXIM, (port) => [
    '-C',
    config,
    '-bdf',
    '-oX',
    `<; [127.0.0.1]:${port}`,
  ]);
  const close = async (): Promise<void> => {
    await daemon.close();
    // What it has begun may still be writing.
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  };
  const inbox = join(folder, 'box/new');
  const delivered = (): number => (existsSync(inbox) ? readdirSync(inbox).length : 0);
  return { port: daemon.port, delivered, close };
}

/** Each message is tried at once, as by default; what slows a test on loopback (names, ident, TLS) is off. */
function configuration(folder: string, sink: number | null): string {
  return `
exim_path = ${EXIM}
primary_hostname = example.org
spool_directory = ${folder}/spool
log_file_path = ${folder}/%slog
keep_environment =
deliver_drop_privilege
host_lookup =
rfc1413_query_timeout = 0s
tls_advertise_hosts =
smtp_accept_max = 100
smtp_accept_queue_per_connection = 0
smtp_accept_max_per_connection = 0
acl_smtp_rcpt = accept
acl_smtp_data = accept
${sink === null ? toMaildir(folder) : toPort(sink)}`;
}

function toPort(sink: number): string {
  return `begin routers
all:
  driver = manualroute
  route_list = * 127.0.0.1
  self = send
  transport = sink
begin transports
sink:
  driver = smtp
  port = ${sink}
  hosts_avoid_tls = *
  allow_localhost
`;
}

/** The file is synced before it is renamed, as appendfile always does. */
function toMaildir(folder: string): string {
  return `begin routers
all:
  driver = accept
  transport = box
begin transports
box:
  driver = appendfile
  directory = ${folder}/box
  maildir_format
  create_directory
  return_path_add
  envelope_to_add
  delivery_date_add
  user = Debian-exim
`;
}
