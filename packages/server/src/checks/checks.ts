/** Judging mail from outside: what is asked, whom, and what is done about the answers. One object for the server. */
import { parseList } from '@postino/dnsbl';
import type { ChecksConfig } from '../config/config.ts';
import type { Logger } from '../log.ts';
import type { CheckServices } from './check-services.ts';
import { ClientChecks } from './client-checks.ts';

export type ChecksOptions = Pick<CheckServices, 'hostname' | 'resolver' | 'count'>;

export class Checks {
  readonly #services: CheckServices;
  readonly #active: boolean;

  constructor(config: ChecksConfig, options: ChecksOptions) {
    this.#services = { ...options, config, lists: config.dnsbl.zones.map(parseList) };
    this.#active = Object.values(config).some(({ action }) => action !== 'off');
  }

  /** Begins with what can be asked of a client that has only just connected; null when nothing is to be checked. */
  client(ip: string, log: Logger): ClientChecks | null {
    return this.#active ? new ClientChecks(this.#services, ip, log) : null;
  }
}
