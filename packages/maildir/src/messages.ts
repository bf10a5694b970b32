/** The message files of a mailbox, which other programs flag, move and remove at any time. */
import { join } from 'node:path';
import { parseFileName, type FileName } from './file-name.ts';
import { isMissing, READ, type Files } from '@postino/files';
import { GoneError } from './gone-error.ts';
import { CrlfDecoder } from './line-ends.ts';
import { SizeCache } from './size-cache.ts';
import type { Folder } from './types.ts';

/** Octets of a read, at the least and at the most. */
const SMALL_READ = 4 << 10;
const READ_SIZE = 64 << 10;
/** Messages that are read at a time for their sizes: twice the threads that Node reads with. Ours. */
const SIDE_BY_SIDE = 8;
/** How often a message that others keep renaming is looked for. */
const ATTEMPTS = 10;

export interface Place {
  readonly folder: Folder;
  readonly file: string;
}
/** A message file that was seen: the parts of its name, and where it stood. */
export type Message = FileName & Place;
export type SizedMessage = Message & { readonly size: number };

export class Messages {
  readonly #files: Files;
  readonly #root: string;
  /** Of messages whose names do not tell them, by unique name. */
  readonly #sizes: SizeCache;

  constructor(files: Files, root: string, mode: number) {
    this.#files = files;
    this.#root = root;
    this.#sizes = new SizeCache(files, root, mode);
  }

  /** All messages, each once, in no order. */
  async all(): Promise<Message[]> {
    // `cur` last: a message that moves while we look is taken from there.
    const all = [...(await this.#scan('new')), ...(await this.#scan('cur'))];
    return [...new Map(all.map((message) => [message.unique, message])).values()];
  }

  /** All messages with their sizes; of those that leave meanwhile, some may be missing. */
  async sized(): Promise<SizedMessage[]> {
    const all = await this.all();
    const sized: (SizedMessage | null)[] = all.map(() => null);
    const left = all.entries();
    const measure = async (): Promise<void> => {
      for (const [at, message] of left) sized[at] = await this.#measured(message);
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, measure));
    await this.#sizes.save(new Set(all.map(({ unique }) => unique)));
    return sized.filter((message) => message !== null);
  }

  /** Looks twice: a file that is renamed while its folder is read may show up under neither name. */
  async find(unique: string): Promise<Message | null> {
    for (const folder of ['new', 'cur', 'new', 'cur'] as const) {
      const found = (await this.#scan(folder)).find((message) => message.unique === unique);
      if (found) return found;
    }
    return null;
  }

  /** Its size as `content()` has it: from its name, else by reading it, once. Rejects with a `GoneError`. */
  async sizeOf(message: Message): Promise<number> {
    const known = message.size ?? (await this.#sizes.get(message.unique));
    if (known !== undefined) return known;
    let size = 0;
    for await (const piece of this.content(message.unique, message)) size += piece.length;
    await this.#sizes.set(message.unique, size);
    return size;
  }

  /** Its content with CRLF line ends. Rejects with a `GoneError`. */
  async *content(unique: string, hint: Place): AsyncGenerator<Uint8Array, void, undefined> {
    const file = await this.#reach(unique, hint, (path) => this.#files.open(path, READ));
    try {
      const decoder = new CrlfDecoder();
      const told = parseFileName(hint.file)?.diskSize;
      const buffer = Buffer.allocUnsafe(bufferSize(told));
      for (let at = 0, length; (length = await file.read(buffer, at)) > 0; at += length) {
        yield decoder.decode(buffer.subarray(0, length));
        // There was room for more: this is the end, and need not be asked for.
        if (at + length === told && length < buffer.length) break;
      }
      const end = decoder.end();
      if (end.length > 0) yield end;
    } finally {
      await file.close();
    }
  }

  /** Gives the octets that it had on disk. Rejects with a `GoneError` when somebody was faster. */
  remove(unique: string, hint: Place): Promise<number> {
    return this.#reach(unique, hint, async (path, { file }) => {
      const size = parseFileName(file)?.diskSize ?? (await this.#files.lstat(path)).size;
      await this.#files.unlink(path);
      return size;
    });
  }

  /** Moves it into `cur` with these flags. Rejects with a `GoneError` when it was removed. */
  flag(unique: string, hint: Place, flags: string): Promise<Place> {
    return this.#reach(unique, hint, async (path, { file }) => {
      const flagged = { folder: 'cur', file: `${file.split(':', 1)[0]}:2,${flags}` } as const;
      await this.#files.rename(path, join(this.#root, flagged.folder, flagged.file));
      return flagged;
    });
  }

  /** Null: it has left. */
  async #measured(message: Message): Promise<SizedMessage | null> {
    try {
      return { ...message, size: message.size ?? (await this.sizeOf(message)) };
    } catch (error) {
      if (error instanceof GoneError) return null;
      throw error;
    }
  }

  /** Does something to a message's file, wherever it is by now. */
  async #reach<T>(
    unique: string,
    hint: Place,
    act: (path: string, place: Place) => Promise<T>,
  ): Promise<T> {
    let place: Place | null = hint;
    for (let attempt = 0; place && attempt < ATTEMPTS; attempt++) {
      try {
        return await act(join(this.#root, place.folder, place.file), place);
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
      place = await this.find(unique);
    }
    throw new GoneError(unique);
  }

  async #scan(folder: Folder): Promise<Message[]> {
    const files = await this.#files.list(join(this.#root, folder));
    return files.flatMap((file) => {
      const name = parseFileName(file);
      return name ? [{ ...name, folder, file }] : [];
    });
  }
}

/** Room for the octets that the name tells of, and for one more; a name may be wrong. */
function bufferSize(told: number = READ_SIZE): number {
  return Math.min(Math.max(told + 1, SMALL_READ), READ_SIZE);
}
