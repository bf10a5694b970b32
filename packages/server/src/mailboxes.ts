/** The users' Maildirs: the only place where a name from outside becomes a path. */
import { lstat, mkdir, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Maildir, type LineEnds } from '@postino/maildir';
import { codeOf } from './fault.ts';

/** The name of a user, as it may stand in a path; nothing else is ever put there. */
const USER = /^[a-z0-9_@-][a-z0-9._@-]*$/;

export interface MailboxesOptions {
  /** Holds `{user}` as one whole folder name. */
  readonly path: string;
  /** Of each message's file. */
  readonly mode: number;
  readonly hostname: string;
  readonly line_ends: LineEnds;
  /** Octets that a mailbox may hold; null: no limit. */
  readonly quota: number | null;
  /** Dovecot's `pop3_uidl_format`; null: names are unique-ids. */
  readonly uidl_format: string | null;
}

/** Milliseconds between two looks for drafts that were left behind. Our choice. */
const CLEANING = 12 * 3600 * 1000;

/** A mailbox that is open, and when it is to be cleaned next, by a clock that never goes back. */
interface OpenMailbox {
  readonly maildir: Promise<Maildir>;
  cleanAt: number;
}

export class Mailboxes {
  /** Holds all mailboxes. */
  readonly folder: string;
  readonly #options: MailboxesOptions;
  readonly #open = new Map<string, OpenMailbox>();

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
    const mailbox = this.#open.get(user) ?? this.#begin(user);
    if (performance.now() >= mailbox.cleanAt) clean(mailbox);
    return mailbox.maildir;
  }

  #begin(user: string): OpenMailbox {
    const mailbox = { maildir: this.#create(user), cleanAt: 0 };
    this.#open.set(user, mailbox);
    // What could not be opened now may be there next time.
    mailbox.maildir.catch(() => this.#open.delete(user));
    return mailbox;
  }

  async #create(user: string): Promise<Maildir> {
    if (!USER.test(user)) throw new Error(`${JSON.stringify(user)} cannot name a mailbox`);
    const { path, mode, hostname, line_ends: lineEnds, quota, uidl_format: uidl } = this.#options;
    const [, below = ''] = path.split('{user}');
    const mailbox = join(this.folder, user, below);
    for (let at = mailbox; at !== this.folder; at = dirname(at)) await refuseLink(at);
    return Maildir.create(mailbox, {
      mode,
      hostname,
      lineEnds,
      ...(quota !== null && { quota: { octets: quota } }),
      ...(uidl !== null && { uidl }),
    });
  }
}

/** In the background; what cannot be cleaned now can be next time. */
function clean(mailbox: OpenMailbox): void {
  mailbox.cleanAt = performance.now() + CLEANING;
  mailbox.maildir.then((maildir) => maildir.clean()).catch(() => {});
}

async function refuseLink(path: string): Promise<void> {
  const status = await lstat(path).catch(ifMissing);
  if (status?.isSymbolicLink()) throw new Error(`${path} is a link, and mail follows none`);
}

function ifMissing(error: unknown): null {
  if (codeOf(error) === 'ENOENT') return null;
  throw error;
}
