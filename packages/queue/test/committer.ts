/**
 * Commits messages as fast as it can, ten at a time, and lets each third one bounce. It tells `committed NUMBER ID` and
 * `bounced NUMBER` once that is so.
 */
import { FileQueue, type QueueId } from '@postino/queue';
import { letter } from './committed-letter.ts';
import { envelopeTo, octets } from './letters.ts';

const queue = await FileQueue.open(process.argv[2]!);
const from = Number(process.argv[3]);
let next = from;

async function commitOn(): Promise<never> {
  for (;;) {
    const number = next++;
    const id = await queue.commit(envelopeTo(`user${number}`), letter(number));
    process.stdout.write(`committed ${number} ${id}\n`);
    if (number % 3 === 0) await bounce(number, id);
  }
}

async function bounce(number: number, id: QueueId): Promise<void> {
  const report = { envelope: envelopeTo(`bounced${number}`), message: octets('x'.repeat(5000)) };
  await queue.record(id, [{ recipient: 0, status: 'failed' }], { report });
  process.stdout.write(`bounced ${number}\n`);
}

await Promise.all(Array.from({ length: 10 }, commitOn));
