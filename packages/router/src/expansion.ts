/** One recipient followed through its aliases to all its targets. */

import type { ForwardPath, Path } from '@postino/address';
import type { Reply } from '@postino/wire';
import { domainKey, foldLocalPart } from './alias-key.ts';
import type { Directory, Found } from './directory.ts';
import { merge } from './merge.ts';
import { ALIAS_LOOP, TOO_MANY_TARGETS, TRY_LATER, UNKNOWN_USER } from './replies.ts';
import type { Finding, RouteStep } from './route-step.ts';
import type { Alias, AliasTarget, Failure, Route, Target } from './types.ts';

/** Aliases that lead to aliases may do so this often; Exim's limit, too. */
export const MAX_ALIAS_DEPTH = 100;

/** So many addresses may stand behind one recipient; ours. */
export const MAX_TARGETS = 100_000;

/** What an expansion stands on. */
export interface ExpansionOptions {
  /** Of a domain of ours, given by its `domainKey`. */
  readonly directoryOf: (domain: string) => Directory;
  readonly isLocal: (address: Path) => boolean;
  readonly maxAliasDepth: number;
  readonly maxTargets: number;
  /** Hears each step, in order. */
  readonly onStep?: (step: RouteStep) => void;
}

/**
 * Follows one recipient. Each alias is followed once. A chain that comes back to an address means the user of that
 * name: so `bob: bob, archive@example.org` works, and where there is no such user the chain is cut.
 */
export class Expansion {
  readonly #options: ExpansionOptions;
  readonly #original: readonly [ForwardPath];
  readonly #targets: Target[] = [];
  readonly #failures: Failure[] = [];
  /** The aliases that are being followed right now, each within the one before it. */
  readonly #open = new Set<string>();
  readonly #done = new Set<string>();
  #steps = 0;
  #discarded = false;
  #deferral: Reply | null = null;

  constructor(original: ForwardPath, options: ExpansionOptions) {
    this.#original = [original];
    this.#options = options;
  }

  /** The whole route of a recipient of ours; its domain is given by its `domainKey`. */
  async route(localPart: string, domain: string): Promise<Route> {
    try {
      await this.#local(localPart, domain);
      return this.#result();
    } catch (cause) {
      this.#found(this.#original[0], { type: 'defer', reply: TRY_LATER });
      return { type: 'defer', reply: TRY_LATER, cause };
    }
  }

  #result(): Route {
    if (this.#deferral) return { type: 'defer', reply: this.#deferral };
    if (this.#targets.length > 0 || this.#discarded) return this.#delivery();
    const replies = this.#failures.map(({ reply }) => reply);
    const transient = replies.find(({ code }) => code < 500);
    if (transient) return { type: 'defer', reply: transient };
    return { type: 'refuse', reply: replies[0] ?? UNKNOWN_USER };
  }

  #delivery(): Route {
    const targets = merge([{ type: 'deliver', targets: this.#targets }]);
    return this.#failures.length > 0
      ? { type: 'deliver', targets, failures: this.#failures }
      : { type: 'deliver', targets };
  }

  async #local(localPart: string, domain: string): Promise<void> {
    const found = await this.#options.directoryOf(domain).find(localPart, domain);
    if (found?.type === 'user') this.#deliver(found.user, { localPart, domain });
    else if (found) await this.#follow(found, { localPart, domain });
    else this.#fail({ localPart, domain }, UNKNOWN_USER);
  }

  async #follow(
    { name, key, alias }: Extract<Found, { type: 'alias' }>,
    address: Path,
  ): Promise<void> {
    const { domain } = address;
    const id = `${name}@${domain}`;
    if (this.#open.has(id)) return this.#user(name, domain, ALIAS_LOOP);
    if (this.#done.has(id)) return this.#found(address, { type: 'again', key });
    if (this.#open.size >= this.#options.maxAliasDepth) return this.#defer(address, ALIAS_LOOP);
    this.#found(address, { type: 'alias', key });
    this.#open.add(id);
    await this.#expand(alias, address);
    this.#open.delete(id);
    this.#done.add(id);
  }

  async #expand(alias: Alias, address: Path): Promise<void> {
    if (alias.type === 'discard') this.#discard(address);
    else if (alias.type === 'refuse') this.#fail(address, alias.reply);
    else if (alias.type === 'defer') this.#defer(address, alias.reply);
    else await this.#eachOf(alias.targets, address);
  }

  async #eachOf(targets: readonly AliasTarget[], address: Path): Promise<void> {
    for (const target of targets) {
      if (++this.#steps > this.#options.maxTargets) return this.#defer(address, TOO_MANY_TARGETS);
      await this.#step(target, address.domain);
      if (this.#deferral) return;
    }
  }

  async #step(target: AliasTarget, domain: string): Promise<void> {
    if (target.type === 'user') return this.#user(target.user, domain, UNKNOWN_USER);
    if (target.type === 'name') return this.#local(target.localPart, domain);
    const { address } = target;
    if (this.#options.isLocal(address))
      return this.#local(address.localPart, domainKey(address.domain));
    this.#found(address, { type: 'remote' });
    this.#targets.push({ type: 'remote', address, original: this.#original });
  }

  /** A user by name, no alias asked; `reply` is for when there is none. */
  async #user(name: string, domain: string, reply: Reply): Promise<void> {
    const user = await this.#options.directoryOf(domain).user(foldLocalPart(name));
    const address = { localPart: name, domain };
    if (user === null) this.#fail(address, reply);
    else this.#deliver(user, address);
  }

  #deliver(user: string, address: Path): void {
    this.#found(address, { type: 'user', user });
    this.#targets.push({ type: 'local', user, original: this.#original });
  }

  #discard(address: Path): void {
    this.#found(address, { type: 'discard' });
    this.#discarded = true;
  }

  #fail(address: Path, reply: Reply): void {
    this.#found(address, { type: 'refuse', reply });
    this.#failures.push({ address, reply });
  }

  /** One alias that must wait makes the whole recipient wait, since it is accepted or not as a whole. */
  #defer(address: Path, reply: Reply): void {
    this.#found(address, { type: 'defer', reply });
    this.#deferral = reply;
  }

  #found({ localPart, domain }: Path, finding: Finding): void {
    const address = domain === '' ? localPart : `${localPart}@${domain}`;
    this.#options.onStep?.({ depth: this.#open.size, address, ...finding });
  }
}
