/**
 * The queue on a local disk: what its folder holds, kept in memory too, and what is due of it. One process at a time has
 * the folder.
 */
import type { Envelope } from '@postino/address';
import { nodeFiles, type Files } from '@postino/files';
import { StateError } from '@postino/wire';
import { Agenda } from './agenda.ts';
import { EntryFolder, parseEntryName, type Draft } from './entry-folder.ts';
import {
  apply,
  begin,
  checkOutcomes,
  isReportable,
  news,
  pendingOf,
  type Change,
  type EntryName,
  type EntryState,
} from './entry-state.ts';
import { isQueueId, newQueueId } from './queue-id.ts';
import { StoredEntry } from './stored-entry.ts';
import { Timetable } from './timetable.ts';
import type {
  CommitOptions,
  Content,
  Due,
  DueOptions,
  Outcome,
  Queue,
  QueueEntry,
  QueueEvent,
  QueueId,
  RecordOptions,
  Report,
  Spooled,
} from './types.ts';

/** The sender hears after a day that a message waits, as with Exim's `delay_warning`. */
const WARN_AFTER = 24 * 3600 * 1000;

export interface FileQueueOptions {
  /** The clock, in ms since 1970. */
  readonly now?: () => number;
  /** The file system; Node's own where not given. */
  readonly files?: Files;
  /** When a warning is due, in ms after a message came; 24 hours where not given, null for never. */
  readonly warnAfter?: number | null;
}

export class FileQueue implements Queue {
  readonly #folder: EntryFolder;
  readonly #now: () => number;
  readonly #warnAfter: number | null;
  // Not done: entries are held in memory, envelope and all, which bounds the length of the queue.
  readonly #stored = new Map<QueueId, StoredEntry>();
  /** When something of an entry is due next. */
  readonly #timetable = new Timetable<StoredEntry>();
  readonly #damaged: string[] = [];

  private constructor(path: string, options: FileQueueOptions) {
    const { files = nodeFiles, now = Date.now, warnAfter = WARN_AFTER } = options;
    this.#folder = new EntryFolder(files, path);
    this.#now = now;
    this.#warnAfter = warnAfter;
  }

  /** Opens the folder, and makes it where it is missing. What was not committed before a crash is removed. */
  static async open(path: string, options: FileQueueOptions = {}): Promise<FileQueue> {
    const queue = new FileQueue(path, options);
    for (const file of await queue.#folder.open()) await queue.#load(file);
    for (const entry of queue.#stored.values()) await queue.#settle(entry);
    await queue.#folder.clean();
    return queue;
  }

  /** Names of files that are no entries, or whose log cannot be read: they are left as they are, for people to look at. */
  get damaged(): readonly string[] {
    return this.#damaged;
  }

  async commit(
    envelope: Envelope,
    message: Content | Spooled,
    options: CommitOptions = {},
  ): Promise<QueueId> {
    const draft = this.#draft({ ...options, envelope, message });
    const name = await this.#folder.draft(draft);
    await this.#folder.publish(name);
    this.#keep(name, begin(draft));
    return name.id;
  }

  entries(): Promise<QueueEntry[]> {
    const views = [...this.#stored.values()].map((entry) => entry.view());
    return Promise.resolve(views.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
  }

  entry(id: QueueId): Promise<QueueEntry | null> {
    return Promise.resolve(this.#stored.get(id)?.view() ?? null);
  }

  read(id: QueueId): AsyncIterable<Uint8Array> {
    const entry = this.#stored.get(id);
    if (!entry) throw new StateError(`${id} is not in the queue`);
    return this.#folder.content(entry.name);
  }

  async history(id: QueueId): Promise<QueueEvent[]> {
    const entry = this.#stored.get(id);
    return entry ? this.#folder.events(entry.name) : [];
  }

  due(now: number, { limit = Infinity, lease }: DueOptions = {}): Promise<Due[]> {
    const all = this.#timetable
      .upTo(now)
      .flatMap(({ name, agenda, state }) => agenda.due(name.id, state, now));
    const due = all.toSorted((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1)).slice(0, limit);
    if (lease !== undefined) for (const item of due) this.#lease(item, now + lease);
    return Promise.resolve(due);
  }

  nextDue(): Promise<number | null> {
    const next = this.#timetable.first;
    return Promise.resolve(next === Infinity ? null : next);
  }

  record(id: QueueId, outcomes: readonly Outcome[], { report }: RecordOptions = {}): Promise<void> {
    return this.#inTurn(id, async (entry) => {
      checkOutcomes(entry.state, outcomes);
      const fresh = news(entry.state, outcomes);
      if (fresh.length === 0) return;
      const change = { type: 'outcomes', at: this.#now(), outcomes: fresh } as const;
      await this.#change(entry, change, isReportable(fresh) ? report : undefined);
      entry.agenda.release(fresh);
    });
  }

  done(id: QueueId, recipient: number): Promise<void> {
    return this.record(id, [{ recipient, status: 'delivered' }]);
  }

  hold(id: QueueId): Promise<void> {
    return this.#inTurn(id, (entry) => this.#change(entry, { type: 'hold', at: this.#now() }));
  }

  release(id: QueueId): Promise<void> {
    return this.#inTurn(id, (entry) => this.#change(entry, { type: 'release', at: this.#now() }));
  }

  retry(id: QueueId): Promise<void> {
    return this.#inTurn(id, (entry) => this.#change(entry, { type: 'retry', at: this.#now() }));
  }

  remove(id: QueueId): Promise<void> {
    return this.#inTurn(id, (entry) => this.#drop(entry));
  }

  async #load(file: string): Promise<void> {
    const name = parseEntryName(file);
    const state = name && (await this.#folder.state(name));
    if (state) this.#keep(name, state);
    else this.#damaged.push(file);
  }

  /** Does something to an entry when it has its turn, and then what follows from it. */
  async #inTurn(id: QueueId, act: (entry: StoredEntry) => Promise<void>): Promise<void> {
    const entry = this.#stored.get(id);
    await entry?.inTurn(async () => {
      // What an earlier call began, and could not bring to its end.
      await this.#settle(entry);
      if (this.#stored.get(id) !== entry) return;
      try {
        await act(entry);
        await this.#settle(entry);
      } finally {
        this.#plan(entry);
      }
    });
  }

  async #change(entry: StoredEntry, change: Change, report?: Report): Promise<void> {
    const finished = pendingOf(apply(entry.state, change)).length === 0;
    // With the last recipient the file goes, which says it all.
    const written =
      finished && !report
        ? change
        : await this.#folder.append(entry.name, change, report && this.#draft(report));
    entry.state = apply(entry.state, written);
  }

  /** Puts the reports that the log names where they belong, and drops an entry that nobody waits for any more. */
  async #settle(entry: StoredEntry): Promise<void> {
    for (const report of entry.state.reports) {
      const state = this.#stored.has(report.id) ? null : await this.#folder.move(report);
      if (state) this.#keep(report, state);
    }
    entry.state = { ...entry.state, reports: [] };
    if (pendingOf(entry.state).length === 0) await this.#drop(entry);
  }

  async #drop(entry: StoredEntry): Promise<void> {
    await this.#folder.drop(entry.name);
    this.#stored.delete(entry.name.id);
    this.#plan(entry);
  }

  #lease(item: Due, until: number): void {
    const entry = this.#stored.get(item.id)!;
    entry.agenda.lease(item, until);
    this.#plan(entry);
  }

  /** To be called after each change of what is due of an entry. */
  #plan(entry: StoredEntry): void {
    const isThere = this.#stored.get(entry.name.id) === entry;
    this.#timetable.set(entry, isThere ? entry.agenda.next(entry.state) : Infinity);
  }

  /** A message that was accepted just now. */
  #draft({ id = newQueueId(this.#now()), envelope, message }: Report): Draft {
    if (!isQueueId(id)) throw new TypeError(`'${id}' is no queue id`);
    if (envelope.to.length === 0) throw new TypeError('an envelope needs a recipient');
    if (this.#stored.has(id)) throw new StateError(`${id} is committed already`);
    return { id, envelope, message, accepted: this.#now() };
  }

  #keep(name: EntryName, state: EntryState): void {
    const entry = new StoredEntry(name, state, new Agenda(this.#warnAfter));
    this.#stored.set(name.id, entry);
    this.#plan(entry);
  }
}
