/** The worker's side of `crypt-workers.ts`: jobs in, digests out, one after the other. */

import { parentPort } from 'node:worker_threads';
import { cryptDigest, type CryptJob } from './crypt-job.ts';

parentPort?.on('message', (job: CryptJob) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker, not a window
  parentPort?.postMessage(cryptDigest(job));
});
