/**
 * The few calls on files that durability is made of. The real ones are Node's; a test puts faults between.
 */
import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, unlink, type FileHandle } from 'node:fs/promises';

/** All calls reject with Node's own errors: `error.code` is `ENOSPC`, `EDQUOT`, `EACCES`... */
export interface Files {
  /** A file that is made can be read and written by us alone. */
  open(path: string, flags: number): Promise<OpenFile>;
  /** Makes the folders above it too, for us alone; one that stands already is left as it is. */
  mkdir(path: string): Promise<void>;
  list(path: string): Promise<string[]>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
}

export interface OpenFile {
  /** Writes all of it behind what was written before. */
  write(bytes: Uint8Array): Promise<void>;
  /** Octets put into `into`, from `position` of the file on; 0 at the end. */
  read(into: Uint8Array, position: number): Promise<number>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

const { O_APPEND, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_RDWR, O_WRONLY } =
  constants;
/** A file to write and read again that must not stand there yet. */
export const CREATE: number = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW;
export const APPEND: number = O_WRONLY | O_APPEND | O_NOFOLLOW;
export const READ: number = O_RDONLY | O_NOFOLLOW;
const FOLDER = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;

const READ_SIZE = 64 << 10;

export const nodeFiles: Files = {
  open: async (path, flags) => new NodeFile(await open(path, flags, 0o600)),
  async mkdir(path) {
    await mkdir(path, { mode: 0o700, recursive: true });
  },
  list: (path) => readdir(path),
  rename,
  unlink,
};

class NodeFile implements OpenFile {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;)
      at += (await this.#handle.write(bytes, at, bytes.length - at)).bytesWritten;
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    return (await this.#handle.read(into, 0, into.length, position)).bytesRead;
  }

  sync(): Promise<void> {
    return this.#handle.sync();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** Octets of an open file from `from` up to `to`, or to its end. */
export async function* pieces(
  file: OpenFile,
  from: number,
  to: number = Infinity,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = from; at < to;) {
    const buffer = Buffer.allocUnsafe(Math.min(READ_SIZE, to - at));
    const length = await file.read(buffer, at);
    if (length === 0) return;
    yield buffer.subarray(0, length);
    at += length;
  }
}

/** Opens a file, does something with it, and closes it whatever comes of it. */
export async function withFile<T>(
  files: Files,
  [path, flags]: readonly [path: string, flags: number],
  act: (file: OpenFile) => Promise<T>,
): Promise<T> {
  const file = await files.open(path, flags);
  try {
    return await act(file);
  } finally {
    await file.close();
  }
}

/** Makes the names in a folder durable: a file's own sync does not cover its name. */
export function syncFolder(files: Files, path: string): Promise<void> {
  return withFile(files, [path, FOLDER], (folder) => folder.sync());
}
