/** The whole server: ports, rights, state and sessions, in the order in which they must come. */
import type { Dial } from '@postino/delivery';
import { cached, type Resolver } from '@postino/dns';
import type { Lock } from '@postino/maildir';
import {
  Certificates,
  dial as dialHost,
  nodeResolver,
  type CancellableResolver,
} from '@postino/node';
import { SYSTEM_CLOCK, type Clock } from './clock.ts';
import type { Config } from './config/config.ts';
import { countNothing } from './count.ts';
import { lockDataDir, makeDataDir } from './data-dir.ts';
import { openSigner } from './dkim-signing.ts';
import { ControlSocket } from './control/control-socket.ts';
import { concerning } from './fault.ts';
import { Listeners, type Addresses } from './listeners.ts';
import { openLog, type Logger } from './log.ts';
import type { Metrics } from './metrics.ts';
import { becomeUser, giveTo, isRoot } from './rights.ts';
import { openServices, type Ports, type Services } from './services.ts';

export interface RunningServer {
  readonly addresses: Addresses;
  /** Stops listening, lets sessions end what they have begun, and gives all back. */
  close(): Promise<void>;
}

export interface StartOptions {
  /** One to standard output unless given. */
  readonly logger?: Logger;
  /** The system's, or that of `[dns]`, unless given. */
  readonly resolver?: Resolver;
  /** Connections over TCP unless given. */
  readonly dial?: Dial;
  /** The system's unless given. */
  readonly clock?: Clock;
}

/**
 * Starts a server and resolves when it serves. Rejects, with nothing left open, when it cannot; the message says what
 * to mend. Started as root it becomes `run_as` and cannot go back.
 */
export async function startServer(
  config: Config,
  options: StartOptions = {},
): Promise<RunningServer> {
  const log = options.logger ?? openLog(config.log.level);
  const certificates = await openCertificates(config, log);
  // Looked at while root may read it, so that a bad one is named before a port is taken.
  await openSigner(config);
  const { clock = SYSTEM_CLOCK, dial = dialHost } = options;
  const own = options.resolver ? null : nodeResolver({ servers: config.dns.servers });
  const resolver = cached(options.resolver ?? own!, { now: () => performance.now() });
  const metrics = config.metrics.listen && new (await import('./metrics.ts')).Metrics();
  const ports = { log, clock, resolver, dial, count: metrics?.count ?? countNothing };
  const server = new Server(config, ports, { certificates, resolver: own, metrics });
  try {
    await server.start();
    return server;
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** What the server opened itself, and so has to end. */
interface Owned {
  readonly certificates: Certificates | null;
  readonly resolver: CancellableResolver | null;
  readonly metrics: Metrics | null;
}

class Server implements RunningServer {
  readonly #config: Config;
  readonly #ports: Ports;
  readonly #log: Logger;
  readonly #owned: Owned;
  readonly #listeners: Listeners;
  #lock: Lock | null = null;
  #services: Services | null = null;
  #control: ControlSocket | null = null;

  constructor(config: Config, ports: Ports, owned: Owned) {
    this.#config = config;
    this.#ports = ports;
    this.#log = ports.log;
    this.#owned = owned;
    this.#listeners = new Listeners({ config, ...ports }, owned.certificates);
  }

  get addresses(): Addresses {
    return this.#listeners.addresses;
  }

  async start(): Promise<void> {
    const { data_dir, run_as } = this.#config;
    const isNew = await concerning('data_dir', makeDataDir(data_dir));
    if (isNew && run_as && isRoot()) await giveTo(data_dir, run_as);
    await this.#listeners.bind();
    await concerning('metrics.listen', this.#showMetrics());
    dropRights(this.#config, this.#log);
    // What root could read, the user that the server is now may not.
    const { certificates } = this.#owned;
    if (certificates) await concerning('tls', certificates.reload());
    this.#lock = await concerning('data_dir', lockDataDir(data_dir));
    this.#services = await openServices(this.#config, this.#ports);
    this.#watchQueue(this.#services);
    this.#control = await this.#openControl(this.#services);
    warn(this.#config, this.#log);
    this.#listeners.start(this.#services);
    this.#log.info('ready');
  }

  async close(): Promise<void> {
    await this.#listeners.close();
    await this.#control?.close();
    await this.#services?.postOffice.close();
    this.#owned.metrics?.close();
    this.#owned.resolver?.cancel();
    this.#lock?.release();
  }

  async #showMetrics(): Promise<void> {
    const { listen } = this.#config.metrics;
    if (!listen) return;
    const port = await this.#owned.metrics?.listen(listen);
    this.#log.info({ service: 'metrics', address: listen.host, port }, 'listening');
  }

  /** Mail is more than being asked about it: without the socket the server runs too. */
  async #openControl({ postOffice }: Services): Promise<ControlSocket | null> {
    try {
      return await ControlSocket.open(this.#config.data_dir, { desk: postOffice.desk() });
    } catch (error) {
      this.#log.error({ err: error }, 'no control socket; "postino queue" has to wait for our end');
      return null;
    }
  }

  #watchQueue({ postOffice, clock }: Services): void {
    const { metrics } = this.#owned;
    metrics?.watchQueue(
      () => postOffice.waiting(),
      () => clock.now(),
    );
  }
}

async function openCertificates({ tls }: Config, log: Logger): Promise<Certificates | null> {
  const { certificate, key } = tls;
  if (certificate === null) return null;
  const opened = Certificates.open({
    certificate,
    ...(key === null ? {} : { key }),
    onReload: () => log.info('certificate read again'),
    onError: (error) =>
      log.error({ err: error }, 'the new certificate is no good, the old one stays'),
  });
  return concerning('tls', opened);
}

function dropRights({ run_as }: Config, log: Logger): void {
  if (run_as && isRoot()) {
    becomeUser(run_as);
    log.info(run_as, 'rights of root given up');
  } else if (run_as) log.warn('run_as has no effect: only root can become somebody else');
  else if (isRoot()) log.warn('running as root; give run_as = "user:group"');
}

/** Names what is allowed and hardly meant. */
function warn({ tls, smtp, pop3, checks, metrics }: Config, log: Logger): void {
  const { listen } = metrics;
  if (listen && listen.host !== '::1' && !listen.host.startsWith('127.'))
    log.warn(
      'whoever reaches the address of [metrics] can read them; 127.0.0.1 is for this machine alone',
    );
  const { zones, action } = checks.dnsbl;
  if (zones.length === 0 && action !== 'off')
    log.warn(`no black list is asked; give zones = ["…"] in [checks.dnsbl], or action = "off"`);
  if (zones.length > 0 && action === 'off')
    log.warn(`no black list is asked; give action = "warn" in [checks.dnsbl], or leave zones out`);
  if (tls.certificate !== null) return;
  for (const [section, { allow_plaintext_auth }] of Object.entries({ smtp, pop3 }))
    if (!allow_plaintext_auth)
      log.warn(
        { section },
        `nobody can log in by ${section}: that takes TLS; give certificate = "…" in [tls]`,
      );
}
