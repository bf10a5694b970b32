/** Whether the disks have room for a message more. */
import { room } from '@postino/queue';

/** Milliseconds for which an answer of the system is used again, less what was taken since. Our choice. */
const FRESH = 1000;

export class DiskRoom {
  readonly #folders: readonly string[];
  readonly #reserve: number;
  /** Octets above the reserve, on the disk that has the fewest. */
  #free = 0;
  #askedAt = -Infinity;

  /** The folders that are written to, and the octets that must stay free on each of their disks. */
  constructor(folders: readonly string[], { reserve }: { reserve: number }) {
    this.#folders = folders;
    this.#reserve = reserve;
  }

  /** Whether so many octets fit everywhere. */
  has(octets: number): boolean | Promise<boolean> {
    const isFresh = performance.now() - this.#askedAt < FRESH;
    return isFresh && octets <= this.#free ? true : this.#ask(octets);
  }

  /** So many octets were written. */
  taken(octets: number): void {
    this.#free -= octets;
  }

  async #ask(octets: number): Promise<boolean> {
    const free = await Promise.all(this.#folders.map(room));
    this.#free = Math.min(...free) - this.#reserve;
    this.#askedAt = performance.now();
    return octets <= this.#free;
  }
}
