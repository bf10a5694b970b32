/**
 * The hashes of crypt(3) are made to be slow and Node has none of them, so they are computed in worker threads: few of
 * them, started when first needed, and none keeps the process alive while it has nothing to do.
 */

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { CryptJob } from './crypt-job.ts';

/** So many workers at most, and always one processor fewer than there are: the rest of the program goes on. Our choice. */
export const MAX_CRYPT_WORKERS = 4;

const SCRIPT = import.meta.url.endsWith('.ts') ? './crypt-worker.ts' : './crypt-worker.js';

interface Waiting {
  resolve(digest: string): void;
  reject(error: unknown): void;
}

/** A worker and those who wait for it, in the order in which they asked. */
class Lane {
  readonly #waiting: Waiting[] = [];
  #worker: Worker | null = null;

  get load(): number {
    return this.#waiting.length;
  }

  compute(job: CryptJob): Promise<string> {
    const worker = (this.#worker ??= this.#start());
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      worker.ref();
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker, not a window
      worker.postMessage(job);
    });
  }

  #start(): Worker {
    const worker = new Worker(new URL(SCRIPT, import.meta.url));
    worker.on('message', (digest: string) => {
      this.#waiting.shift()?.resolve(digest);
      if (this.#waiting.length === 0) worker.unref();
    });
    worker.on('error', (error) => {
      this.#worker = null;
      for (const waiting of this.#waiting.splice(0)) waiting.reject(error);
    });
    return worker;
  }
}

const lanes: readonly Lane[] = Array.from(
  { length: Math.max(1, Math.min(MAX_CRYPT_WORKERS, availableParallelism() - 1)) },
  () => new Lane(),
);

/** The digest, computed elsewhere; rejects when the worker dies. */
export function computeCrypt(job: CryptJob): Promise<string> {
  const [first, ...others] = lanes;
  if (!first) throw new TypeError('there is always a lane');
  return others.reduce((best, lane) => (lane.load < best.load ? lane : best), first).compute(job);
}
