/** A file that is read again when it changes. What was read last stays until something better was read whole. */

import { statSync, type BigIntStats } from 'node:fs';
import { open } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

/** How coarse a file system's times may be, in ms: of a file that changed so short ago the times prove nothing. */
const TIME_GRAIN = 100n;

/** So long a file that is being written is waited for, in pauses of 100 ms. Our choice. */
const MAX_PAUSES = 20;

/** What a file held, and the stamp by which a change of it is seen; an empty stamp when it cannot be trusted yet. */
interface Reading {
  /** Null when it changed while it was read: neither the old file nor the new. */
  readonly text: string | null;
  readonly stamp: string;
}

/** A value, and whether its file had been left alone for a moment when it was read. */
interface Held<T> {
  readonly value: T;
  readonly settled: boolean;
}

export interface WatchedFileOptions<T> {
  readonly parse: (text: string) => T;
  /** Resolves after a moment, 100 ms where not given: who writes the file in place may be done by then. */
  readonly pause?: () => Promise<unknown>;
}

/** A file and the value that its text is parsed into. */
export class WatchedFile<T> {
  readonly #path: string;
  readonly #parse: (text: string) => T;
  readonly #pause: () => Promise<unknown>;
  #held: Held<T>;
  #stamp: string;
  #trouble: Error | null = null;
  #look: Promise<void> | null = null;

  private constructor(path: string, options: WatchedFileOptions<T>, first: Reading) {
    this.#path = path;
    this.#parse = options.parse;
    this.#pause = options.pause ?? (() => setTimeout(Number(TIME_GRAIN)));
    this.#held = { value: options.parse(first.text ?? ''), settled: false };
    this.#stamp = first.stamp;
  }

  /** Reads the file for the first time; rejects when it cannot. */
  static async open<T>(path: string, options: WatchedFileOptions<T>): Promise<WatchedFile<T>> {
    try {
      stampOfFile(path);
      return new WatchedFile(path, options, await readWhole(path));
    } catch (cause) {
      throw troubleWith(path, cause);
    }
  }

  /** Why the last look at the file failed, so that older content is in use; null when it did not. */
  get trouble(): Error | null {
    return this.#trouble;
  }

  /** The value, after a look whether the file has changed that began later than this call. */
  async current(): Promise<T> {
    return (await this.#looked()).value;
  }

  async #looked(): Promise<Held<T>> {
    // A look under way may have missed a change that came before this call. Those who wait here share the next.
    if (this.#look) await this.#look;
    this.#look ??= this.#refresh().finally(() => (this.#look = null));
    await this.#look;
    return this.#held;
  }

  /**
   * What the value says, where it says anything. A file that is being written in place may be only half there: nothing
   * is believed to be missing before the file has been left alone for a moment.
   */
  async find<Found>(
    find: (value: T) => Found | undefined | Promise<Found | undefined>,
  ): Promise<Found | undefined> {
    // What was looked at must have been settled itself: somebody else may have looked since.
    let { value, settled } = await this.#looked();
    let found = await find(value);
    for (let pauses = 0; found === undefined && !settled && pauses < MAX_PAUSES; pauses++) {
      await this.#pause();
      ({ value, settled } = await this.#looked());
      found = await find(value);
    }
    return found;
  }

  async #refresh(): Promise<void> {
    try {
      if (stampOfFile(this.#path) !== this.#stamp) this.#take(await readWhole(this.#path));
      else this.#held = { ...this.#held, settled: true };
      this.#trouble = null;
    } catch (cause) {
      this.#trouble = troubleWith(this.#path, cause);
    }
  }

  #take({ text, stamp }: Reading): void {
    const settled = stamp !== '';
    this.#held = { ...this.#held, settled };
    if (text === null) throw new Error('the file changed while it was read');
    // Who writes a file in place empties it first: without this, everybody would be unknown for that moment.
    if (text === '') throw new Error('the file is empty');
    this.#held = { value: this.#parse(text), settled };
    this.#stamp = stamp;
  }
}

/** Reads all of a file; where it changed meanwhile, or short before, the stamp cannot be trusted. */
async function readWhole(path: string): Promise<Reading> {
  const handle = await open(path, 'r');
  try {
    const before = await handle.stat({ bigint: true });
    const text = await handle.readFile('utf8');
    const after = await handle.stat({ bigint: true });
    if (stampOf(before) !== stampOf(after)) return { text: null, stamp: '' };
    return { text, stamp: isFresh(after) ? '' : stampOf(after) };
  } finally {
    await handle.close();
  }
}

/** Asked at every question, and so without the thread pool: the way there and back takes a hundred times as long. */
function stampOfFile(path: string): string {
  const stats = statSync(path, { bigint: true });
  // Before it is opened: to open a pipe could take for ever.
  if (!stats.isFile()) throw new Error('not a regular file');
  return stampOf(stats);
}

function stampOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}

function isFresh({ ctimeMs }: BigIntStats): boolean {
  const age = BigInt(Date.now()) - ctimeMs;
  return age < TIME_GRAIN && age > -TIME_GRAIN;
}

function troubleWith(path: string, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Error(`cannot read ${path}: ${reason}`, { cause });
}
