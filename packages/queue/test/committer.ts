/** Commits messages as fast as it can, ten at a time, and names each once it is committed. */
import { FileQueue } from '@postino/queue';
import { letter } from './committed-letter.ts';
import { envelopeTo } from './letters.ts';

const queue = await FileQueue.open(process.argv[2]!);
let next = 0;

async function commitOn(): Promise<never> {
  for (;;) {
    const number = next++;
    const id = await queue.commit(envelopeTo(`user${number}`), letter(number));
    process.stdout.write(`${number} ${id}\n`);
  }
}

await Promise.all(Array.from({ length: 10 }, commitOn));
