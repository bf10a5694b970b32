/** Users added, changed and removed; comments, order and all that is not understood stay as they are. */

import { readFile } from 'node:fs/promises';
import { withHash, withoutUser, withUser } from './passwd-text.ts';
import { parsePasswd } from './parse-passwd.ts';
import { replaceFile } from './replace-file.ts';
import { fieldReader } from './schemes.ts';
import { COST_LIMITS } from './scheme.ts';
import { canonicalUser } from './user.ts';

/** A user as the operator sees them. */
export interface UserStatus {
  readonly user: string;
  /** `MD5`, `CRYPT`, ...; empty where there is no hash. */
  readonly scheme: string;
  /** Why nobody can log in with this hash; null when somebody can. */
  readonly fault: string | null;
}

/**
 * A passwd file to be edited. Each call changes the file on the disk, at one stroke and alone; all reject when it cannot
 * be read or written. Hashes are whole fields, as `hashPassword` makes them.
 */
export class PasswdEditor {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** False when there is such a user already. Throws a `TypeError` for a name that no user may have. */
  add(user: string, hash: string): Promise<boolean> {
    const name = nameOf(user);
    const field = fieldOf(hash);
    return this.#edit((text) => withUser(text, name, field));
  }

  /** False when there is no such user; with `from`, also when the hash is not this one any more. */
  change(user: string, hash: string, options: { readonly from?: string } = {}): Promise<boolean> {
    const { from } = options;
    const field = fieldOf(hash);
    const name = nameOf(user);
    return this.#edit((text) =>
      withHash(text, name, (old) => (from === undefined || from === old ? field : null)),
    );
  }

  /** Removes all lines of a user; false when there is none. */
  remove(user: string): Promise<boolean> {
    const name = nameOf(user);
    return this.#edit((text) => withoutUser(text, name));
  }

  /** All users in the order of the file. */
  async list(): Promise<UserStatus[]> {
    const read = fieldReader(COST_LIMITS);
    const entries = parsePasswd(await readFile(this.#path, 'utf8'));
    return [...entries].map(([user, { hash }]) => {
      const { scheme, fault } = read(hash);
      return { user, scheme: hash === '' ? '' : scheme, fault };
    });
  }

  /** One character an octet: what is no UTF-8 stays as it is. */
  #edit(change: (text: string) => string | null): Promise<boolean> {
    return replaceFile(this.#path, (octets) => {
      const text = change(octets.toString('latin1'));
      return text === null ? null : Buffer.from(text, 'latin1');
    });
  }
}

function nameOf(user: string): string {
  const name = canonicalUser(user);
  if (name === null) throw new TypeError(`no user can be called ${JSON.stringify(user)}`);
  return name;
}

function fieldOf(hash: string): string {
  if (/^[\x21-\x39\x3b-\x7e]+$/.test(hash)) return hash;
  throw new TypeError('a hash is printable ASCII without colons and white space');
}
