/** A file that is read again when it changes. What was read last stays until something better was read whole. */

import { statSync, type BigIntStats } from 'node:fs';
import { open } from 'node:fs/promises';

/** How coarse a file system's times may be, in ms: of a file that changed so short ago the times prove nothing. */
const TIME_GRAIN = 100n;

/** What a file held, and the stamp by which a change of it is seen; an empty stamp when it cannot be trusted yet. */
interface Reading {
  readonly text: string;
  readonly stamp: string;
}

/** A file and the value that its text is parsed into. */
export class WatchedFile<T> {
  readonly #path: string;
  readonly #parse: (text: string) => T;
  #value: T;
  #stamp: string;
  #trouble: Error | null = null;
  #look: Promise<void> | null = null;

  private constructor(path: string, parse: (text: string) => T, first: Reading) {
    this.#path = path;
    this.#parse = parse;
    this.#value = parse(first.text);
    this.#stamp = first.stamp;
  }

  /** Reads the file for the first time; rejects when it cannot. */
  static async open<T>(path: string, parse: (text: string) => T): Promise<WatchedFile<T>> {
    try {
      stampOfFile(path);
      return new WatchedFile(path, parse, await readWhole(path));
    } catch (cause) {
      throw troubleWith(path, cause);
    }
  }

  /** Why the last look at the file failed, so that older content is in use; null when it did not. */
  get trouble(): Error | null {
    return this.#trouble;
  }

  /** The value, after a look whether the file has changed. Looks at the same time are one look. */
  async current(): Promise<T> {
    this.#look ??= this.#refresh().finally(() => (this.#look = null));
    await this.#look;
    return this.#value;
  }

  async #refresh(): Promise<void> {
    try {
      if (stampOfFile(this.#path) !== this.#stamp) this.#take(await readWhole(this.#path));
      this.#trouble = null;
    } catch (cause) {
      this.#trouble = troubleWith(this.#path, cause);
    }
  }

  #take({ text, stamp }: Reading): void {
    // Who writes a file in place empties it first: without this, everybody would be unknown for that moment.
    if (text === '') throw new Error('the file is empty');
    this.#value = this.#parse(text);
    this.#stamp = stamp;
  }
}

/** Reads all of a file, or rejects when it changed meanwhile. */
async function readWhole(path: string): Promise<Reading> {
  const handle = await open(path, 'r');
  try {
    const before = await handle.stat({ bigint: true });
    const text = await handle.readFile('utf8');
    const after = await handle.stat({ bigint: true });
    if (stampOf(before) !== stampOf(after)) throw new Error('the file changed while it was read');
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
