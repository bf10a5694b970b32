/** Contestants that take turns in one process: each round gives every one of them its time, so that a slow spell hits all. */

/** What is done once; a promise is awaited. */
export type Contestant = () => unknown;

export interface Figures {
  /** Microseconds for once, by the clock and on all processors: medians of the rounds. */
  readonly wall: number;
  readonly cpu: number;
  /** Microseconds on the thread of JavaScript. */
  readonly thread: number;
  /** How many times as long as the first contestant, in the same round: median, lower and upper quartile. */
  readonly ratio: number;
  readonly spread: readonly [number, number];
}

interface Round {
  readonly wall: number;
  readonly cpu: number;
  readonly thread: number;
}

/** Milliseconds that a contestant has in a round. */
const TURN = 100;
/** Milliseconds before the first round: what the engine has not optimized yet is slower by half. */
const WARM_UP = 3000;
const ROUNDS = 15;

/** The contestants by name; the first one is what the others are compared with. */
export async function contest(
  contestants: Readonly<Record<string, Contestant>>,
): Promise<ReadonlyMap<string, Figures>> {
  const rows = new Map<string, Round[]>(Object.keys(contestants).map((name) => [name, []]));
  const times = new Map<string, number>();
  for (const [name, once] of Object.entries(contestants)) times.set(name, await timesIn(once));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, once] of Object.entries(contestants)) {
      rows.get(name)!.push(await turn(once, times.get(name)!));
    }
  }
  const [first] = rows.values();
  return new Map([...rows].map(([name, rounds]) => [name, figures(rounds, first!)]));
}

/** Warms a contestant up, and finds out how often it is done in a turn. */
async function timesIn(once: Contestant): Promise<number> {
  const end = performance.now() + WARM_UP;
  let times = 0;
  while (performance.now() < end) {
    await once();
    times++;
  }
  return Math.max(1, Math.round((times * TURN) / WARM_UP));
}

async function turn(once: Contestant, times: number): Promise<Round> {
  const cpu = process.cpuUsage();
  const thread = process.threadCpuUsage();
  const start = performance.now();
  for (let time = 0; time < times; time++) await once();
  const wall = 1000 * (performance.now() - start);
  return {
    wall: wall / times,
    cpu: sum(process.cpuUsage(cpu)) / times,
    thread: sum(process.threadCpuUsage(thread)) / times,
  };
}

function figures(rounds: readonly Round[], first: readonly Round[]): Figures {
  const ratios = rounds.map(({ cpu }, index) => cpu / first[index]!.cpu);
  return {
    wall: quantile(
      rounds.map(({ wall }) => wall),
      0.5,
    ),
    cpu: quantile(
      rounds.map(({ cpu }) => cpu),
      0.5,
    ),
    thread: quantile(
      rounds.map(({ thread }) => thread),
      0.5,
    ),
    ratio: quantile(ratios, 0.5),
    spread: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
  };
}

function quantile(numbers: readonly number[], part: number): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(part * (numbers.length - 1))]!;
}

function sum({ user, system }: NodeJS.CpuUsage): number {
  return user + system;
}

/** One table: a contest a row, and how the contestants came out of it. */
export async function table(
  contests: Readonly<Record<string, Readonly<Record<string, Contestant>>>>,
): Promise<void> {
  console.log(
    `Node ${process.version}, ${ROUNDS} rounds that take turns, medians; × is CPU of all threads\n`,
  );
  console.log('| what | who | µs | CPU µs | of it JavaScript | × | quartiles |');
  console.log('| --- | --- | ---: | ---: | ---: | ---: | ---: |');
  for (const [what, contestants] of Object.entries(contests)) {
    for (const [name, figure] of await contest(contestants)) {
      const { wall, cpu, thread, ratio, spread } = figure;
      const times = [wall, cpu, thread].map((value) => value.toFixed(value < 100 ? 1 : 0));
      const ratios = [ratio.toFixed(2), spread.map((value) => value.toFixed(2)).join('-')];
      console.log(`| ${[what, name, ...times, ...ratios].join(' | ')} |`);
    }
  }
}
