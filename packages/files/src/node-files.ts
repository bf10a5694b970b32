/** The calls as Node has them. */
import { lstat, mkdir, open, readdir, rename, unlink, type FileHandle } from 'node:fs/promises';
import type { Files, OpenFile } from './types.ts';

/** The real file system. */
export const nodeFiles: Files = {
  open: async (path, flags, mode = 0o600) => new NodeFile(await open(path, flags, mode)),
  mkdir: (path, mode) => mkdir(path, mode),
  async lstat(path) {
    const status = await lstat(path);
    const { mode, size, ctimeMs: changed } = status;
    return { isFolder: status.isDirectory(), mode, size, changed };
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

  truncate(size: number): Promise<void> {
    return this.#handle.truncate(size);
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
