/**
 * The queue on a local disk: a file for each message, `ID.SIZE`, which holds its octets and behind them its log. It is
 * written and synced under `tmp`; the one rename to `entries` is the commit. One process at a time has the folder.
 */
import { dirname, join } from 'node:path';
import type { Envelope } from '@postino/address';
import {
  APPEND,
  CREATE,
  GroupCommit,
  makePath,
  nodeFiles,
  pieces,
  READ,
  syncFolder,
  withFile,
  type Files,
} from '@postino/files';
import { StateError } from '@postino/wire';
import { formatRecord, replay, type Acceptance, type EntryState } from './entry-log.ts';
import { isQueueId, newQueueId } from './queue-id.ts';
import type { CommitOptions, Content, Queue, QueueEntry, QueueId, Spooled } from './types.ts';

export interface FileQueueOptions {
  /** The clock, in ms since 1970. */
  readonly now?: () => number;
  /** The file system; Node's own where not given. */
  readonly files?: Files;
}

interface Stored {
  readonly id: QueueId;
  readonly path: string;
  /** Octets of the message: the log begins behind them. */
  readonly size: number;
  readonly state: EntryState;
}

export class FileQueue implements Queue {
  readonly #path: string;
  readonly #files: Files;
  readonly #now: () => number;
  readonly #synced: GroupCommit;
  // Not done: entries are held in memory, envelope and all, which bounds the length of the queue.
  readonly #stored = new Map<QueueId, Stored>();
  readonly #damaged: string[] = [];

  private constructor(path: string, { files = nodeFiles, now = Date.now }: FileQueueOptions) {
    this.#path = path;
    this.#files = files;
    this.#now = now;
    this.#synced = new GroupCommit(() => syncFolder(files, join(path, 'entries')));
  }

  /** Opens the folder, and makes it where it is missing. What was not committed before a crash is removed. */
  static async open(path: string, options: FileQueueOptions = {}): Promise<FileQueue> {
    const queue = new FileQueue(path, options);
    await queue.#prepare();
    for (const name of await queue.#files.list(join(path, 'entries'))) await queue.#load(name);
    return queue;
  }

  /** Names of files that are no entries, or whose log cannot be read: they are left as they are, for people to look at. */
  get damaged(): readonly string[] {
    return this.#damaged;
  }

  async commit(
    envelope: Envelope,
    message: Content | Spooled,
    { id = newQueueId(this.#now()) }: CommitOptions = {},
  ): Promise<QueueId> {
    if (!isQueueId(id)) throw new TypeError(`'${id}' is no queue id`);
    if (envelope.to.length === 0) throw new TypeError('an envelope needs a recipient');
    if (this.#stored.has(id)) throw new StateError(`${id} is committed already`);
    const acceptance: Acceptance = { version: 1, accepted: this.#now(), envelope };
    const draft = join(this.#path, 'tmp', id);
    const size = await this.#write(draft, message, acceptance);
    const path = join(this.#path, 'entries', `${id}.${size}`);
    await this.#publish(draft, path);
    const state = { ...acceptance, pending: new Set(envelope.to.keys()) };
    this.#stored.set(id, { id, path, size, state });
    return id;
  }

  entries(): Promise<QueueEntry[]> {
    const stored = [...this.#stored.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
    return Promise.resolve(stored.map(entryOf));
  }

  read(id: QueueId): AsyncIterable<Uint8Array> {
    const stored = this.#stored.get(id);
    if (!stored) throw new StateError(`${id} is not in the queue`);
    return this.#content(stored);
  }

  async done(id: QueueId, recipient: number): Promise<void> {
    const stored = this.#stored.get(id);
    if (!stored) return;
    const { pending, envelope } = stored.state;
    if (!envelope.to[recipient]) throw new TypeError(`${id} has no recipient ${recipient}`);
    if (!pending.delete(recipient)) return;
    try {
      await (pending.size === 0 ? this.#drop(stored) : this.#mark(stored, recipient));
    } catch (error) {
      pending.add(recipient);
      throw error;
    }
  }

  async #prepare(): Promise<void> {
    const tmp = join(this.#path, 'tmp');
    await makePath(this.#files, tmp, 0o700);
    await makePath(this.#files, join(this.#path, 'entries'), 0o700);
    await syncFolder(this.#files, this.#path);
    await syncFolder(this.#files, dirname(this.#path));
    for (const name of await this.#files.list(tmp))
      if (isQueueId(name)) await this.#files.unlink(join(tmp, name));
  }

  async #load(name: string): Promise<void> {
    const path = join(this.#path, 'entries', name);
    const [, id = '', digits] = /^([^.]+)\.(\d{1,15})$/.exec(name) ?? [];
    const size = Number(digits);
    const state = isQueueId(id) ? replay(await this.#log(path, size)) : null;
    if (!state) this.#damaged.push(name);
    else if (state.pending.size === 0) await this.#files.unlink(path);
    else this.#stored.set(id, { id, path, size, state });
  }

  #log(path: string, size: number): Promise<string> {
    return withFile(this.#files, [path, READ], async (file) => {
      const log: Uint8Array[] = [];
      for await (const piece of pieces(file, size)) log.push(piece);
      return Buffer.concat(log).toString();
    });
  }

  /** The octets of the message, and behind them the acceptance, synced; resolves to the message's size. */
  async #write(path: string, message: Content | Spooled, acceptance: Acceptance): Promise<number> {
    try {
      return await withFile(this.#files, [path, CREATE], async (file) => {
        let size = 0;
        for await (const piece of piecesOf(message)) {
          await file.write(piece);
          size += piece.length;
        }
        await file.write(formatRecord(acceptance));
        await file.sync();
        return size;
      });
    } catch (error) {
      await this.#files.unlink(path).catch(ignore);
      throw error;
    }
  }

  async #publish(draft: string, path: string): Promise<void> {
    try {
      await this.#files.rename(draft, path);
      await this.#synced.commit();
    } catch (error) {
      await this.#files.unlink(draft).catch(ignore);
      await this.#files.unlink(path).catch(ignore);
      throw error;
    }
  }

  #mark({ path }: Stored, recipient: number): Promise<void> {
    return withFile(this.#files, [path, APPEND], async (file) => {
      await file.write(formatRecord({ done: recipient }));
      await file.sync();
    });
  }

  async #drop({ id, path }: Stored): Promise<void> {
    await this.#files.unlink(path);
    this.#stored.delete(id);
    await this.#synced.commit();
  }

  async *#content({ path, size }: Stored): AsyncGenerator<Uint8Array, void, undefined> {
    const file = await this.#files.open(path, READ);
    try {
      yield* pieces(file, 0, size);
    } finally {
      await file.close();
    }
  }
}

function piecesOf(message: Content | Spooled): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  if (message instanceof Uint8Array) return [message];
  return 'discard' in message ? message.read() : message;
}

function entryOf({ id, size, state }: Stored): QueueEntry {
  const { accepted, envelope } = state;
  return { id, accepted, envelope, size, pending: [...state.pending].toSorted((a, b) => a - b) };
}

function ignore(): void {}
