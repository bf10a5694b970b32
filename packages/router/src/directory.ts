/** What a local part stands for here: an alias, a user, or nothing. */

import { foldLocalPart } from './alias-key.ts';
import { stripSuffix } from './suffix.ts';
import type { Alias, AliasLookup, AliasTarget, UserLookup } from './types.ts';

/** A name, a whole address, or who is asked for one each time; null: nobody. */
export type Postmaster = string | null | (() => string | null | Promise<string | null>);

/** Where a directory looks. */
export interface DirectoryOptions {
  /** The `domainKey` of the one domain whose users these are; null where several share them. */
  readonly domain: string | null;
  readonly users: UserLookup;
  readonly aliases: AliasLookup;
  readonly suffixes: readonly string[];
  readonly postmaster: Postmaster;
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
    return (await this.#postmaster(names)) ?? this.#alias('*', [`@${domain}`, '*']);
  }

  /** The user of this name, or null. Nothing that could not be a folder is ever asked for. */
  async user(name: string): Promise<string | null> {
    const { domain, users } = this.#options;
    if (!USER.test(name) || !(await users.has(name))) return null;
    return domain === null ? name : `${name}@${domain}`;
  }

  async #findName(name: string, domain: string): Promise<Found> {
    // A quoted local part may look like the key of an address elsewhere.
    const bare = name.includes('@') ? [] : [name];
    const alias = await this.#alias(name, [`${name}@${domain}`, ...bare]);
    if (alias) return alias;
    const user = await this.user(name);
    return user === null ? null : { type: 'user', user };
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
  async #postmaster(names: readonly string[]): Promise<Found> {
    if (!names.includes(POSTMASTER)) return null;
    const { postmaster } = this.#options;
    const name = typeof postmaster === 'function' ? await postmaster() : postmaster;
    if (name === null) return null;
    const alias = { type: 'expand', targets: [targetOf(name)] } as const;
    return { type: 'alias', name: POSTMASTER, key: POSTMASTER, alias };
  }
}

function targetOf(text: string): AliasTarget {
  const at = text.lastIndexOf('@');
  if (at === -1) return { type: 'name', localPart: text };
  const address = { localPart: text.slice(0, at), domain: text.slice(at + 1) };
  return { type: 'address', address };
}
