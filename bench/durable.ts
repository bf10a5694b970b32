/**
 * Durable delivery: 4 KB messages over SMTP into a Maildir, beside a bare loop that makes the same file durable (write,
 * fsync, rename, fsync of the folder) on the same disk.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { message, send } from './client.ts';

const MESSAGES = 400;
const ROUNDS = 5;
const content = message(4096);

/** Files a second, made durable by so many loops side by side. */
async function bare(loops: number): Promise<number> {
  const folder = mkdtempSync(join(import.meta.dirname, '../var-bench-'));
  await Promise.all(['tmp', 'new'].map((part) => mkdir(join(folder, part))));
  const inbox = await open(join(folder, 'new'));
  let left = MESSAGES;
  const start = performance.now();
  const loop = async (): Promise<void> => {
    while (left-- > 0) {
      const name = `message-${left}`;
      const file = await open(join(folder, 'tmp', name), 'wx');
      await file.write(content);
      await file.sync();
      await file.close();
      await rename(join(folder, 'tmp', name), join(folder, 'new', name));
      await inbox.sync();
    }
  };
  await Promise.all(Array.from({ length: loops }, loop));
  const seconds = (performance.now() - start) / 1000;
  await inbox.close();
  rmSync(folder, { recursive: true });
  return MESSAGES / seconds;
}

const median = (numbers: number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;

const child = fork(join(import.meta.dirname, 'servers/reference.ts'), {
  execArgv: ['--conditions=@postino/source'],
});
const [port] = (await once(child, 'message')) as [number];
const delivered = async (connections: number): Promise<number> =>
  MESSAGES /
  (await send({ port, connections, messages: MESSAGES, messagesPerConnection: 250, content }));

console.log(`Node ${process.version}, ${MESSAGES} messages of 4 KB, ${ROUNDS} rounds, medians\n`);
console.log(
  '| side by side | bare loop, files/s | postino, messages/s | ratio |\n| ---: | ---: | ---: | ---: |',
);
for (const count of [1, 8]) {
  const rounds: { floor: number; ours: number }[] = [];
  for (let round = -1; round < ROUNDS; round++) {
    const floor = await bare(count);
    const ours = await delivered(count);
    if (round >= 0) rounds.push({ floor, ours });
  }
  const floor = median(rounds.map((round) => round.floor));
  const ours = median(rounds.map((round) => round.ours));
  const ratio = median(rounds.map((round) => round.ours / round.floor));
  console.log(`| ${count} | ${Math.round(floor)} | ${Math.round(ours)} | ${ratio.toFixed(2)} |`);
}
child.disconnect();
