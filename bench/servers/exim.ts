/** Exim as a daemon that sends all on to one port, in a folder of its own. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';

const EXIM = '/usr/sbin/exim4';

export interface Exim {
  readonly port: number;
  close(): Promise<void>;
}

/** Null where there is none, and where this process may not start one. */
export async function startExim(sink: number): Promise<Exim | null> {
  if (!existsSync(EXIM) || process.getuid?.() !== 0) return null;
  const folder = mkdtempSync(join(import.meta.dirname, '../../var-bench-'));
  execFileSync('chown', ['Debian-exim', folder]);
  const config = join(folder, 'exim.conf');
  writeFileSync(config, configuration(folder, sink));
  const port = await freePort();
  const daemon = spawn(EXIM, ['-C', config, '-bdf', '-oX', `<; [127.0.0.1]:${port}`], {
    stdio: 'ignore',
  });
  const exit = once(daemon, 'exit');
  await listening(port);
  const close = async (): Promise<void> => {
    daemon.kill();
    await exit;
    // What it has begun may still be writing.
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  };
  return { port, close };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    const socket = connect(port, '127.0.0.1');
    const there = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'close').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (there) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('Exim does not listen');
}

/** Each message is tried at once, as by default; what slows a test on loopback (names, ident, TLS) is off. */
function configuration(folder: string, sink: number): string {
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
begin routers
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
