/** The passwd file in use: who is a user, and whether a password is theirs. */

import { parsePasswd } from './parse-passwd.ts';
import { hashReader, md5Check } from './schemes.ts';
import type { Check, Scheme, Schemes } from './schemes.ts';
import { canonicalUser } from './user.ts';
import { WatchedFile } from './watched-file.ts';

/** How a passwd file is opened. */
export interface PasswdFileOptions {
  /** Rows for the table of schemes. */
  readonly schemes?: Schemes;
}

interface Users {
  readonly hashes: ReadonlyMap<string, string>;
  /** The work done for who has no hash to compare with: that of the first one in the file. */
  readonly decoy: Check;
}

/**
 * A file of lines `user:hash:`. It is read again when it has changed; a version that cannot be read whole is not used,
 * and tried again at the next question.
 */
export class PasswdFile {
  readonly #file: WatchedFile<Users>;
  readonly #readHash: Scheme;

  private constructor(file: WatchedFile<Users>, readHash: Scheme) {
    this.#file = file;
    this.#readHash = readHash;
  }

  /** Reads the file; rejects with its path in the message when it cannot. Throws a `TypeError` for a bad scheme name. */
  static async open(path: string, options: PasswdFileOptions = {}): Promise<PasswdFile> {
    const readHash = hashReader(options.schemes);
    const file = await WatchedFile.open(path, (text) => readUsers(text, readHash));
    return new PasswdFile(file, readHash);
  }

  /**
   * Is this the user's password? Text counts as its octets in UTF-8. An empty password, an empty or malformed hash
   * and an unknown scheme match nothing, and all take as long as a wrong password does.
   */
  async verify(user: string, password: string | Uint8Array): Promise<boolean> {
    const { hashes, decoy } = await this.#file.current();
    const check = this.#readHash(hashes.get(canonicalUser(user) ?? '') ?? '');
    const octets = Buffer.from(password);
    const matches = await (check ?? decoy)(octets);
    return check !== null && octets.length > 0 && matches;
  }

  /** Is this a user of the file, with or without a password? Case does not count. */
  async has(user: string): Promise<boolean> {
    const { hashes } = await this.#file.current();
    return hashes.has(canonicalUser(user) ?? '');
  }

  /** All users in the order of the file, in lower case. */
  async users(): Promise<readonly string[]> {
    const { hashes } = await this.#file.current();
    return [...hashes.keys()];
  }

  /** Why an older version of the file is in use, as last seen; null when it is not. For the log. */
  get trouble(): Error | null {
    return this.#file.trouble;
  }
}

function readUsers(text: string, readHash: Scheme): Users {
  const hashes = parsePasswd(text);
  for (const hash of hashes.values()) {
    const decoy = readHash(hash);
    if (decoy) return { hashes, decoy };
  }
  return { hashes, decoy: md5Check(new Uint8Array(16)) };
}
