/** The ports of the server: taken first, served later, since only root may take some of them. */
import {
  ConnectionLimits,
  WireServer,
  type Certificates,
  type WireServerOptions,
} from '@postino/node';
import { Networks } from '@postino/router';
import type { ListenAddress } from './config/values.ts';
import { codeOf, messageOf } from './fault.ts';
import type { Services } from './services.ts';
import { pop3Service, smtpService, type Surroundings } from './sessions.ts';

/** Where a server listens; `s` is TLS from the first octet. */
export interface Addresses {
  readonly smtp: readonly ListenAddress[];
  readonly smtps: readonly ListenAddress[];
  readonly submission: readonly ListenAddress[];
  readonly submissions: readonly ListenAddress[];
  readonly pop3: readonly ListenAddress[];
  readonly pop3s: readonly ListenAddress[];
}

type ServiceName = keyof Addresses;
type Section = 'smtp' | 'submission' | 'pop3';

export class Listeners {
  readonly #surroundings: Surroundings;
  readonly #servers: Readonly<Record<Section, WireServer>>;
  readonly #addresses: Record<ServiceName, ListenAddress[]> = {
    smtp: [],
    smtps: [],
    submission: [],
    submissions: [],
    pop3: [],
    pop3s: [],
  };
  #services: Services | null = null;

  constructor(surroundings: Surroundings, certificates: Certificates | null) {
    this.#surroundings = surroundings;
    const common = wireServerOptions(surroundings, certificates);
    const { config } = surroundings;
    const optionsOf = (section: Section): WireServerOptions => ({
      ...common,
      proxyProtocol: { trusted: new Networks(config[section].proxy_protocol_from) },
    });
    const services = (): Services => this.#services!;
    this.#servers = {
      smtp: new WireServer(
        smtpService(services, surroundings, { loginNeeded: false }),
        optionsOf('smtp'),
      ),
      submission: new WireServer(
        smtpService(services, surroundings, { loginNeeded: true }),
        optionsOf('submission'),
      ),
      pop3: new WireServer(pop3Service(services, surroundings), optionsOf('pop3')),
    };
  }

  get addresses(): Addresses {
    return this.#addresses;
  }

  /** Takes all ports; who connects waits. Rejects with an error that names the key of a port that cannot be had. */
  async bind(): Promise<void> {
    const { smtp, submission, pop3 } = this.#surroundings.config;
    for (const at of smtp.listen) await this.#bind('smtp', at);
    for (const at of smtp.tls_listen) await this.#bind('smtps', at);
    for (const at of submission.listen) await this.#bind('submission', at);
    for (const at of submission.tls_listen) await this.#bind('submissions', at);
    for (const at of pop3.listen) await this.#bind('pop3', at);
    for (const at of pop3.tls_listen) await this.#bind('pop3s', at);
  }

  /** Serves who is waiting and who comes. */
  start(services: Services): void {
    this.#services = services;
    for (const server of Object.values(this.#servers)) server.start();
  }

  /** Lets go of the ports, and waits for the sessions to end, or cuts them. */
  async close(): Promise<void> {
    await Promise.all(Object.values(this.#servers).map((server) => server.close()));
  }

  async #bind(service: ServiceName, at: ListenAddress): Promise<void> {
    const { key, server, implicitTls } = this.#place(service);
    const { address, port } = await server.bind({ ...at, implicitTls }).catch((error: unknown) => {
      throw unbindable(error, key, at);
    });
    this.#addresses[service].push({ host: address, port });
    this.#surroundings.log.info({ service, address, port }, 'listening');
  }

  #place(service: ServiceName): { key: string; server: WireServer; implicitTls: boolean } {
    const { section, implicitTls } = PLACES[service];
    return {
      key: `${section}.${implicitTls ? 'tls_listen' : 'listen'}`,
      server: this.#servers[section],
      implicitTls,
    };
  }
}

const PLACES: Readonly<Record<ServiceName, { section: Section; implicitTls: boolean }>> = {
  smtp: { section: 'smtp', implicitTls: false },
  smtps: { section: 'smtp', implicitTls: true },
  submission: { section: 'submission', implicitTls: false },
  submissions: { section: 'submission', implicitTls: true },
  pop3: { section: 'pop3', implicitTls: false },
  pop3s: { section: 'pop3', implicitTls: true },
};

/** The limits count over all ports. */
function wireServerOptions(
  { config: { limits }, log, count }: Surroundings,
  certificates: Certificates | null,
): WireServerOptions {
  return {
    ...(certificates ? { tls: certificates } : {}),
    connections: new ConnectionLimits({
      total: limits.connections,
      perAddress: limits.connections_per_address,
    }),
    grace: limits.stop_time,
    onError: (error, peer) => log.warn({ err: error, peer: peer?.address }, 'connection failed'),
    onRefuse({ address }) {
      count('connections_refused', {});
      log.warn({ peer: address }, 'too many connections');
    },
  };
}

function unbindable(error: unknown, key: string, { host, port }: ListenAddress): Error {
  const why = REASONS[codeOf(error)] ?? messageOf(error);
  return new Error(`${key}: cannot listen on ${host} port ${port}: ${why}`, { cause: error });
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program has this port; stop that one, or choose another port',
  EACCES: 'ports below 1024 are for root; start as root with run_as, or choose another port',
  EADDRNOTAVAIL: 'this machine has no such address',
  EAFNOSUPPORT: 'this machine has no addresses of this kind',
};
