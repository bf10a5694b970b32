/** The passwd file in use: who is a user, and whether a password is theirs. */

import { md5Check } from './digest-schemes.ts';
import { hashPassword, type NewScheme } from './hash-password.ts';
import { readScram, type ScramCredentials } from './iterated-schemes.ts';
import { parsePasswd, type PasswdEntry } from './parse-passwd.ts';
import { PasswdEditor } from './passwd-editor.ts';
import { COST_LIMITS, type Check, type CostLimits, type Schemes } from './scheme.ts';
import { fieldReader, type HashField } from './schemes.ts';
import { canonicalUser } from './user.ts';
import { WatchedFile } from './watched-file.ts';

/** How a passwd file is opened. */
export interface PasswdFileOptions {
  /** Rows for the table of schemes. */
  readonly schemes?: Schemes;
  /** The most work that a hash may ask for; default `COST_LIMITS`. */
  readonly limits?: Partial<CostLimits>;
  /**
   * What a hash that is guessed fast (MD5, SHA, with salt or without) is replaced by when its password was right; default:
   * it stays. The file is rewritten as `PasswdEditor` does it, after the answer.
   */
  readonly rehash?: NewScheme;
  /** Told of each replacement, or why it failed; the login was right in any case. */
  readonly onRehash?: (user: string, error: unknown) => void;
}

/** What the operator should know of a user. */
export interface UserProblem {
  readonly user: string;
  /** `fault`: nobody can log in; `fast`: the hash is guessed by the million in a second. */
  readonly type: 'fault' | 'fast';
  readonly reason: string;
}

interface Users {
  readonly entries: ReadonlyMap<string, PasswdEntry>;
  /** The work done for who has no hash to compare with: that of the kind of hash that most have. */
  readonly decoy: Check;
  /** See `scramIterations`. */
  readonly scramIterations: number | null;
}

type FieldReader = (field: string) => HashField;

/** Extra fields of Dovecot that keep somebody out, or send them elsewhere: to pass them over would let them in. */
const RESTRICTIONS = ['nologin', 'allow_nets', 'proxy', 'proxy_maybe', 'host'];

/**
 * A file of lines `user:hash:`. It is read again when it has changed; a version that cannot be read whole is not used,
 * and tried again at the next question.
 */
export class PasswdFile {
  readonly #path: string;
  readonly #file: WatchedFile<Users>;
  readonly #read: FieldReader;
  readonly #options: PasswdFileOptions;
  readonly #rehashing = new Set<string>();

  private constructor(
    path: string,
    file: WatchedFile<Users>,
    options: PasswdFileOptions & { read: FieldReader },
  ) {
    this.#path = path;
    this.#file = file;
    this.#read = options.read;
    this.#options = options;
  }

  /** Reads the file; rejects with its path in the message when it cannot. Throws a `TypeError` for a bad scheme name. */
  static async open(path: string, options: PasswdFileOptions = {}): Promise<PasswdFile> {
    const read = fieldReader({ ...COST_LIMITS, ...options.limits }, options.schemes);
    const file = await WatchedFile.open(path, { parse: (text) => readUsers(text, read) });
    return new PasswdFile(path, file, { ...options, read });
  }

  /**
   * Is this the user's password? Text counts as its octets in UTF-8. An empty password, an empty or malformed hash
   * and an unknown scheme match nothing, and all take as long as a wrong password does. Rejects when a hash cannot be
   * computed.
   */
  async verify(user: string, password: string | Uint8Array): Promise<boolean> {
    const name = canonicalUser(user) ?? '';
    const octets = Buffer.from(password);
    const right = await this.#file.find(async ({ entries, decoy }) => {
      const entry = entries.get(name);
      const field = this.#fieldOf(entry);
      const matches = await (field.check ?? decoy)(octets);
      return field.check && octets.length > 0 && matches ? { entry, field } : undefined;
    });
    if (right?.field.fast) this.#rehash(name, octets, right.entry?.hash ?? '');
    return right !== undefined;
  }

  /** Is this a user of the file, with or without a password? Case does not count. */
  async has(user: string): Promise<boolean> {
    const name = canonicalUser(user) ?? '';
    return (await this.#file.find(({ entries }) => entries.get(name))) !== undefined;
  }

  /** All users in the order of the file, in lower case. */
  async users(): Promise<readonly string[]> {
    const { entries } = await this.#file.current();
    return [...entries.keys()];
  }

  /** What SCRAM-SHA-256 needs of a user whose hash is of that scheme; null for all others. */
  async scram(user: string): Promise<ScramCredentials | null> {
    const { entries } = await this.#file.current();
    const entry = entries.get(canonicalUser(user) ?? '');
    const [, hash] = /^\{SCRAM-SHA-256\}(.*)$/i.exec(entry?.hash ?? '') ?? [];
    if (hash === undefined || !this.#fieldOf(entry).check) return null;
    const read = readScram(hash, { ...COST_LIMITS, ...this.#options.limits });
    return read && 'fault' in read ? null : read;
  }

  /**
   * How many iterations the first user's SCRAM-SHA-256 has, where every user has a hash of that scheme; null otherwise.
   * Whoever offers SCRAM to others shuts those out whose client prefers it.
   */
  async scramIterations(): Promise<number | null> {
    return (await this.#file.current()).scramIterations;
  }

  /** What is wrong with users' hashes, in the order of the file: for the log, at the start. */
  async problems(): Promise<UserProblem[]> {
    const { entries } = await this.#file.current();
    return [...entries].flatMap(([user, entry]): UserProblem[] => {
      const { scheme, fast, fault } = this.#fieldOf(entry);
      if (fault !== null) return [{ user, type: 'fault', reason: fault }];
      return fast ? [{ user, type: 'fast', reason: `${scheme} is guessed fast` }] : [];
    });
  }

  /** Why an older version of the file is in use, as last seen; null when it is not. For the log. */
  get trouble(): Error | null {
    return this.#file.trouble;
  }

  #fieldOf(entry: PasswdEntry | undefined): HashField {
    const field = this.#read(entry?.hash ?? '');
    const [restriction] =
      entry?.extra.map((word) => word.split('=')[0] ?? '').filter(isRestriction) ?? [];
    if (restriction === undefined || field.fault !== null) return field;
    return {
      ...field,
      check: null,
      fault: `${restriction} is not followed here: nobody can log in`,
    };
  }

  /** Once at a time for each user, since clients log in many times at once. */
  #rehash(user: string, password: Uint8Array, from: string): void {
    const { rehash, onRehash } = this.#options;
    if (rehash === undefined || this.#rehashing.has(user)) return;
    this.#rehashing.add(user);
    hashPassword(password, rehash)
      .then((hash) => new PasswdEditor(this.#path).change(user, hash, { from }))
      .then((changed) => changed && onRehash?.(user, null))
      .catch((error: unknown) => onRehash?.(user, error))
      .finally(() => this.#rehashing.delete(user));
  }
}

function isRestriction(word: string): boolean {
  return RESTRICTIONS.includes(word);
}

/** The decoy is the first usable hash of the kind that most have. */
function readUsers(text: string, read: FieldReader): Users {
  const entries = parsePasswd(text);
  const kinds = new Map<string, { count: number; hash: string }>();
  for (const { hash } of entries.values()) {
    const kind = kindOf(hash);
    kinds.set(kind, {
      hash: kinds.get(kind)?.hash ?? hash,
      count: (kinds.get(kind)?.count ?? 0) + 1,
    });
  }
  for (const { hash } of [...kinds.values()].toSorted((one, other) => other.count - one.count)) {
    const { check } = read(hash);
    if (check) return { entries, decoy: check, scramIterations: iterationsOf(entries) };
  }
  return { entries, decoy: md5Check(new Uint8Array(16)), scramIterations: null };
}

function iterationsOf(entries: Users['entries']): number | null {
  const counts = Array.from(
    entries.values(),
    ({ hash }) => /^\{SCRAM-SHA-256\}(\d+),/i.exec(hash)?.[1],
  );
  return counts.length === 0 || counts.includes(undefined) ? null : Number(counts[0]);
}

/** What of a hash decides the work: its scheme, its kind and its costs; and its length, so that few of a kind are malformed. */
function kindOf(hash: string): string {
  const [head = ''] =
    /^(?:\{[^}]*\})?(?:\$\w+\$)?(?:v=\d+\$)?(?:[a-z]+=[^$]*\$|\d\d\$|\d+,)?/.exec(hash) ?? [];
  return `${head} ${hash.length}`;
}
