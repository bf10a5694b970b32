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
import { checkFolders } from './folders.ts';
import { GoneError } from './gone-error.ts';
import { Messages, type Message } from './messages.ts';
import type { Content, DeliveryOptions, Entry, MaildirOptions } from './types.ts';
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
  readonly #synced: Readonly<Record<'new' | 'cur', GroupCommit>>;

  private constructor(path: string, options: MaildirOptions) {
    const { mode = 0o600, files = nodeFiles } = options;
    if (!Number.isInteger(mode) || mode < 0 || mode > 0o777)
      throw new TypeError(`mode must be 0 to 0o777, not ${mode}`);
    this.#path = path;
    this.#options = options;
    this.#mode = mode;
    this.#files = files;
    this.#messages = new Messages(files, path);
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
   * reader sees any of it. Rejections are Node's, `ENOSPC`, `EDQUOT`, `EACCES`..., and leave nothing behind.
   */
  async begin(options: DeliveryOptions = {}): Promise<Sink<Entry>> {
    const { name, fresh = false } = options;
    if (name !== undefined && !isUniqueName(name))
      throw new TypeError(`'${name}' cannot name a message`);
    await this.#check();
    const unique = uniqueName(this.#now(), this.#options.hostname);
    const draft = { path: join(this.#path, 'tmp', unique), mode: this.#mode };
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
   * All messages, the oldest first, each once. No file is opened as long as the names tell the sizes, with `W=`; the
   * sizes of others are found by reading, and remembered.
   */
  async list(): Promise<Entry[]> {
    await this.#check();
    const entries: Entry[] = [];
    for (const message of await this.#messages.all()) {
      try {
        entries.push(entryOf(message, await this.#messages.sizeOf(message)));
      } catch (error) {
        if (!(error instanceof GoneError)) throw error;
      }
    }
    return byArrival(entries);
  }

  /** The content, with CRLF line ends; its octets are `size`. Rejects with a `GoneError` when it was removed. */
  read(entry: Entry): AsyncIterable<Uint8Array> {
    return this.#messages.content(entry.name, entry);
  }

  /**
   * Removes a message; rejects with a `GoneError` when it is removed already. Not synced: after a power failure it may
   * stand there again.
   */
  remove(entry: Entry): Promise<void> {
    return this.#messages.remove(entry.name, entry);
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
    await this.#files.rename(path, place);
    try {
      await this.#synced.new.commit();
    } catch (error) {
      await this.#files.unlink(place).catch(() => {});
      throw error;
    }
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
