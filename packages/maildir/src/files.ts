/**
 * The few calls on files that durability is made of. The real ones are Node's; a test puts faults between.
 */
import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, rename, unlink, type FileHandle } from 'node:fs/promises';

/** All calls reject with Node's own errors: `error.code` is `ENOSPC`, `EDQUOT`, `EACCES`... */
export interface Files {
  open(path: string, flags: number, mode?: number): Promise<OpenFile>;
  mkdir(path: string, mode: number): Promise<void>;
  /** Links are not followed. */
  lstat(path: string): Promise<FileStatus>;
  /** Names of the regular files in a folder. */
  list(path: string): Promise<string[]>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
}

export interface FileStatus {
  readonly isFolder: boolean;
  readonly mode: number;
  /** Last change of content, name or rights, in ms since 1970. */
  readonly changed: number;
}

export interface OpenFile {
  /** Writes all of it behind what was written before. */
  write(bytes: Uint8Array): Promise<void>;
  /** Octets put into `into`, from `position` of the file on; 0 at the end. */
  read(into: Uint8Array, position: number): Promise<number>;
  chmod(mode: number): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_WRONLY } = constants;
/** A file that must not stand there yet; a link in its place is refused. */
export const CREATE: number = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
/** A file to read, never through a link. */
export const READ: number = O_RDONLY | O_NOFOLLOW;
/** A folder, to be synced; a link to one is refused. */
export const FOLDER: number = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;

export const nodeFiles: Files = {
  open: async (path, flags, mode) => new NodeFile(await open(path, flags, mode)),
  mkdir: (path, mode) => mkdir(path, mode),
  async lstat(path) {
    const status = await lstat(path);
    return { isFolder: status.isDirectory(), mode: status.mode, changed: status.ctimeMs };
  },
  async list(path) {
    const found = await readdir(path, { withFileTypes: true });
    return found.filter((item) => item.isFile()).map(({ name }) => name);
  },
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

  chmod(mode: number): Promise<void> {
    return this.#handle.chmod(mode);
  }

  sync(): Promise<void> {
    return this.#handle.sync();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** Makes the names in a folder durable: a file's own sync does not cover its name. */
export async function syncFolder(files: Files, path: string): Promise<void> {
  const folder = await files.open(path, FOLDER);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Whether an error says that nothing of that name is there. */
export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

/** Node's code of an error, `ENOSPC`; undefined for what is no such error. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}
