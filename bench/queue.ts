/**
 * The queue. First its commit: files, beside a table of `node:sqlite`, each synced, and how long the loop stands still
 * for it. Then the whole way, accepted into the queue and delivered to a local sink, beside Exim.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import type { Envelope } from '@postino/address';
import { FileQueue, newQueueId } from '@postino/queue';
import { message, send } from './client.ts';
import { startExim } from './servers/exim.ts';

const COMMITS = 400;
const MESSAGES = 100;
const ROUNDS = 3;
const SIDE_BY_SIDE = 8;
/** Seconds for one round; who needs more has failed. */
const PATIENCE = 60;
const content = message(4096);
const envelope: Envelope = {
  from: { localPart: 'ann', domain: 'example.com' },
  to: [{ address: { localPart: 'bob', domain: 'example.org' } }],
};

interface Store {
  commit(): Promise<unknown>;
  close(): void;
}

const STORES: Readonly<Record<string, (folder: string) => Promise<Store>>> = {
  async files(folder) {
    const queue = await FileQueue.open(folder);
    return { commit: () => queue.commit(envelope, content), close() {} };
  },
  'sqlite, WAL': (folder) => Promise.resolve(sqlite(folder, 'WAL')),
  'sqlite, DELETE': (folder) => Promise.resolve(sqlite(folder, 'DELETE')),
};

/** What it takes at the least: one table, one row a message. */
function sqlite(folder: string, journal: string): Store {
  const database = new DatabaseSync(join(folder, 'queue.db'));
  database.exec(`PRAGMA journal_mode = ${journal}; PRAGMA synchronous = FULL;
    CREATE TABLE queue (id TEXT PRIMARY KEY, envelope TEXT, message BLOB) WITHOUT ROWID`);
  const insert = database.prepare('INSERT INTO queue VALUES (?, ?, ?)');
  return {
    commit: () => Promise.resolve(insert.run(newQueueId(), JSON.stringify(envelope), content)),
    close: () => database.close(),
  };
}

interface Commits {
  readonly perSecond: number;
  /** Milliseconds for which nothing else had its turn, at the longest. */
  readonly stall: number;
}

async function commits(open: (folder: string) => Promise<Store>): Promise<Commits> {
  const folder = mkdtempSync(join(import.meta.dirname, '../var-bench-'));
  const store = await open(folder);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  let left = COMMITS;
  const start = performance.now();
  const loop = async (): Promise<void> => {
    while (left-- > 0) {
      await store.commit();
      // As a server has it: the next message comes from a socket.
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, loop));
  const seconds = (performance.now() - start) / 1000;
  await new Promise((resolve) => setTimeout(resolve, 5));
  delay.disable();
  store.close();
  rmSync(folder, { recursive: true });
  return { perSecond: COMMITS / seconds, stall: delay.max / 1e6 };
}

interface Way {
  readonly accepted: number;
  readonly delivered: number;
}

/** Messages a second: until the last was answered 250, and until the sink had it. */
async function way(port: number, sink: ChildProcess): Promise<Way> {
  const before = await countOf(sink);
  const start = performance.now();
  const load = { port, connections: SIDE_BY_SIDE, messages: MESSAGES, messagesPerConnection: 25 };
  const accepted = await send({ ...load, content });
  let seconds = accepted;
  while ((await countOf(sink)) < before + MESSAGES) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    seconds = (performance.now() - start) / 1000;
    if (seconds > PATIENCE) throw new Error('not all messages came to the sink');
  }
  return { accepted: MESSAGES / accepted, delivered: MESSAGES / seconds };
}

async function countOf(sink: ChildProcess): Promise<number> {
  sink.send('how many?');
  const [count] = (await once(sink, 'message')) as [number];
  return count;
}

async function start(server: string, ...parameters: string[]): Promise<[ChildProcess, number]> {
  const child = fork(join(import.meta.dirname, `servers/${server}.ts`), parameters, {
    execArgv: ['--conditions=@postino/source'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [port] = (await once(child, 'message')) as [number];
  return [child, port];
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
}

async function benchCommits(): Promise<void> {
  const all: Record<string, Commits[]> = {};
  for (let round = 0; round < ROUNDS; round++)
    for (const [name, open] of Object.entries(STORES)) (all[name] ??= []).push(await commits(open));
  console.log(
    `${COMMITS} commits of 4 KB, ${SIDE_BY_SIDE} side by side, ${ROUNDS} rounds, medians\n`,
  );
  console.log('| store | commits/s | ÷ files | longest stall, ms |\n| --- | ---: | ---: | ---: |');
  for (const [name, rounds] of Object.entries(all)) {
    const perSecond = median(rounds.map((round) => round.perSecond));
    const ratio = median(rounds.map((round, n) => round.perSecond / all['files']![n]!.perSecond));
    const stall = median(rounds.map((round) => round.stall));
    console.log(
      `| ${name} | ${Math.round(perSecond)} | ${ratio.toFixed(2)} | ${stall.toFixed(1)} |`,
    );
  }
}

async function benchWay(): Promise<void> {
  const [sink, sinkPort] = await start('sink');
  const [postino, port] = await start('relay', String(sinkPort));
  const exim = await startExim(sinkPort);
  const ours: Way[] = [];
  const theirs: Way[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    ours.push(await way(port, sink));
    if (exim) theirs.push(await way(exim.port, sink));
  }
  await exim?.close();
  postino.disconnect();
  sink.disconnect();
  console.log(`\n${MESSAGES} messages of 4 KB, ${SIDE_BY_SIDE} connections, to a sink; medians\n`);
  console.log('| | postino, messages/s | exim, messages/s | ratio |\n| --- | ---: | ---: | ---: |');
  for (const what of ['accepted', 'delivered'] as const) {
    // The first round warms up.
    const [mine, other] = [ours, theirs].map((rounds) => rounds.slice(1).map((one) => one[what]));
    const ratio = exim ? median(mine!.map((one, n) => one / other![n]!)).toFixed(2) : '';
    const exims = exim ? Math.round(median(other!)) : 'not here, or not root';
    console.log(`| ${what} | ${Math.round(median(mine!))} | ${exims} | ${ratio} |`);
  }
}

console.log(`Node ${process.version}\n`);
await benchCommits();
await benchWay();
