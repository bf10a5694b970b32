/** The users' Maildirs: the only place where a name from outside becomes a path. */
import { lstat } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { Maildir } from '@postino/maildir';
import { codeOf } from './fault.ts';

/** The name of a user, as it may stand in a path; nothing else is ever put there. */
const USER = /^[a-z0-9_@-][a-z0-9._@-]*$/;

export interface MailboxesOptions {
  /** Holds `{user}` as one whole folder name. */
  readonly path: string;
  /** Of each message's file. */
  readonly mode: number;
  readonly hostname: string;
}

export class Mailboxes {
  readonly #options: MailboxesOptions;
  readonly #open = new Map<string, Promise<Maildir>>();

  constructor(options: MailboxesOptions) {
    this.#options = options;
  }

  /** The folder that holds all mailboxes. */
  get folder(): string {
    return this.#options.path.split(`${sep}{user}`)[0] || sep;
  }

  /**
   * The mailbox of a user who was found in the passwd file, made where it is missing. Rejects for a name that is none,
   * and where a link would lead out of the folder of the mailboxes.
   */
  of(user: string): Promise<Maildir> {
    const known = this.#open.get(user);
    if (known) return known;
    const opened = this.#create(user);
    this.#open.set(user, opened);
    // What could not be opened now may be there next time.
    opened.catch(() => this.#open.delete(user));
    return opened;
  }

  async #create(user: string): Promise<Maildir> {
    if (!USER.test(user)) throw new Error(`${JSON.stringify(user)} cannot name a mailbox`);
    const { path, mode, hostname } = this.#options;
    const mailbox = path.replace('{user}', user);
    await refuseLinks(mailbox, this.folder);
    return Maildir.create(mailbox, { mode, hostname });
  }
}

/** Rejects when a link stands anywhere on the way from the folder down to the mailbox. */
async function refuseLinks(mailbox: string, folder: string): Promise<void> {
  for (let path = mailbox; path !== folder; path = dirname(path)) {
    const status = await lstat(path).catch(ifMissing);
    if (status?.isSymbolicLink())
      throw new Error(`${path} is a link, and mail does not follow links`);
  }
}

function ifMissing(error: unknown): null {
  if (codeOf(error) === 'ENOENT') return null;
  throw error;
}
