/**
 * SMTP receive: ours beside the newest smtp-server and beside a bare socket that answers without parsing, in one run.
 * The load shares the processors with the server, so CPU per message stands beside messages a second.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { message, send, type Load } from './client.ts';
import type { Usage } from './servers/report.ts';

const SERVERS = ['floor', 'postino', 'smtp-server'] as const;
type Server = (typeof SERVERS)[number];

interface Scenario extends Omit<Load, 'port'> {
  readonly name: string;
}
interface Round {
  readonly perSecond: number;
  readonly cpu: number;
  readonly peak: number;
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    scale: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const scale = Number(values.scale);

const scenarios: readonly Scenario[] = [
  scenario('4 KB, many per connection', 4096, 20_000, 2_500),
  scenario('4 KB, one per connection', 4096, 1_200, 1),
  scenario('256 KB, many per connection', 256 << 10, 1_200, 150),
  { ...scenario('100 MB, one after the other', 100 << 20, 4, 1), connections: 1 },
];

function scenario(
  name: string,
  size: number,
  messages: number,
  messagesPerConnection: number,
): Scenario {
  const count = Math.max(1, Math.round(messages * scale));
  return { name, content: message(size), messages: count, messagesPerConnection, connections: 8 };
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;

async function usage(child: ChildProcess): Promise<Usage> {
  child.send('usage');
  const [used] = (await once(child, 'message')) as [Usage];
  return used;
}

/** Each server has a process of its own, fresh for each scenario; rounds take turns, so that a slow spell hits all. */
async function measure(one: Scenario): Promise<Record<Server, Round>> {
  const rows: Record<Server, Round[]> = { floor: [], postino: [], 'smtp-server': [] };
  const children = await Promise.all(SERVERS.map(start));
  for (let round = -1; round < rounds; round++) {
    for (const { name, child, port } of children) {
      await usage(child);
      const seconds = await send({ ...one, port });
      const { cpu, peak } = await usage(child);
      // The first round only warms up.
      if (round >= 0)
        rows[name].push({ perSecond: one.messages / seconds, cpu: cpu / one.messages, peak });
    }
  }
  for (const { child } of children) child.disconnect();
  return {
    floor: middle(rows.floor),
    postino: middle(rows.postino),
    'smtp-server': middle(rows['smtp-server']),
  };
}

async function start(name: Server): Promise<{ name: Server; child: ChildProcess; port: number }> {
  const child = fork(join(import.meta.dirname, 'servers', `${name}.ts`), {
    execArgv: ['--conditions=@postino/source'],
  });
  child.once('exit', (status) => status && process.exit(status));
  const [port] = (await once(child, 'message')) as [number];
  return { name, child, port };
}

function middle(all: readonly Round[]): Round {
  return {
    perSecond: median(all.map((round) => round.perSecond)),
    cpu: median(all.map((round) => round.cpu)),
    peak: Math.max(...all.map((round) => round.peak)),
  };
}

const number = (value: number): string =>
  value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 1 : 0 });

function row(server: Server, round: Round, all: Record<Server, Round>, size: number): string {
  const cells = [
    server,
    number(round.perSecond),
    number((round.perSecond * size) / 1e6),
    number(round.cpu),
    (round.perSecond / all.floor.perSecond).toFixed(2),
    (round.perSecond / all['smtp-server'].perSecond).toFixed(2),
    (round.cpu / all.floor.cpu).toFixed(2),
    number(round.peak / (1 << 20)),
  ];
  return `| ${cells.join(' | ')} |`;
}

console.log(
  `Node ${process.version}, ${rounds} rounds, medians; 8 connections, the load on the same processors`,
);
for (const one of scenarios.filter(({ name }) => name.includes(values.only ?? ''))) {
  const all = await measure(one);
  console.log(`\n### ${one.name}\n`);
  console.log(
    '| server | messages/s | MB/s | CPU µs/message | ÷ floor | ÷ smtp-server | CPU ÷ floor | peak MiB |',
  );
  console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |');
  for (const server of SERVERS) console.log(row(server, all[server], all, one.content.length));
}
