/**
 * Message after message, most of them to hosts that refuse, that say nothing, or that no DNS knows: the living get theirs
 * while the dead still wait, and neither memory nor descriptors grow.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { serveDns } from '../packages/server/test/dns-server.ts';
import { Internet } from '../packages/server/test/internet.ts';
import { Site } from './running-server.ts';
import { sendAll, type Sent } from './sending-load.ts';

/** How many messages are sent; POSTINO_SOAK asks for more. */
const MESSAGES = Number(process.env['POSTINO_SOAK'] ?? 200);
const WAVES = 4;
const CONNECTIONS = 8;
/** Domains of each kind: of the silent more than the server has places. */
const DOMAINS = 60;
const DEAD = ['refused', 'silent', 'lost'] as const;
const LIVING = ['one', 'two'] as const;
/** Deliveries under way at one time: the default of `queue.attempts`. */
const PLACES = 50;
/** How long nothing may happen, in ms. */
const PATIENCE = 60_000;

/** Where the nth message goes: three of four to the dead. */
function nameOf(n: number): string {
  const kind = n % 4;
  const turn = n >> 2;
  return kind === 3 ? LIVING[turn % LIVING.length]! : `${DEAD[kind]!}${turn % DOMAINS}`;
}

/** Resolves when something has come to so many; fails when it stops growing before. */
async function grown(what: string, size: () => number, to: number): Promise<void> {
  let [seen, since] = [size(), performance.now()];
  while (seen < to) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (size() > seen) [seen, since] = [size(), performance.now()];
    else assert.ok(performance.now() - since < PATIENCE, `${what}: ${seen} of ${to}`);
  }
  assert.equal(size(), to, what);
}

interface Level {
  readonly descriptors: number;
  /** Octets. */
  readonly memory: number;
}

function levelOf(pid: number): Level {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!;
  return { descriptors: readdirSync(`/proc/${pid}/fd`).length, memory: Number(kilobytes) * 1024 };
}

test(
  `${MESSAGES} messages, most to dead hosts: the living are not delayed, memory and descriptors stay level`,
  { skip: !existsSync('/proc/self/fd') && 'there is no /proc here' },
  async (context) => {
    const internet = new Internet(context);
    const letters = [
      await internet.host('one.example', '127.0.0.2'),
      await internet.host('two.example', '127.0.0.3'),
    ];
    await internet.strangeHost('silent.example', '127.0.0.8', () => {});
    for (let n = 0; n < DOMAINS; n++) {
      internet.deadHost(`refused${n}.example`, '127.0.0.9');
      internet.deadHost(`silent${n}.example`, '127.0.0.8');
      internet.add({ [`lost${n}.example`]: { fail: 'ESERVFAIL' } });
    }
    const site = new Site(`
[outbound]
port = ${internet.port}
ignore_target_hosts = ["192.0.2.1"]
[dns]
servers = ["${await serveDns(context, internet.resolver)}"]
`);
    context.after(() => site.remove());
    const names = new Set(Array.from({ length: 4 * DOMAINS }, (_, n) => nameOf(n)));
    const aliases = [...names].map((name) => `${name}: bob@${name}.example\n`);
    writeFileSync(join(site.folder, 'aliases'), aliases.join(''));
    const server = await site.start();
    context.after(() => server.stop('SIGKILL'));
    const arrived = (): number => letters.flat().length;
    const queued = (): number => readdirSync(join(site.folder, 'data/queue/entries')).length;

    // Both have answered once: what the server knows of them is put to the test.
    const known = LIVING.map((name) => ({ id: `first ${name}`, to: `${name}@poul.org` }));
    await sendAll(server.ports.smtp, { connections: 1, letters: known });
    await grown('known', arrived, known.length);

    const levels = [levelOf(server.pid)];
    const perWave = MESSAGES / WAVES;
    for (let wave = 0; wave < WAVES; wave++) {
      const some = Array.from({ length: perWave }, (_, n): Sent => {
        const id = wave * perWave + n;
        return { id: String(id), to: `${nameOf(id)}@poul.org` };
      });
      await sendAll(server.ports.smtp, { connections: CONNECTIONS, letters: some });
      const living = Math.floor(((wave + 1) * perWave) / 4);
      await grown(`living after wave ${wave}`, arrived, known.length + living);
      levels.push(levelOf(server.pid));
    }
    // All the dead wait still: nobody has waited for them.
    await grown('dead', () => -queued(), -(MESSAGES - Math.floor(MESSAGES / 4)));
    const [first, last] = [levels[0]!, levels.at(-1)!];
    for (const { descriptors, memory } of levels)
      context.diagnostic(`${descriptors} descriptors, ${Math.round(memory / 2 ** 20)} MiB`);
    // A connection for each place, those of the senders, a few files.
    const most = first.descriptors + PLACES + CONNECTIONS + 20;
    assert.ok(last.descriptors <= most, `${last.descriptors} descriptors`);
    assert.ok(last.memory < 1.5 * first.memory + 2 ** 27, `${last.memory} octets`);
    // A stop waits for none of them either.
    assert.equal(await server.stop(), 0);
  },
);
