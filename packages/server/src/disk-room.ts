/** Whether the disks have room for a message more. */
import { room } from '@postino/queue';

export class DiskRoom {
  readonly #folders: readonly string[];
  readonly #reserve: number;

  /** The folders that are written to, and the octets that must stay free on each of their disks. */
  constructor(folders: readonly string[], { reserve }: { reserve: number }) {
    this.#folders = folders;
    this.#reserve = reserve;
  }

  /** Whether so many octets fit everywhere. */
  async has(octets: number): Promise<boolean> {
    const free = await Promise.all(this.#folders.map(room));
    return free.every((size) => size >= octets + this.#reserve);
  }
}
