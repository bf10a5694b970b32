/** An address in, targets out. */

import { domainToAscii, isAddressLiteral, isNullPath } from '@postino/address';
import type { ForwardPath, Path } from '@postino/address';
import { domainKey } from './alias-key.ts';
import { Directory } from './directory.ts';
import { Expansion, MAX_ALIAS_DEPTH, MAX_TARGETS } from './expansion.ts';
import type { ExpansionOptions } from './expansion.ts';
import { UNKNOWN_USER } from './replies.ts';
import type { RouteStep } from './route-step.ts';
import type { AliasLookup, Route, UserLookup } from './types.ts';

/** What a router knows. */
export interface RouterOptions {
  /** Domains and address literals whose mail is ours; `@` is `hostname`. */
  readonly localDomains: readonly string[];
  readonly hostname?: string;
  readonly users: UserLookup;
  /** Default: none. `parseAliases(text).aliases` is one. */
  readonly aliases?: AliasLookup;
  /** What separates a user from a suffix that anybody may add, in the order in which they are tried; default: none. */
  readonly suffixes?: readonly string[];
  /** The local part that gets postmaster's mail where no alias or user has that name. RFC 5321 §4.5.1. */
  readonly postmaster?: string;
  /** How often an alias may lead to another; default `MAX_ALIAS_DEPTH`. */
  readonly maxAliasDepth?: number;
  /** How many addresses may stand behind one recipient; default `MAX_TARGETS`. */
  readonly maxTargets?: number;
}

/** Routes recipients. It holds no state but its options, and knows nothing of who sends: relaying is the server's to allow. */
export class Router {
  readonly #domains: ReadonlySet<string>;
  readonly #firstDomain: string;
  readonly #expansion: ExpansionOptions;

  /** Throws a `TypeError` for a domain that is none, and for an empty suffix. */
  constructor(options: RouterOptions) {
    const domains = options.localDomains.map((domain) => localDomain(domain, options.hostname));
    const suffixes = options.suffixes ?? [];
    if (suffixes.includes('')) throw new TypeError('a suffix separator cannot be empty');
    this.#domains = new Set(domains);
    this.#firstDomain = domains[0] ?? '';
    this.#expansion = {
      directory: new Directory({
        users: options.users,
        aliases: options.aliases ?? new Map<string, never>(),
        suffixes,
        postmaster: options.postmaster ?? null,
      }),
      isLocal: (address) => this.isLocal(address),
      maxAliasDepth: options.maxAliasDepth ?? MAX_ALIAS_DEPTH,
      maxTargets: options.maxTargets ?? MAX_TARGETS,
    };
  }

  /** Is mail for this address ours? What is not would be relayed. `<Postmaster>` always is. RFC 5321 §4.5.1. */
  isLocal({ localPart, domain }: Path): boolean {
    if (domain === '') return localPart.toLowerCase() === 'postmaster';
    return this.#domains.has(domainKey(domain));
  }

  /**
   * Where mail for this address goes. A path in a domain that is not ours is one remote target, as it is; in ours it is
   * looked up. Percent signs, exclamation marks and source routes mean nothing. It never rejects: a lookup that does
   * makes a `defer`.
   */
  async route(address: ForwardPath): Promise<Route> {
    return this.#route(address, this.#expansion);
  }

  /** The same route, and the steps that led to it, in order; `formatStep` makes a line of each. */
  async explain(address: ForwardPath): Promise<{ route: Route; steps: RouteStep[] }> {
    const steps: RouteStep[] = [];
    const onStep = (step: RouteStep): void => void steps.push(step);
    return { route: await this.#route(address, { ...this.#expansion, onStep }), steps };
  }

  async #route(address: ForwardPath, expansion: ExpansionOptions): Promise<Route> {
    if (isNullPath(address)) return { type: 'refuse', reply: UNKNOWN_USER };
    if (!this.isLocal(address)) return remoteRoute(address, expansion.onStep);
    const domain = address.domain === '' ? this.#firstDomain : domainKey(address.domain);
    return new Expansion(address, expansion).route(address.localPart, domain);
  }
}

function remoteRoute(address: Path, onStep: ExpansionOptions['onStep']): Route {
  onStep?.({ type: 'remote', depth: 0, address: `${address.localPart}@${address.domain}` });
  return { type: 'deliver', targets: [{ type: 'remote', address, original: [address] }] };
}

function localDomain(domain: string, hostname: string | undefined): string {
  const name = domain === '@' ? hostname : domain;
  if (name === undefined) throw new TypeError('the local domain @ needs a hostname');
  if (domainToAscii(name) === null && !isAddressLiteral(name))
    throw new TypeError(`the local domain ${name} is no domain name and no address literal`);
  return domainKey(name);
}
