/**
 * Durable delivery: 4 KB messages over SMTP into a Maildir, beside Exim with its appendfile, and beside a bare loop that
 * makes the same file durable (write, fsync, rename, fsync of the folder); all on the same disk, in turns.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { message, send } from './client.ts';
import { startExim, type Exim } from './servers/exim.ts';

const MESSAGES = 400;
/** Exim is not as fast, and has as many as it needs. */
const EXIM_MESSAGES = 100;
const ROUNDS = 5;
/** Seconds for one round; who needs more has failed. */
const PATIENCE = 120;
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

/** Until the last message stands in the Maildir: Exim says 250 when it is in its spool. */
async function deliveredBy({ port, delivered: count }: Exim, connections: number): Promise<number> {
  const before = count();
  const start = performance.now();
  const seconds = (): number => (performance.now() - start) / 1000;
  await send({ port, connections, messages: EXIM_MESSAGES, messagesPerConnection: 250, content });
  while (count() < before + EXIM_MESSAGES) {
    if (seconds() > PATIENCE) throw new Error('Exim has not delivered all');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return EXIM_MESSAGES / seconds();
}

interface Round {
  readonly floor: number;
  readonly ours: number;
  /** NaN where Exim is not there. */
  readonly exims: number;
}

const exim = await startExim(null);
console.log(`Node ${process.version}, ${MESSAGES} messages of 4 KB, ${ROUNDS} rounds, medians`);
if (!exim) console.log('Exim is not here, or this is not root');
console.log(
  '\n| side by side | bare loop, files/s | postino, messages/s | ÷ loop | exim, messages/s | ÷ exim |\n| ---: | ---: | ---: | ---: | ---: | ---: |',
);
for (const count of [1, 8]) {
  const rounds: Round[] = [];
  for (let round = -1; round < ROUNDS; round++) {
    const floor = await bare(count);
    const ours = await delivered(count);
    const exims = exim ? await deliveredBy(exim, count) : Number.NaN;
    // The first round warms up.
    if (round >= 0) rounds.push({ floor, ours, exims });
  }
  const of = (what: (round: Round) => number): number => median(rounds.map(what));
  const cells = [
    count,
    Math.round(of(({ floor }) => floor)),
    Math.round(of(({ ours }) => ours)),
    of(({ floor, ours }) => ours / floor).toFixed(2),
    Math.round(of(({ exims }) => exims)),
    of(({ exims, ours }) => ours / exims).toFixed(1),
  ];
  console.log(`| ${cells.join(' | ')} |`);
}
await exim?.close();
child.disconnect();
