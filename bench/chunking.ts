/** BDAT beside DATA: the same messages to the same server, over loopback, in turns. The load shares the processors. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { message, send, type Load } from './client.ts';
import type { Usage } from './servers/report.ts';

interface Scenario {
  readonly name: string;
  readonly size: number;
  readonly messages: number;
  readonly connections: number;
}
interface Round {
  readonly perSecond: number;
  readonly cpu: number;
}

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, scale: { type: 'string', default: '1' } },
});
const rounds = Number(values.rounds);

const SCENARIOS: readonly Scenario[] = [
  { name: '4 KB', size: 4096, messages: 20_000, connections: 8 },
  { name: '256 KB', size: 256 << 10, messages: 1_200, connections: 8 },
  { name: '100 MB', size: 100 << 20, messages: 4, connections: 1 },
];
/** As much as our client gathers for a chunk; and no more than one chunk. */
const WAYS: readonly (readonly [name: string, chunk: number | null])[] = [
  ['DATA', null],
  ['BDAT, chunks of 64 KB', 64 << 10],
  ['BDAT, one chunk', 1 << 30],
];

const child = fork(join(import.meta.dirname, 'servers/postino.ts'));
const [port] = (await once(child, 'message')) as [number];

async function usage(): Promise<Usage> {
  child.send('usage');
  const [used] = (await once(child, 'message')) as [Usage];
  return used;
}

async function round(load: Load): Promise<Round> {
  await usage();
  const seconds = await send(load);
  const { cpu } = await usage();
  return { perSecond: load.messages / seconds, cpu: cpu / load.messages };
}

async function measure({ size, messages, connections }: Scenario): Promise<Round[]> {
  const count = Math.max(1, Math.round(messages * Number(values.scale)));
  const load = { port, connections, messages: count, messagesPerConnection: 150 };
  const content = message(size);
  const all: Round[][] = WAYS.map(() => []);
  // The first round only warms up.
  for (let turn = -1; turn < rounds; turn++) {
    for (const [way, [, chunk]] of WAYS.entries()) {
      const measured = await round({ ...load, content, ...(chunk !== null && { chunk }) });
      if (turn >= 0) all[way]!.push(measured);
    }
  }
  return all.map((each) => ({
    perSecond: median(each.map(({ perSecond }) => perSecond)),
    cpu: median(each.map(({ cpu }) => cpu)),
  }));
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
}

console.log(`Node ${process.version}; ${rounds} rounds, medians\n`);
console.log(
  '| size | way | messages/s | CPU µs/message | ÷ DATA |\n| --- | --- | ---: | ---: | ---: |',
);
for (const scenario of SCENARIOS) {
  const measured = await measure(scenario);
  for (const [way, { perSecond, cpu }] of measured.entries()) {
    const ratio = (perSecond / measured[0]!.perSecond).toFixed(2);
    const [name] = WAYS[way]!;
    console.log(
      `| ${scenario.name} | ${name} | ${perSecond.toFixed(1)} | ${Math.round(cpu)} | ${ratio} |`,
    );
  }
}
child.disconnect();
