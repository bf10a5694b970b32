/**
 * POP3 beside Dovecot, each over Maildirs of its own with the same files: sessions and messages a second with 1,000
 * messages, and the time to log in with 100,000. Rounds take turns.
 */
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { message } from './client.ts';
import { openMaildrop } from './pop3-load.ts';
import type { Daemon } from './servers/daemon.ts';
import { startDovecot } from './servers/dovecot.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    /** Messages in the large mailbox. */
    large: { type: 'string', default: '100000' },
  },
});
const ROUNDS = Number(values.rounds);
const LARGE = Number(values.large);
const MESSAGES = 1000;
/** Each with a mailbox of its own, side by side: POP3 has one session at a time for each. */
const USERS = ['u1', 'u2', 'u3', 'u4'];
const SESSIONS = 200;
/** Messages that are one file; ext4 knows 65,000 at the most. */
const SAME = 1000;
const PASSWORD = 'secret';
const CONTENT = Buffer.from(message(4096))
  .toString('latin1')
  .replace(/\.\r\n$/, '');

/** A folder with `passwd` and the Maildirs of all. A file stands under many names: it is made faster so, and read no other way. */
function makeHome(): string {
  const home = mkdtempSync(join(import.meta.dirname, '../var-bench-'));
  const hash = createHash('md5').update(PASSWORD).digest('hex');
  writeFileSync(
    join(home, 'passwd'),
    [...USERS, 'large'].map((user) => `${user}:${hash}::\n`).join(''),
  );
  for (const user of USERS) fill(join(home, 'mail', user), MESSAGES);
  fill(join(home, 'mail/large'), LARGE);
  return home;
}

function fill(box: string, count: number): void {
  for (const part of ['tmp', 'new', 'cur']) mkdirSync(join(box, part), { recursive: true });
  const text = CONTENT.replaceAll('\r\n', '\n');
  const name = (n: number): string =>
    join(box, `cur/${1_700_000_000 + n}.M${n}P1.host,S=${text.length},W=${CONTENT.length}:2,S`);
  for (let n = 0; n < count; n++)
    if (n % SAME === 0) writeFileSync(name(n), text);
    else linkSync(name(n - (n % SAME)), name(n));
}

async function startPostino(home: string): Promise<Daemon> {
  const child = fork(join(import.meta.dirname, 'servers/pop3.ts'), [home], {
    execArgv: ['--conditions=@postino/source'],
  });
  const exit = once(child, 'exit');
  const [port] = (await once(child, 'message')) as [number];
  const close = async (): Promise<void> => {
    child.disconnect();
    await exit;
  };
  return { port, close };
}

/** Logins a second, up to STAT, over all users. */
async function sessions(port: number): Promise<number> {
  let left = SESSIONS;
  return perSecond(SESSIONS, async (user) => {
    while (left-- > 0) await (await openMaildrop({ port, user, password: PASSWORD })).quit();
  });
}

/** RETRs a second, each said when the one before it is here. */
function retrievals(port: number): Promise<number> {
  return perSecond(USERS.length * MESSAGES, async (user) => {
    const talk = await openMaildrop({ port, user, password: PASSWORD });
    for (let n = 1; n <= MESSAGES; n++) await talk.retrieve(n);
    await talk.quit();
  });
}

async function perSecond(count: number, work: (user: string) => Promise<void>): Promise<number> {
  const start = performance.now();
  await Promise.all(USERS.map(work));
  return (1000 * count) / (performance.now() - start);
}

/** Milliseconds from the connection to the answer to STAT. */
async function largeLogin(port: number): Promise<number> {
  const start = performance.now();
  const talk = await openMaildrop({ port, user: 'large', password: PASSWORD });
  const milliseconds = performance.now() - start;
  if (talk.messages !== LARGE) throw new Error(`${talk.messages} of ${LARGE} messages`);
  await talk.quit();
  return milliseconds;
}

const MEASURES: Readonly<Record<string, (port: number) => Promise<number>>> = {
  [`sessions/s, ${MESSAGES} messages`]: sessions,
  'RETR/s, 4 KB': retrievals,
  [`ms to log in, ${LARGE} messages`]: largeLogin,
};

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
}

const homes = [makeHome(), makeHome()] as const;
const postino = await startPostino(homes[0]);
const dovecot = await startDovecot(homes[1], { password: PASSWORD });
try {
  console.log(
    `Node ${process.version}, ${USERS.length} users side by side, ${ROUNDS} rounds, medians\n`,
  );
  if (!dovecot) console.log('Dovecot is not here, or this is not root\n');
  console.log('| what | postino | dovecot | postino ÷ dovecot | first time |');
  console.log('| --- | ---: | ---: | ---: | --- |');
  for (const [what, measure] of Object.entries(MEASURES)) {
    // What the first one finds out is kept for the others.
    const first = [await measure(postino.port), dovecot ? await measure(dovecot.port) : Number.NaN];
    const rounds: (readonly [ours: number, theirs: number])[] = [];
    for (let round = 0; round < ROUNDS; round++)
      rounds.push([
        await measure(postino.port),
        dovecot ? await measure(dovecot.port) : Number.NaN,
      ]);
    const cells = [
      what,
      Math.round(median(rounds.map(([ours]) => ours))),
      Math.round(median(rounds.map(([, theirs]) => theirs))),
      median(rounds.map(([ours, theirs]) => ours / theirs)).toFixed(2),
      first.map(Math.round).join(', '),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
} finally {
  await Promise.all([postino.close(), dovecot?.close()]);
  for (const home of homes)
    rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}
