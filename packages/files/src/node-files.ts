/** The calls as Node has them. */
import * as fs from 'node:fs';
import { mkdir, readdir, rename, unlink } from 'node:fs/promises';
import { promisify } from 'node:util';
import { FOLDER } from './open-flags.ts';
import type { Files, OpenFile } from './types.ts';

const open = promisify(fs.open);
const read = promisify(fs.read);
const write = promisify(fs.write);
const ftruncate = promisify(fs.ftruncate);
const fchmod = promisify(fs.fchmod);
const fsync = promisify(fs.fsync);

/**
 * The real file system. What may wait for a disk goes through the thread pool; to look at a name, to open a folder and to
 * close do not, and the way there and back would cost a hundred times as much.
 */
export const nodeFiles: Files = {
  open: async (path, flags, mode = 0o600) =>
    new NodeFile(flags === FOLDER ? fs.openSync(path, flags) : await open(path, flags, mode)),
  mkdir: (path, mode) => mkdir(path, mode),
  async lstat(path) {
    const status = fs.lstatSync(path);
    const { mode, size, ctimeMs: changed } = status;
    return { isFolder: status.isDirectory(), mode, size, changed };
  },
  async list(path) {
    const found = await readdir(path, { withFileTypes: true });
    return found.filter((item) => item.isFile()).map(({ name }) => name);
  },
  async folders(path) {
    const found = await readdir(path, { withFileTypes: true });
    return found.filter((item) => item.isDirectory()).map(({ name }) => name);
  },
  rename,
  unlink,
};

class NodeFile implements OpenFile {
  readonly #fd: number;
  #closed = false;

  constructor(fd: number) {
    this.#fd = fd;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;)
      at += (await write(this.#fd, bytes, at, bytes.length - at)).bytesWritten;
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    return (await read(this.#fd, into, 0, into.length, position)).bytesRead;
  }

  truncate(size: number): Promise<void> {
    return ftruncate(this.#fd, size);
  }

  chmod(mode: number): Promise<void> {
    return fchmod(this.#fd, mode);
  }

  sync(): Promise<void> {
    return fsync(this.#fd);
  }

  /** Once: the number may be another file's by the second time. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    fs.closeSync(this.#fd);
  }
}
