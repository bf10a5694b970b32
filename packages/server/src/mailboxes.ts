/** The users' Maildirs: the only place where a name from outside becomes a path. */
import { lstat, mkdir, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
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
  /** Holds all mailboxes. */
  readonly folder: string;
  readonly #options: MailboxesOptions;
  readonly #open = new Map<string, Promise<Maildir>>();

  private constructor(folder: string, options: MailboxesOptions) {
    this.folder = folder;
    this.#options = options;
  }

  /** Makes the folder of the mailboxes where it is missing. It may lie behind a link; a mailbox may not. */
  static async open(options: MailboxesOptions): Promise<Mailboxes> {
    const [folder = ''] = options.path.split('{user}');
    await mkdir(folder, { recursive: true });
    return new Mailboxes(await realpath(folder), options);
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
    const [, below = ''] = path.split('{user}');
    const mailbox = join(this.folder, user, below);
    for (let at = mailbox; at !== this.folder; at = dirname(at)) await refuseLink(at);
    return Maildir.create(mailbox, { mode, hostname });
  }
}

async function refuseLink(path: string): Promise<void> {
  const status = await lstat(path).catch(ifMissing);
  if (status?.isSymbolicLink()) throw new Error(`${path} is a link, and mail follows none`);
}

function ifMissing(error: unknown): null {
  if (codeOf(error) === 'ENOENT') return null;
  throw error;
}
