/** Exim as a server that keeps what it takes in its spool: one process for each connection, as inetd would run it. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** Who may log in. */
export const EXIM_LOGIN = { user: 'ale', password: 'correct horse' };
/** The most octets of a message. */
export const EXIM_LIMIT = 100_000;

export class Exim {
  readonly #folder: string;
  readonly #server: Server;
  /** How many came. */
  connections = 0;

  private constructor(folder: string, server: Server) {
    this.#folder = folder;
    this.#server = server;
  }

  /** Runs until the test ends; with a certificate and its key it offers STARTTLS. */
  static async start(
    context: TestContext,
    tls: { readonly certificate: string; readonly key: string } | null = null,
  ): Promise<Exim> {
    const folder = mkdtempSync(join(tmpdir(), 'exim-'));
    context.after(() => rmSync(folder, { recursive: true, force: true }));
    // Started as root it works as this user; started by another it stays that one.
    if (process.getuid?.() === 0) execFileSync('chown', ['Debian-exim', folder]);
    const config = join(folder, 'exim.conf');
    writeFileSync(config, configuration(folder, tls !== null));
    if (tls) writeFileSync(join(folder, 'tls.pem'), `${tls.key}${tls.certificate}`);
    const server = createServer({ pauseOnConnect: true }, (socket) => {
      exim.connections++;
      const child = spawn('exim4', ['-C', config, '-bs'], { stdio: [socket, socket, 'inherit'] });
      socket.destroy(); // ours; the child has its own
      context.after(() => child.exitCode ?? once(child, 'exit'));
    });
    const exim = new Exim(folder, server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    context.after(() => server.close());
    return exim;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** How many messages came in chunks: its log marks them. */
  get chunked(): number {
    const log = readFileSync(join(this.#folder, 'mainlog'), 'latin1');
    return [...log.matchAll(/ <= .* K /g)].length;
  }

  /** What lies in the spool, in the order of arrival: the text with LF for each CRLF, octet by octet. */
  messages(): Spooled[] {
    const spool = join(this.#folder, 'spool/input');
    const ids = readdirSync(spool).flatMap((name) => /^(.*)-H$/.exec(name)?.[1] ?? []);
    return ids.toSorted().map((id) => {
      const read = (part: string): string => readFileSync(join(spool, `${id}-${part}`), 'latin1');
      return parse(read('H'), read('D'));
    });
  }
}

export interface Spooled {
  readonly from: string;
  readonly to: readonly string[];
  /** As Exim calls it: `esmtp`, with `s` for TLS and `a` for a login behind it. */
  readonly protocol: string;
  readonly body: string;
}

/** The spool's format: the sender in the third line, `XX`, a number and so many recipients. */
function parse(head: string, data: string): Spooled {
  const [, from = ''] = /^.*\n.*\n<(.*)>\n/.exec(head) ?? [];
  const [, protocol = ''] = /^-received_protocol (.*)$/m.exec(head) ?? [];
  const [, to = ''] = /^XX\n\d+\n([^]*?)\n\n/m.exec(head) ?? [];
  // Behind an address stand the parameters of DSN.
  const addresses = to.split('\n').map((line) => line.split(' ')[0]!);
  return { from, to: addresses, protocol, body: data.slice(data.indexOf('\n') + 1) };
}

function configuration(folder: string, tls: boolean): string {
  return `
exim_path = /usr/sbin/exim4
primary_hostname = mx.exim.example
spool_directory = ${folder}/spool
log_file_path = ${folder}/%slog
queue_only
keep_environment =
host_lookup =
rfc1413_query_timeout = 0s
message_size_limit = ${EXIM_LIMIT}
smtp_accept_max_per_connection = 0
dsn_advertise_hosts = *
tls_advertise_hosts = ${tls ? '*' : ''}
${tls ? `tls_certificate = ${folder}/tls.pem` : ''}
acl_smtp_rcpt = rcpt
begin acl
rcpt:
  deny local_parts = nobody
  defer local_parts = later
  accept
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if and{{eq{$auth2}{${EXIM_LOGIN.user}}}{eq{$auth3}{${EXIM_LOGIN.password}}}}}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = <| Username: | Password:
  server_condition = \${if and{{eq{$auth1}{${EXIM_LOGIN.user}}}{eq{$auth2}{${EXIM_LOGIN.password}}}}}
  server_set_id = $auth1
`;
}
