/** A report and the outcomes that it tells of are one commit, whatever call the process or the disk dies at. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { faultyFiles, type FaultyFiles } from '@postino/files/faulty';
import { FileQueue, type Outcome, type QueueId } from '@postino/queue';
import { codeOf, envelopeTo, folder, octets, textOf } from './letters.ts';

const SOME: readonly Outcome[] = [
  { recipient: 0, status: 'failed', reply: { code: 550, text: 'no such user' } },
  { recipient: 1, status: 'deferred', next: 9000 },
  { recipient: 2, status: 'delivered' },
];
const ALL: readonly Outcome[] = SOME.map(({ recipient }) => ({ recipient, status: 'failed' }));

interface Case extends FaultyFiles {
  readonly path: string;
  readonly queue: FileQueue;
  readonly id: QueueId;
}

async function begin(t: TestContext): Promise<Case> {
  const path = join(folder(t), 'queue');
  const faulty = faultyFiles();
  const queue = await FileQueue.open(path, { files: faulty.files });
  return { ...faulty, path, queue, id: await queue.commit(envelopeTo('a', 'b', 'c'), octets('x')) };
}

/** The start of another process. */
function reopen({ path, files, arm }: Case): Promise<FileQueue> {
  arm();
  return FileQueue.open(path, { files });
}

function record(queue: FileQueue, id: QueueId, outcomes: readonly Outcome[]): Promise<unknown> {
  const report = { envelope: envelopeTo('alice'), message: [octets('it '), octets('failed')] };
  return codeOf(queue.record(id, outcomes, { report }));
}

/** Whether all is recorded, or nothing; anything between is an error. */
async function isRecorded(
  { id }: Case,
  queue: FileQueue,
  outcomes: readonly Outcome[],
): Promise<boolean> {
  const entries = await queue.entries();
  const entry = entries.find((one) => one.id === id);
  const reports = entries.filter((one) => one.id !== id);
  for (const report of reports) assert.equal(await textOf(queue.read(report.id)), 'it failed');
  if (entry?.pending.length === 3 && entry.recipients.every(({ attempts }) => attempts === 0)) {
    assert.equal(reports.length, 0, 'a report of what was not recorded');
    return false;
  }
  assert.equal(reports.length, 1, 'one report');
  assert.deepEqual(entry?.pending ?? [], outcomes === SOME ? [1] : []);
  return true;
}

const filesIn = (path: string, name: string): string[] => readdirSync(join(path, name));

for (const [what, outcomes] of [
  ['some recipients', SOME],
  ['the last recipients', ALL],
] as const) {
  test(`a crash at any call records both or neither, and doing it again makes no second report: ${what}`, async (t) => {
    const seen = { before: 0, after: 0 };
    for (let at = 1; ; at++) {
      const one = await begin(t);
      one.arm({ at, how: 'crash' });
      const code = await record(one.queue, one.id, outcomes);
      if (one.calls.length < at) break;
      const later = await reopen(one);
      const recorded = await isRecorded(one, later, outcomes);
      assert.ok(recorded || code === 'crash');
      seen[recorded ? 'after' : 'before']++;
      assert.deepEqual(filesIn(one.path, 'tmp'), []);
      assert.equal(await record(later, one.id, outcomes), 'resolved');
      assert.ok(await isRecorded(one, later, outcomes));
      assert.ok(await isRecorded(one, await reopen(one), outcomes));
    }
    assert.ok(seen.before >= 10 && seen.after >= 8, JSON.stringify(seen));
  });

  test(`a start that crashes too, at any call, loses and doubles nothing: ${what}`, async (t) => {
    for (let at = 1, done = false; !done; at++) {
      const one = await begin(t);
      // The first call of all that comes after the commit: the move.
      const files = { ...one.files, rename: () => Promise.reject(new Error('killed')) };
      const dying = await FileQueue.open(one.path, { files });
      await record(dying, one.id, outcomes);
      assert.equal(filesIn(one.path, 'tmp').length, 1);
      const faulty = faultyFiles();
      faulty.arm({ at, how: 'crash' });
      const opened = await codeOf(FileQueue.open(one.path, { files: faulty.files }));
      done = opened === 'resolved' && faulty.calls.length < at;
      const later = await reopen(one);
      assert.ok(await isRecorded(one, later, outcomes));
      assert.deepEqual(filesIn(one.path, 'tmp'), []);
    }
  });

  test(`hostile 60: a full disk at any call is told, and it may be done again: ${what}`, async (t) => {
    for (let at = 1; ; at++) {
      const told = await begin(t);
      told.arm({ at, how: 'ENOSPC' });
      const code = await record(told.queue, told.id, outcomes);
      if (told.calls.length < at) break;
      assert.equal(code, 'ENOSPC');
      await isRecorded(told, await reopen(told), outcomes);
      const again = await begin(t);
      again.arm({ at, how: 'ENOSPC' });
      await record(again.queue, again.id, outcomes);
      assert.equal(await record(again.queue, again.id, outcomes), 'resolved');
      assert.ok(await isRecorded(again, again.queue, outcomes));
      assert.deepEqual(filesIn(again.path, 'tmp'), []);
      assert.ok(await isRecorded(again, await reopen(again), outcomes));
    }
  });
}

test('a report and its name are synced before the record that commits it, and the move before it is told', async (t) => {
  const one = await begin(t);
  one.arm();
  await record(one.queue, one.id, SOME);
  const calls = one.calls.map(({ name, path }) => `${name} ${path.slice(one.path.length + 1)}`);
  const named = calls.map((call) =>
    call.replace(/\/(\w+)\.1$/, '/entry').replace(/\/\w{29}/, '/report'),
  );
  const changing = named.filter((call) => !/^(lstat|open|read|close)/.test(call));
  assert.deepEqual(changing, [
    ...Array.from({ length: 3 }, () => 'write tmp/report'),
    'sync tmp/report',
    'sync tmp',
    'write entries/entry',
    'sync entries/entry',
    'rename tmp/report',
    'sync entries',
    'sync tmp',
  ]);
});

test('a report that was delivered and is gone does not come back with the log that names it', async (t) => {
  const one = await begin(t);
  await record(one.queue, one.id, SOME);
  const report = (await one.queue.entries()).find(({ id }) => id !== one.id)!;
  await one.queue.done(report.id, 0);
  for (let start = 0; start < 2; start++) {
    const later = await reopen(one);
    assert.deepEqual(
      (await later.entries()).map(({ id }) => id),
      [one.id],
    );
  }
});
