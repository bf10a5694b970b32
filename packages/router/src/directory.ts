/** What a local part stands for here: an alias, a user, or nothing. */

import { foldLocalPart } from './alias-key.ts';
import { stripSuffix } from './suffix.ts';
import type { Alias, AliasLookup, UserLookup } from './types.ts';

/** Where a directory looks. */
export interface DirectoryOptions {
  readonly users: UserLookup;
  readonly aliases: AliasLookup;
  readonly suffixes: readonly string[];
  readonly postmaster: string | null;
}

/** An alias with the name that it is for and the key under which it was found, or a user. */
export type Found =
  | { type: 'alias'; name: string; key: string; alias: Alias }
  | { type: 'user'; user: string }
  | null;

// Names of users become names of folders. An at sign would be legal there, but here it would let one domain's address
// reach a user who is meant for another.
const USER = /^[a-z0-9_-][a-z0-9._-]*$/;
const POSTMASTER = 'postmaster';

/** Answers what a local part stands for. */
export class Directory {
  readonly #options: DirectoryOptions;

  constructor(options: DirectoryOptions) {
    this.#options = options;
  }

  /**
   * What a local part means in a domain, given by its `domainKey`. The whole local part wins over the one without its suffix, an alias wins over
   * a user, and what takes all the rest comes last.
   */
  async find(localPart: string, domain: string): Promise<Found> {
    const whole = foldLocalPart(localPart);
    const base = stripSuffix(whole, this.#options.suffixes);
    const names = base === null ? [whole] : [whole, base];
    for (const name of names) {
      const found = await this.#findName(name, domain);
      if (found) return found;
    }
    return this.#postmaster(names) ?? this.#alias('*', [`@${domain}`, '*']);
  }

  /** Is there a user of this name? Nothing that could not be a folder is ever asked for. */
  async isUser(name: string): Promise<boolean> {
    return USER.test(name) && this.#options.users.has(name);
  }

  async #findName(name: string, domain: string): Promise<Found> {
    // A quoted local part may look like the key of an address elsewhere.
    const bare = name.includes('@') ? [] : [name];
    const alias = await this.#alias(name, [`${name}@${domain}`, ...bare]);
    if (alias) return alias;
    return (await this.isUser(name)) ? { type: 'user', user: name } : null;
  }

  /** The first of these keys that the aliases have. */
  async #alias(name: string, keys: readonly string[]): Promise<Found> {
    for (const key of keys) {
      const alias = await this.#options.aliases.get(key);
      if (alias) return { type: 'alias', name, key, alias };
    }
    return null;
  }

  /** Postmaster is always there, as if it were an alias. RFC 5321 §4.5.1. */
  #postmaster(names: readonly string[]): Found {
    const { postmaster } = this.#options;
    if (postmaster === null || !names.includes(POSTMASTER)) return null;
    const targets = [{ type: 'name', localPart: postmaster }] as const;
    return { type: 'alias', name: POSTMASTER, key: POSTMASTER, alias: { type: 'expand', targets } };
  }
}
