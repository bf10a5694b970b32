/** Judging mail from outside: what is asked, whom, and what is done about the answers. One object for the server. */
import { parseList } from '@postino/dnsbl';
import { formatMailbox, type Path } from '@postino/address';
import type { ChecksConfig } from '../config/config.ts';
import type { Logger } from '../log.ts';
import type { CheckServices } from './check-services.ts';
import type { Reply } from '@postino/wire';
import { ClientChecks } from './client-checks.ts';
import { refusal } from './objection.ts';
import { judgeSender } from './sender-check.ts';

export type ChecksOptions = Omit<CheckServices, 'config' | 'lists'>;

export class Checks {
  readonly #services: CheckServices;
  readonly #active: boolean;

  constructor(config: ChecksConfig, options: ChecksOptions) {
    this.#services = { ...options, config, lists: config.dnsbl.zones.map(parseList) };
    this.#active = Object.values(config).some(({ action }) => action !== 'off');
  }

  /** What a login hears of a sender in a domain of ours that there is not; null for any other. */
  async ownSender(from: Path): Promise<Reply | null> {
    const { config, reachability, count } = this.#services;
    if (config.sender.action === 'off' || !reachability.isOwn(from)) return null;
    const found = await reachability.sender(from);
    count('checks', { check: 'sender', verdict: found?.type ?? 'pass' });
    return refusal(...judgeSender(config.sender.action, formatMailbox(from), found));
  }

  /** Begins with what can be asked of a client that has only just connected; null when nothing is to be checked. */
  client(ip: string, log: Logger): ClientChecks | null {
    return this.#active ? new ClientChecks(this.#services, ip, log) : null;
  }
}
