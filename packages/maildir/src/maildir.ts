/**
 * A mailbox as a folder of files, one a message, shared with whatever else reads and writes Maildir. Nothing here
 * knows of SMTP, POP3 or users.
 */
import { join } from 'node:path';
import {
  GroupCommit,
  holdLock,
  isMissing,
  makePath,
  nodeFiles,
  syncFolder,
  type Files,
  type Lock,
} from '@postino/files';
import type { Sink } from '@postino/wire';
import { byArrival } from './arrival.ts';
import { Delivery, type Draft } from './delivery.ts';
import { formatFileName } from './file-name.ts';
import { formatFolderName, parseFolderName } from './folder-name.ts';
import { checkFolders, demandFolder, makeMailFolder } from './folders.ts';
import { Messages, type Message } from './messages.ts';
import { QuotaKeeper } from './quota-keeper.ts';
import type { Content, DeliveryOptions, Entry, MaildirOptions } from './types.ts';
import { UniqueIds } from './unique-ids.ts';
import { isUniqueName, uidOf, uniqueName } from './unique-name.ts';

/** Drafts untouched for so long belong to a delivery that died: 36 hours, as mail readers have it. */
const DRAFT_LIFE = 36 * 3600 * 1000;
const LOCK_FILE = 'postino-pop3.lock';

export class Maildir {
  readonly #path: string;
  readonly #options: MaildirOptions;
  readonly #mode: number;
  readonly #files: Files;
  readonly #messages: Messages;
  /** Null: the mailbox may hold anything. */
  readonly #quota: QuotaKeeper | null;
  /** Null: names are unique-ids. */
  readonly #uniqueIds: UniqueIds | null;
  readonly #synced: Readonly<Record<'new' | 'cur', GroupCommit>>;

  /** A folder is in the quota of the mailbox that it is in. */
  private constructor(path: string, options: MaildirOptions, quota?: QuotaKeeper | null) {
    const { mode = 0o600, files = nodeFiles, uidl } = options;
    if (!Number.isInteger(mode) || mode < 0 || mode > 0o777)
      throw new TypeError(`mode must be 0 to 0o777, not ${mode}`);
    this.#path = path;
    this.#options = options;
    this.#mode = mode;
    this.#files = files;
    this.#messages = new Messages(files, path, mode);
    this.#quota = quota === undefined ? this.#quotaOf(options) : quota;
    this.#uniqueIds = uidl === undefined ? null : new UniqueIds(files, path, uidl);
    const commit = (folder: string): GroupCommit =>
      new GroupCommit(() => syncFolder(files, join(path, folder)));
    this.#synced = { new: commit('new'), cur: commit('cur') };
  }

  /** Opens a mailbox, and makes it, with the folders above it, where it is missing. */
  static async create(path: string, options: MaildirOptions = {}): Promise<Maildir> {
    const maildir = new Maildir(path, options);
    await makePath(maildir.#files, path, maildir.#folderMode);
    await maildir.#check();
    return maildir;
  }

  /** Opens a mailbox; rejects with `ENOENT` when there is none. Missing `tmp`, `new` and `cur` are made. */
  static async open(path: string, options: MaildirOptions = {}): Promise<Maildir> {
    const maildir = new Maildir(path, options);
    await maildir.#check();
    return maildir;
  }

  /**
   * Begins a delivery. Its `end()` resolves once the message, its name and its content, is on disk; until then no
   * reader sees any of it. Rejections are Node's, `ENOSPC`, `EDQUOT`, `EACCES`..., or a `QuotaError`, and leave nothing
   * behind.
   */
  async begin(options: DeliveryOptions = {}): Promise<Sink<Entry>> {
    const { name, fresh = false } = options;
    if (name !== undefined && !isUniqueName(name))
      throw new TypeError(`'${name}' cannot name a message`);
    await this.#check();
    const unique = uniqueName(this.#now(), this.#options.hostname);
    const { lineEnds = 'lf' } = this.#options;
    const draft = { path: join(this.#path, 'tmp', unique), mode: this.#mode, lineEnds };
    return Delivery.begin(this.#files, draft, async (written) => {
      const earlier = name === undefined || fresh ? null : await this.#earlier(name, written);
      return earlier ?? this.#publish(name ?? unique, written);
    });
  }

  /** Delivers content, `prefix` before it; all as with `begin()`. An error of `content` itself passes through. */
  async deliver(
    content: Content,
    options: DeliveryOptions & { readonly prefix?: Uint8Array } = {},
  ): Promise<Entry> {
    const sink = await this.begin(options);
    try {
      if (options.prefix) await sink.write(options.prefix);
      for await (const piece of content instanceof Uint8Array ? [content] : content)
        await sink.write(piece);
    } catch (error) {
      await sink.abort();
      throw error;
    }
    return sink.end();
  }

  /**
   * All messages, the oldest first, each once. No message is opened whose size is told by its name, with `W=`, or was
   * found before by reading it: such sizes are kept in the file `postino-sizes`.
   */
  async list(): Promise<Entry[]> {
    await this.#check();
    const idOf = (await this.#uniqueIds?.now()) ?? uidOf;
    const entries = (await this.#messages.sized()).map((message) => entryOf(message, message.size));
    return byArrival(entries).map((entry) => ({ ...entry, uid: idOf(entry.name) }));
  }

  /** The content, with CRLF line ends; its octets are `size`. Rejects with a `GoneError` when it was removed. */
  read(entry: Entry): AsyncIterable<Uint8Array> {
    return this.#messages.content(entry.name, entry);
  }

  /**
   * Removes a message; rejects with a `GoneError` when it is removed already. Not synced: after a power failure it may
   * stand there again.
   */
  async remove(entry: Entry): Promise<void> {
    const octets = await this.#messages.remove(entry.name, entry);
    await this.#quota?.note({ octets: -octets, messages: -1 });
  }

  /**
   * Gives a message these flags and no others, letters in any order, and moves it from `new` to `cur`, as mail readers
   * do. Rejects with a `GoneError` when it was removed. Not synced.
   */
  async flag(entry: Entry, flags: string): Promise<Entry> {
    if (!/^[A-Za-z]*$/.test(flags)) throw new TypeError(`'${flags}' are no flags`);
    const letters = [...new Set(flags)].toSorted().join('');
    await this.#check();
    return { ...entry, flags: letters, ...(await this.#messages.flag(entry.name, entry, letters)) };
  }

  /** The Maildir++ folders, `['Lists', 'Über']`, in order; those whose names are in another encoding are left out. */
  async folders(): Promise<string[][]> {
    const names = await this.#files.folders(this.#path);
    return names.toSorted().flatMap((name) => {
      const path = parseFolderName(name);
      return path ? [path] : [];
    });
  }

  /** Opens a folder; rejects with `ENOENT` where there is none. It is a mailbox like this, within the same quota. */
  async folder(path: readonly string[]): Promise<Maildir> {
    const folder = this.#folderAt(path);
    await demandFolder(this.#files, folder.#path);
    await folder.#check();
    return folder;
  }

  /** Opens a folder, and makes it where it is missing; those above it need not be there. */
  async createFolder(path: readonly string[]): Promise<Maildir> {
    const folder = this.#folderAt(path);
    const modes = { mode: this.#mode, folderMode: this.#folderMode };
    await makeMailFolder(this.#files, folder.#path, modes);
    await folder.#check();
    return folder;
  }

  /** Removes drafts in `tmp` that nobody touched for 36 hours; resolves to their number. `now` is in ms since 1970. */
  async clean(now: number = this.#now()): Promise<number> {
    await this.#check();
    const drafts = await this.#files.list(join(this.#path, 'tmp'));
    const removed = await Promise.all(
      drafts.map((draft) => this.#cleanDraft(join(this.#path, 'tmp', draft), now - DRAFT_LIFE)),
    );
    return removed.filter(Boolean).length;
  }

  /** The mailbox for one POP3 session alone; null while another has it. It ends with the process. RFC 1939 §4. */
  lock(): Promise<Lock | null> {
    return holdLock(join(this.#path, LOCK_FILE), this.#mode);
  }

  /** `x` wherever files have `r`, and all of our own. */
  get #folderMode(): number {
    return this.#mode | 0o700 | ((this.#mode & 0o444) >> 2);
  }

  #folderAt(path: readonly string[]): Maildir {
    const name = formatFolderName(path);
    if (name === null) throw new TypeError(`'${path.join("', '")}' can name no folder`);
    return new Maildir(join(this.#path, name), this.#options, this.#quota);
  }

  #quotaOf({ quota }: MaildirOptions): QuotaKeeper | null {
    if (!quota) return null;
    const options = { quota, mode: this.#mode, now: () => this.#now() };
    return new QuotaKeeper(this.#files, this.#path, options);
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }

  #check(): Promise<void> {
    return checkFolders(this.#files, this.#path, this.#folderMode);
  }

  /** Gives a draft its name under `new`, where readers see it. */
  async #publish(unique: string, { path, ...sizes }: Draft): Promise<Entry> {
    const name = { unique, ...sizes, flags: '' };
    const file = formatFileName(name);
    const place = join(this.#path, 'new', file);
    await this.#quota?.demand(sizes.diskSize);
    await this.#files.rename(path, place);
    try {
      await this.#synced.new.commit();
    } catch (error) {
      await this.#files.unlink(place).catch(() => {});
      throw error;
    }
    await this.#quota?.note({ octets: sizes.diskSize, messages: 1 });
    return entryOf({ ...name, folder: 'new', file }, sizes.size);
  }

  /** The delivery that an earlier process did, and perhaps did not live to make durable: so that is done now. */
  async #earlier(name: string, { path }: Draft): Promise<Entry | null> {
    const message = await this.#messages.find(name);
    if (!message) return null;
    await this.#synced[message.folder].commit();
    await this.#files.unlink(path);
    return entryOf(message, await this.#messages.sizeOf(message));
  }

  async #cleanDraft(path: string, before: number): Promise<boolean> {
    try {
      if ((await this.#files.lstat(path)).changed > before) return false;
      await this.#files.unlink(path);
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }
}

function entryOf({ unique, flags, folder, file }: Message, size: number): Entry {
  return { name: unique, uid: uidOf(unique), size, flags, folder, file };
}
