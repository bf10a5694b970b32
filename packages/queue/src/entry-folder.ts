/**
 * The files of a queue: one for each message, `ID.SIZE`, which holds its octets and behind them its log. It is written
 * and synced under `tmp`; the one rename to `entries` is its commit.
 *
 * A report waits under `tmp` too. The change in the log that names it is its commit: a report that a log names is moved
 * to `entries` at once, or at the next start, and never twice, since a move leaves nothing behind.
 */
import { dirname, join } from 'node:path';
import { GroupCommit, isMissing, makePath, syncFolder, type Files } from '@postino/files';
import { appendChange, cutBack, readContent, readLog, writeEntry } from './entry-file.ts';
import { eventsOf, replay } from './entry-log.ts';
import type { Acceptance, Change, EntryName, EntryState } from './entry-state.ts';
import { isQueueId } from './queue-id.ts';
import type { Content, QueueEvent, QueueId, Spooled } from './types.ts';

export interface Draft extends Acceptance {
  readonly id: QueueId;
  readonly message: Content | Spooled;
}

export class EntryFolder {
  readonly #files: Files;
  readonly #path: string;
  readonly #drafts: GroupCommit;
  readonly #entries: GroupCommit;

  constructor(files: Files, path: string) {
    this.#files = files;
    this.#path = path;
    this.#drafts = new GroupCommit(() => syncFolder(files, join(path, 'tmp')));
    this.#entries = new GroupCommit(() => syncFolder(files, join(path, 'entries')));
  }

  /** Makes the folders where they are missing; resolves to the names of the files that are entries or should be. */
  async open(): Promise<string[]> {
    for (const name of ['tmp', 'entries'])
      await makePath(this.#files, join(this.#path, name), 0o700);
    await syncFolder(this.#files, this.#path);
    await syncFolder(this.#files, dirname(this.#path));
    return this.#files.list(join(this.#path, 'entries'));
  }

  /** Removes drafts: what was not committed before a crash. */
  async clean(): Promise<void> {
    for (const id of await this.#files.list(join(this.#path, 'tmp')))
      if (isQueueId(id)) await this.discard(id);
  }

  /** The state that a log tells; null for what is no entry, or is damaged. */
  async state(name: EntryName): Promise<EntryState | null> {
    return replay(await this.#log(name));
  }

  /** What the log tells, step by step; nothing of an entry that is gone. */
  async events(name: EntryName): Promise<QueueEvent[]> {
    const log = await this.#log(name).catch(unlessMissing);
    return log === null ? [] : eventsOf(log);
  }

  content(name: EntryName): AsyncIterable<Uint8Array> {
    return readContent(this.#files, this.#entry(name), name.size);
  }

  /** A message and its acceptance, written and synced; its name is not. */
  async draft({ id, ...draft }: Draft): Promise<EntryName> {
    return { id, size: await writeEntry(this.#files, this.#draft(id), draft) };
  }

  /** Makes an entry of a draft. Rejects with nothing left of it. */
  async publish(name: EntryName): Promise<void> {
    try {
      await this.#files.rename(this.#draft(name.id), this.#entry(name));
      await this.#entries.commit();
    } catch (error) {
      await this.discard(name.id).catch(ignore);
      await this.#files.unlink(this.#entry(name)).catch(ignore);
      throw error;
    }
  }

  async discard(id: QueueId): Promise<void> {
    await this.#files.unlink(this.#draft(id));
  }

  /** Appends a change, and so commits its report; resolves to what was appended. Rejects with nothing left of both. */
  async append(name: EntryName, change: Change, report?: Draft): Promise<Change> {
    const path = this.#entry(name);
    const { size } = await this.#files.lstat(path);
    const draft = report && (await this.draft(report));
    const whole = draft ? { ...change, report: draft } : change;
    try {
      if (draft) await this.#drafts.commit();
      await appendChange(this.#files, path, whole);
      return whole;
    } catch (error) {
      await cutBack(this.#files, path, size);
      // Not before: where even that failed, the next start finds the change and its report, or neither.
      if (draft) await this.discard(draft.id).catch(ignore);
      throw error;
    }
  }

  /** Moves a committed report to the entries; null when it was moved before, and is gone from there too. */
  async move(report: EntryName): Promise<EntryState | null> {
    await this.#files.rename(this.#draft(report.id), this.#entry(report)).catch(unlessMissing);
    const state = await this.state(report).catch(unlessMissing);
    if (!state) return null;
    await this.#entries.commit();
    await this.#drafts.commit();
    return state;
  }

  async drop(name: EntryName): Promise<void> {
    await this.#files.unlink(this.#entry(name)).catch(unlessMissing);
    await this.#entries.commit();
  }

  #log(name: EntryName): Promise<string> {
    return readLog(this.#files, this.#entry(name), name.size);
  }

  #draft(id: QueueId): string {
    return join(this.#path, 'tmp', id);
  }

  #entry({ id, size }: EntryName): string {
    return join(this.#path, 'entries', `${id}.${size}`);
  }
}

/** The name of a file as an entry's; null for one that is none. */
export function parseEntryName(text: string): EntryName | null {
  const [, id = '', size] = /^([^.]+)\.(0|[1-9]\d{0,14})$/.exec(text) ?? [];
  return isQueueId(id) ? { id, size: Number(size) } : null;
}

function unlessMissing(error: unknown): null {
  if (isMissing(error)) return null;
  throw error;
}

function ignore(): void {}
