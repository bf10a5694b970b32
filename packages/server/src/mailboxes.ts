/** The users' Maildirs: the only place where a name from outside becomes a path. */
import { lstat, mkdir, realpath } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { Maildir, type LineEnds } from '@postino/maildir';
import { codeOf } from './fault.ts';

/** The name of a user, as it may stand in a path; nothing else is ever put there. */
const USER = /^[a-z0-9_@-][a-z0-9._@-]*$/;

export interface MailboxesOptions {
  /** Of users with bare names; holds `{user}` within one whole folder name. */
  readonly path: string;
  /** The same for users of one domain only, by domain. */
  readonly domains: ReadonlyMap<string, string>;
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

/** Where the mailboxes of some users are: below a folder that is there, in a folder with a name like this, at this place within. */
interface Place {
  readonly folder: string;
  readonly name: string;
  readonly below: string;
}

export class Mailboxes {
  readonly #options: MailboxesOptions;
  readonly #shared: Place;
  readonly #own: ReadonlyMap<string, Place>;
  readonly #open = new Map<string, OpenMailbox>();

  private constructor(shared: Place, own: ReadonlyMap<string, Place>, options: MailboxesOptions) {
    this.#shared = shared;
    this.#own = own;
    this.#options = options;
  }

  /** Makes the folders of the mailboxes where they are missing. They may lie behind a link; a mailbox may not. */
  static async open(options: MailboxesOptions): Promise<Mailboxes> {
    const shared = await openPlace(options.path);
    const own = new Map<string, Place>();
    for (const [domain, path] of options.domains) own.set(domain, await openPlace(path));
    return new Mailboxes(shared, own, options);
  }

  /** Those that hold all mailboxes. */
  get folders(): string[] {
    return [...new Set([this.#shared, ...this.#own.values()].map(({ folder }) => folder))];
  }

  /**
   * The mailbox of a user who was found in a passwd file, made where it is missing. Rejects for a name that is none, and
   * where a link would lead out of the folder of the mailboxes.
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
    const { mode, hostname, line_ends: lineEnds, quota, uidl_format: uidl } = this.#options;
    const { folder, mailbox } = this.#find(user);
    for (let at = mailbox; at !== folder; at = dirname(at)) await refuseLink(at);
    return Maildir.create(mailbox, {
      mode,
      hostname,
      lineEnds,
      ...(quota !== null && { quota: { octets: quota } }),
      ...(uidl !== null && { uidl }),
    });
  }

  #find(user: string): { folder: string; mailbox: string } {
    const at = user.lastIndexOf('@');
    const own = at === -1 ? undefined : this.#own.get(user.slice(at + 1));
    const { folder, name, below } = own ?? this.#shared;
    const bare = own ? user.slice(0, at) : user;
    if (!USER.test(bare)) throw new Error(`${JSON.stringify(user)} cannot name a mailbox`);
    const top = join(folder, name.replace('{user}', bare));
    const other = this.folders.find((one) => one === top || one.startsWith(`${top}${sep}`));
    if (other !== undefined)
      throw new Error(`${top} cannot be the mailbox of ${user}: it holds those of others`);
    return { folder, mailbox: join(top, below) };
  }
}

async function openPlace(path: string): Promise<Place> {
  const names = path.split('/');
  const at = names.findIndex((name) => name.includes('{user}'));
  const folder = names.slice(0, at).join('/') || '/';
  await mkdir(folder, { recursive: true });
  return { folder: await realpath(folder), name: names[at]!, below: names.slice(at + 1).join('/') };
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
