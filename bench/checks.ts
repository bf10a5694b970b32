/**
 * What the checks cost: 4 KB messages, signed, over SMTP into a Maildir, to a server that judges nothing and to one with all
 * checks on, whose answers of the DNS are in its cache. The rounds of both take turns.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { generateKey, sign } from '@postino/dkim';
import { message, send } from './client.ts';
import type { Usage } from './servers/report.ts';

const MESSAGES = 400;
const ROUNDS = 9;

interface Server {
  readonly child: ChildProcess;
  readonly port: number;
}

/** One round of one server. */
interface Round {
  /** Messages a second. */
  readonly rate: number;
  /** Microseconds a message. */
  readonly cpu: number;
}

async function start(...parameters: string[]): Promise<Server> {
  const child = fork(join(import.meta.dirname, 'servers/reference.ts'), parameters, {
    execArgv: ['--conditions=@postino/source'],
  });
  const [port] = (await once(child, 'message')) as [number];
  return { child, port };
}

async function usage({ child }: Server): Promise<Usage> {
  child.send('usage');
  const [used] = (await once(child, 'message')) as [Usage];
  return used;
}

async function round(server: Server, connections: number, content: Uint8Array): Promise<Round> {
  await usage(server);
  const { port } = server;
  const load = { port, connections, messages: MESSAGES, messagesPerConnection: 250, content };
  const seconds = await send(load);
  const { cpu } = await usage(server);
  return { rate: MESSAGES / seconds, cpu: cpu / MESSAGES };
}

const median = (numbers: number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;

const { privateKey, record } = await generateKey({ algorithm: 'rsa' });
const plain = message(4096);
const field = await sign(plain.subarray(0, -'.\r\n'.length), {
  domain: 'example.com',
  selector: 'sel',
  key: privateKey,
});
const content = Buffer.concat([Buffer.from(field), plain]);
const servers = { off: await start(), on: await start(record) };

console.log(`Node ${process.version}, ${MESSAGES} messages of 4 KB, ${ROUNDS} rounds, medians\n`);
console.log(
  '| side by side | no checks, messages/s | all checks, messages/s | ratio | CPU µs/message | with checks |',
);
console.log('| ---: | ---: | ---: | ---: | ---: | ---: |');
for (const connections of [1, 8]) {
  const rounds: Record<'off' | 'on', Round[]> = { off: [], on: [] };
  for (let turn = -1; turn < ROUNDS; turn++) {
    // Who comes first takes turns too: the disk may still be busy with what went before.
    for (const checks of turn % 2 === 0 ? (['off', 'on'] as const) : (['on', 'off'] as const)) {
      const measured = await round(servers[checks], connections, content);
      if (turn >= 0) rounds[checks].push(measured);
    }
  }
  const ratios = rounds.on.map(({ rate }, turn) => rate / rounds.off[turn]!.rate);
  const figures = [
    connections,
    Math.round(median(rounds.off.map(({ rate }) => rate))),
    Math.round(median(rounds.on.map(({ rate }) => rate))),
    median(ratios).toFixed(2),
    Math.round(median(rounds.off.map(({ cpu }) => cpu))),
    Math.round(median(rounds.on.map(({ cpu }) => cpu))),
  ];
  console.log(`| ${figures.join(' | ')} |`);
}
for (const { child } of Object.values(servers)) child.disconnect();
