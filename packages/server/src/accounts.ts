/** Everybody with a mailbox here: the users that have bare names, and those of one domain only. */
import { domainToAscii } from '@postino/address';
import { PasswdFile } from '@postino/passwd-md5';
import type { ScramCredentials } from '@postino/sasl';
import type { Config, UsersConfig } from './config/config.ts';
import { concerning } from './fault.ts';
import type { Logger } from './log.ts';

/** Whom a login means. */
interface Located {
  readonly file: PasswdFile;
  /** In that file. */
  readonly name: string;
  /** As the rest of the server knows them. */
  readonly user: string;
}

export class Accounts {
  /** Those with bare names. */
  readonly shared: PasswdFile;
  readonly #own: ReadonlyMap<string, PasswdFile>;
  readonly #log: Logger;
  /** What was told of each file last. */
  readonly #told = new Map<PasswdFile, string>();

  private constructor(shared: PasswdFile, own: ReadonlyMap<string, PasswdFile>, log: Logger) {
    this.shared = shared;
    this.#own = own;
    this.#log = log;
  }

  /** Opens all passwd files; rejects with an error that names the key of one that cannot be read. */
  static async open(config: Config, log: Logger): Promise<Accounts> {
    const open = (key: string, path: string): Promise<PasswdFile> =>
      concerning(key, openUsers(path, config.users, log));
    const shared = await open('users.passwd', config.users.passwd);
    const own = new Map<string, PasswdFile>();
    for (const { domain, passwd } of config.domains)
      if (passwd !== null) own.set(domain, await open(`domains."${domain}".passwd`, passwd));
    return new Accounts(shared, own, log);
  }

  /** The users of a domain alone; undefined where it has those with bare names. */
  of(domain: string): PasswdFile | undefined {
    return this.#own.get(domain);
  }

  /** The name under which the server knows whoever logs in as this: in lower case, the domain as the DNS has it. */
  userOf(login: string): string {
    return this.#locate(login).user;
  }

  /** Whether this is the password of who logs in so; rejects when that cannot be found out. */
  async verify(login: string, password: Uint8Array): Promise<boolean> {
    const { file, name } = this.#locate(login);
    const right = await file.verify(name, password);
    this.#tellTrouble(file);
    return right;
  }

  /** What SCRAM needs of who logs in so; null where there is nothing of the kind. */
  async scram(login: string): Promise<ScramCredentials | null> {
    const { file, name } = this.#locate(login);
    const credentials = await file.scram(name);
    this.#tellTrouble(file);
    return credentials;
  }

  /** Of the SCRAM hashes; null unless everybody has one. A domain without users shuts nobody out. */
  async scramIterations(): Promise<number | null> {
    let iterations: number | null = null;
    for (const file of [this.shared, ...this.#own.values()]) {
      const of = await file.scramIterations();
      if (of === null && (await file.users()).length > 0) return null;
      iterations ??= of;
    }
    return iterations;
  }

  #locate(login: string): Located {
    const at = login.lastIndexOf('@');
    const domain = at === -1 ? null : domainToAscii(login.slice(at + 1));
    const file = domain === null ? undefined : this.#own.get(domain);
    if (!file) return { file: this.shared, name: login, user: login.toLowerCase() };
    const name = login.slice(0, at);
    return { file, name, user: `${name.toLowerCase()}@${domain}` };
  }

  /** A file that cannot be read any more leaves the users as they were; each reason is told once. */
  #tellTrouble(file: PasswdFile): void {
    const { trouble } = file;
    const message = trouble?.message ?? '';
    if (trouble && message !== this.#told.get(file))
      this.#log.error({ err: trouble }, 'an older version of the passwd file is in use');
    this.#told.set(file, message);
  }
}

async function openUsers(path: string, { rehash }: UsersConfig, log: Logger): Promise<PasswdFile> {
  const file = await PasswdFile.open(path, {
    ...(rehash === null ? {} : { rehash }),
    onRehash(user, error) {
      if (error === null) log.info({ user, scheme: rehash }, 'hash replaced');
      else log.error({ err: error, user }, 'the hash could not be replaced');
    },
  });
  const problems = await file.problems();
  for (const { user, type, reason } of problems)
    if (type === 'fault') log.warn({ file: path, user, reason }, 'user cannot log in');
  const fast = problems.filter(({ type }) => type === 'fast').length;
  if (fast > 0)
    log.warn(
      { file: path, users: fast },
      'hashes that are guessed fast; give rehash = "CRYPT" in [users]',
    );
  return file;
}
