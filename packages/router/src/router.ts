/** An address in, targets out. */

import { domainToAscii, isAddressLiteral, isNullPath } from '@postino/address';
import type { ForwardPath, Path } from '@postino/address';
import { domainKey } from './alias-key.ts';
import { Directory, type Postmaster } from './directory.ts';
import { Expansion, MAX_ALIAS_DEPTH, MAX_TARGETS } from './expansion.ts';
import type { ExpansionOptions } from './expansion.ts';
import { UNKNOWN_USER } from './replies.ts';
import type { RouteStep } from './route-step.ts';
import type { AliasLookup, Route, UserLookup } from './types.ts';

/** Who gets mail in a domain. */
export interface DomainOptions {
  readonly users: UserLookup;
  /** Default: none. `parseAliases(text).aliases` is one. */
  readonly aliases?: AliasLookup;
  /** What separates a user from a suffix that anybody may add, in the order in which they are tried; default: none. */
  readonly suffixes?: readonly string[];
  /**
   * The local part, or the whole address, that gets postmaster's mail where no alias or user has that name; or who is asked
   * for it each time. RFC 5321 §4.5.1.
   */
  readonly postmaster?: Postmaster;
}

/** A domain for itself. */
export interface OwnDomainOptions extends Omit<DomainOptions, 'users'> {
  /** The user `bob` of `example.net` is `bob@example.net` in a target. Default: those of `localDomains`, under their names. */
  readonly users?: UserLookup;
}

/** What a router knows. What stands in `DomainOptions` holds for all of `localDomains`. */
export interface RouterOptions extends DomainOptions {
  /** Domains and address literals whose mail is ours; `@` is `hostname`. */
  readonly localDomains: readonly string[];
  readonly hostname?: string;
  /** More domains of ours, by name. Nothing but users is taken from above for what they leave out. */
  readonly domains?: ReadonlyMap<string, OwnDomainOptions>;
  /** How often an alias may lead to another; default `MAX_ALIAS_DEPTH`. */
  readonly maxAliasDepth?: number;
  /** How many addresses may stand behind one recipient; default `MAX_TARGETS`. */
  readonly maxTargets?: number;
}

/** Routes recipients. It holds no state but its options, and knows nothing of who sends: relaying is the server's to allow. */
export class Router {
  readonly #directories: Map<string, Directory>;
  readonly #firstDomain: string;
  readonly #expansion: ExpansionOptions;

  /** Throws a `TypeError` for a domain that is none or that is given twice, and for an empty suffix. */
  constructor(options: RouterOptions) {
    const shared = directory(null, options);
    this.#directories = new Map(
      options.localDomains.map((domain) => [localDomain(domain, options.hostname), shared]),
    );
    for (const [name, own] of options.domains ?? []) this.#add(name, own, options.users);
    [this.#firstDomain = ''] = this.#directories.keys();
    this.#expansion = {
      directoryOf: (domain) => this.#directories.get(domain) ?? shared,
      isLocal: (address) => this.isLocal(address),
      maxAliasDepth: options.maxAliasDepth ?? MAX_ALIAS_DEPTH,
      maxTargets: options.maxTargets ?? MAX_TARGETS,
    };
  }

  /** Is mail for this address ours? What is not would be relayed. `<Postmaster>` always is. RFC 5321 §4.5.1. */
  isLocal({ localPart, domain }: Path): boolean {
    if (domain === '') return localPart.toLowerCase() === 'postmaster';
    return this.#directories.has(domainKey(domain));
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

  #add(name: string, { users, ...own }: OwnDomainOptions, shared: UserLookup): void {
    const domain = localDomain(name, undefined);
    if (this.#directories.has(domain)) throw new TypeError(`the domain ${name} is given twice`);
    const qualified = users === undefined ? null : domain;
    this.#directories.set(domain, directory(qualified, { ...own, users: users ?? shared }));
  }
}

function directory(domain: string | null, options: DomainOptions): Directory {
  const { users, aliases = new Map<string, never>(), suffixes = [], postmaster = null } = options;
  if (suffixes.includes('')) throw new TypeError('a suffix separator cannot be empty');
  return new Directory({ domain, users, aliases, suffixes, postmaster });
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
