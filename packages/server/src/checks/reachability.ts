/** Whether mail for an address could arrive, as far as the router and the DNS know. Nobody is connected to. */
import type { ForwardPath, ReversePath } from '@postino/address';
import type { Resolver } from '@postino/dns';
import {
  Networks,
  planMx,
  verifyRecipient,
  verifySender,
  type Objection,
  type PlanMxOptions,
  type Router,
  type VerifyOptions,
} from '@postino/router';
import type { Cancel } from '@postino/wire';
import { allDomains } from '../config/all-domains.ts';
import type { Config } from '../config/config.ts';
import { impatient } from './impatient.ts';
import { within } from './within.ts';

export interface ReachabilityOptions {
  readonly router: Pick<Router, 'isLocal' | 'route'>;
  readonly resolver: Resolver;
}

export class Reachability {
  readonly #options: ReachabilityOptions;
  readonly #mx: Omit<PlanMxOptions, 'resolver'>;
  readonly #time: number;

  constructor(config: Config, options: ReachabilityOptions) {
    const { hostname, outbound, checks } = config;
    this.#options = options;
    this.#time = checks.sender.timeout;
    this.#mx = {
      ignoreTargetHosts: new Networks(outbound.ignore_target_hosts),
      ownHosts: [hostname, ...allDomains(config)],
    };
  }

  /** What speaks against a sender: that no bounce could reach it. Never rejects; it waits no longer when `stop` fires. */
  sender(from: ReversePath, stop?: Cancel): Promise<Objection | null> {
    return this.#ask((options) => verifySender(from, options), stop);
  }

  /** Whether the address is in a domain of ours. */
  isOwn(address: ForwardPath): boolean {
    return this.#options.router.isLocal(address);
  }

  /** What speaks against a recipient: that mail for it could not be delivered, or sent on. Never rejects. */
  recipient(to: ForwardPath): Promise<Objection | null> {
    return this.#ask((options) => verifyRecipient(to, options));
  }

  #ask<T>(question: (options: VerifyOptions) => Promise<T>, stop?: Cancel): Promise<T> {
    const { router, resolver } = this.#options;
    return within(
      this.#time,
      (cancel) => {
        const options = { ...this.#mx, resolver: impatient(resolver, cancel) };
        return question({ router, plan: (domain) => planMx(domain, options) });
      },
      stop,
    );
  }
}
