/** The router over the server's own files. */
import { isPostmaster, type ForwardPath } from '@postino/address';
import type { PasswdFile } from '@postino/passwd-md5';
import { Router, type AliasLookup, type Route, type RouteStep } from '@postino/router';
import type { Config } from './config/config.ts';

export class Routing {
  readonly #config: Config;
  readonly #passwd: PasswdFile;
  readonly #aliases: AliasLookup;
  #postmaster: string | null;
  #router: Router;

  private constructor(config: Config, passwd: PasswdFile, aliases: AliasLookup) {
    this.#config = config;
    this.#passwd = passwd;
    this.#aliases = aliases;
    this.#postmaster = config.aliases.postmaster;
    this.#router = this.#build();
  }

  static async open(config: Config, passwd: PasswdFile, aliases: AliasLookup): Promise<Routing> {
    const routing = new Routing(config, passwd, aliases);
    await routing.#choosePostmaster();
    return routing;
  }

  /** Where mail for this address goes; never rejects. */
  async route(address: ForwardPath): Promise<Route> {
    if (isPostmaster(address)) await this.#choosePostmaster();
    return this.#router.route(address);
  }

  /** The same route, and the steps that led to it; never rejects. */
  async explain(address: ForwardPath): Promise<{ route: Route; steps: RouteStep[] }> {
    if (isPostmaster(address)) await this.#choosePostmaster();
    return this.#router.explain(address);
  }

  /** Whether mail for this address is ours; what is not would be relayed. */
  isLocal(address: ForwardPath): boolean {
    return this.#router.isLocal(address);
  }

  /** Whether somebody here gets the mail for the postmaster. RFC 5321 §4.5.1. */
  async hasPostmaster(): Promise<boolean> {
    const route = await this.route({ localPart: 'postmaster', domain: '' });
    return route.type === 'deliver' && route.targets.some(({ type }) => type === 'local');
  }

  /** Without a name in the configuration it is the first user of the file, and another one when that one has gone. */
  async #choosePostmaster(): Promise<void> {
    if (this.#config.aliases.postmaster !== null) return;
    if (this.#postmaster !== null && (await this.#passwd.has(this.#postmaster))) return;
    const [first] = await this.#passwd.users();
    this.#postmaster = first ?? null;
    this.#router = this.#build();
  }

  #build(): Router {
    return new Router({
      localDomains: this.#config.local_domains,
      users: this.#passwd,
      aliases: this.#aliases,
      suffixes: this.#config.aliases.suffix_separators,
      ...(this.#postmaster === null ? {} : { postmaster: this.#postmaster }),
    });
  }
}
