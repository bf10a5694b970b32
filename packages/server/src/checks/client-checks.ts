/** What is asked about a client by its address alone, once a session: black lists, and its name. */
import { lookupAll, type DnsblResult } from '@postino/dnsbl';
import type { Logger } from '../log.ts';
import type { CheckServices } from './check-services.ts';
import { impatient } from './impatient.ts';
import { iprev, type IprevResult } from './iprev.ts';
import { within } from './within.ts';

export class ClientChecks {
  readonly services: CheckServices;
  readonly ip: string;
  readonly log: Logger;
  /** In the order of the configuration; never rejects. */
  readonly lists: Promise<readonly DnsblResult[]>;
  /** Null when nobody wants to know; never rejects. */
  readonly name: Promise<IprevResult | null>;

  constructor(services: CheckServices, ip: string, log: Logger) {
    this.services = services;
    this.ip = ip;
    this.log = log;
    this.lists = this.careful('dnsbl', [], () => this.#askLists());
    this.name = this.careful('rdns', null, () => this.#askName());
  }

  /** What a check comes to, or `otherwise` when it fails in a way that it should not: no mail is harmed by that. */
  async careful<T>(check: string, otherwise: T, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.log.error({ err: error, check }, 'check failed');
      return otherwise;
    }
  }

  async #askLists(): Promise<readonly DnsblResult[]> {
    const { config, lists, resolver, count } = this.services;
    if (config.dnsbl.action === 'off') return [];
    const results = await within(config.dnsbl.timeout, (cancel) =>
      lookupAll(this.ip, lists, { resolver, cancel }),
    );
    for (const { status, zone, reason } of results) {
      count('checks', { check: 'dnsbl', verdict: status });
      if (status === 'error') this.log.info({ zone, reason }, 'black list gives no answer');
    }
    return results;
  }

  async #askName(): Promise<IprevResult | null> {
    const { config, resolver, count } = this.services;
    if (config.rdns.action === 'off') return null;
    const found = await within(config.rdns.timeout, (cancel) =>
      iprev(this.ip, impatient(resolver, cancel)),
    );
    count('checks', { check: 'rdns', verdict: found.result });
    return found;
  }
}
