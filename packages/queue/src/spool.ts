/**
 * Where a message waits while it is judged: in memory while it is small, above that in a file without a name, which
 * is gone with the process. Nothing here is durable; `Queue.commit` is.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { CREATE, makePath, nodeFiles, type Files, type OpenFile } from '@postino/files';
import { StateError, type Sink } from '@postino/wire';
import { SpooledBytes, SpooledFile } from './spooled.ts';
import type { Spooled } from './types.ts';

/** Above this many octets a message goes to a file. */
const MEMORY_LIMIT = 1 << 20;
/** All messages together may take this much memory; those that come then go to files at once. */
const TOTAL_MEMORY_LIMIT = 64 << 20;
/** Small pieces are gathered, so that a write is worth its call. */
const WRITE_SIZE = 64 << 10;

/** The names that files have while they have one. */
const FILE_NAME = /^[0-9a-f]{32}$/;

export interface SpoolOptions {
  /** Octets of one message in memory, 1 MiB where not given. */
  readonly memoryLimit?: number;
  /** Octets of all messages in memory, 64 MiB where not given. */
  readonly totalMemoryLimit?: number;
  /** The file system; Node's own where not given. */
  readonly files?: Files;
}

export class Spool {
  readonly #path: string;
  readonly #files: Files;
  readonly #memory: Memory;

  private constructor(path: string, options: SpoolOptions) {
    const { memoryLimit = MEMORY_LIMIT, totalMemoryLimit = TOTAL_MEMORY_LIMIT } = options;
    this.#path = path;
    this.#files = options.files ?? nodeFiles;
    this.#memory = { perMessage: memoryLimit, free: totalMemoryLimit };
  }

  /** Opens the folder for one process alone, and makes it where it is missing. What a crash left is removed. */
  static async open(path: string, options: SpoolOptions = {}): Promise<Spool> {
    const spool = new Spool(path, options);
    await makePath(spool.#files, path, 0o700);
    for (const name of await spool.#files.list(path))
      if (FILE_NAME.test(name)) await spool.#files.unlink(join(path, name));
    return spool;
  }

  /** Begins a message. Writes reject with Node's errors when a file was needed and could not be written. */
  begin(): Promise<Sink<Spooled>> {
    return Promise.resolve(new SpoolSink(this.#memory, () => this.#openFile()));
  }

  /** A file that has lost its name already is the system's to remove, however we end. */
  async #openFile(): Promise<OpenFile> {
    const path = join(this.#path, randomBytes(16).toString('hex'));
    const file = await this.#files.open(path, CREATE);
    try {
      await this.#files.unlink(path);
      return file;
    } catch (error) {
      await file.close();
      throw error;
    }
  }
}

/** What may be held in memory, in octets. */
interface Memory {
  readonly perMessage: number;
  free: number;
}

class SpoolSink implements Sink<Spooled> {
  readonly #memory: Memory;
  readonly #openFile: () => Promise<OpenFile>;
  #file: OpenFile | null = null;
  /** What is not written out: all of it as long as there is no file. */
  #gathered = new Uint8Array();
  #length = 0;
  /** What of `memory.free` is ours. */
  #held = 0;
  #size = 0;
  #ended = false;

  constructor(memory: Memory, openFile: () => Promise<OpenFile>) {
    this.#memory = memory;
    this.#openFile = openFile;
  }

  /** The bytes are copied, or written by the time it resolves. */
  write(bytes: Uint8Array): Promise<void> | void {
    if (this.#ended) throw new StateError('the spooled message has ended');
    this.#size += bytes.length;
    if (!this.#fits(bytes.length)) return this.#writeOut(bytes);
    this.#gather(bytes);
  }

  async end(): Promise<Spooled> {
    if (this.#ended) throw new StateError('the spooled message has ended');
    this.#ended = true;
    if (!this.#file)
      return new SpooledBytes(this.#gathered.subarray(0, this.#length), () => this.#release());
    await this.#writeOut(new Uint8Array());
    return new SpooledFile(this.#file, this.#size);
  }

  async abort(): Promise<void> {
    if (!this.#ended) await this.#drop();
  }

  #fits(more: number): boolean {
    const length = this.#length + more;
    if (this.#file) return length <= WRITE_SIZE;
    return length <= this.#memory.perMessage && more <= this.#memory.free;
  }

  #gather(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (length > this.#gathered.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.#gathered.length));
      larger.set(this.#gathered.subarray(0, this.#length));
      this.#gathered = larger;
    }
    this.#gathered.set(bytes, this.#length);
    this.#length = length;
    if (!this.#file) this.#hold(bytes.length);
  }

  async #writeOut(bytes: Uint8Array): Promise<void> {
    try {
      this.#file ??= await this.#openFile();
      await this.#file.write(this.#gathered.subarray(0, this.#length));
      await this.#file.write(bytes);
    } catch (error) {
      await this.#drop();
      throw error;
    }
    // The memory itself goes back, not only its count.
    if (this.#held > 0) this.#gathered = new Uint8Array();
    this.#length = 0;
    this.#release();
  }

  async #drop(): Promise<void> {
    this.#ended = true;
    this.#release();
    await this.#file?.close();
  }

  #hold(octets: number): void {
    this.#held += octets;
    this.#memory.free -= octets;
  }

  #release(): void {
    this.#memory.free += this.#held;
    this.#held = 0;
  }
}
