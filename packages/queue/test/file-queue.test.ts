import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { faultyFiles, type FaultyFiles } from '@postino/files/faulty';
import { FileQueue, newQueueId } from '@postino/queue';
import { codeOf, envelopeTo, folder, octets, textOf } from './letters.ts';
import { queueContract } from './queue-contract.ts';

queueContract('a folder of files', (t) => {
  const path = join(folder(t), 'queue');
  return (now = Date.now) => FileQueue.open(path, { now });
});

const CONTENT = [octets('Subject: x\r\n\r\n'), octets('body\r\n')];

interface Store extends FaultyFiles {
  readonly path: string;
  readonly queue: FileQueue;
}

async function faultyStore(t: TestContext): Promise<Store> {
  const path = join(folder(t), 'queue');
  const faulty = faultyFiles();
  return { ...faulty, path, queue: await FileQueue.open(path, { files: faulty.files }) };
}

/** Does something with a fault at each call in turn, until it is through before the fault is reached. */
async function atEachCall(
  t: TestContext,
  how: string,
  act: (store: Store, at: number) => Promise<void>,
): Promise<number> {
  for (let at = 1; ; at++) {
    const store = await faultyStore(t);
    await act(store, at);
    if (store.calls.length < at) return at - 1;
  }
}

const filesOf = (path: string): string[] =>
  ['tmp', 'entries'].flatMap((name) => readdirSync(join(path, name)));

const namesOf = (calls: FaultyFiles['calls']): string => calls.map(({ name }) => name).join(' ');

test('commits, marks and removals are synced before they are told', async (t) => {
  const { queue, calls, arm } = await faultyStore(t);
  arm();
  const id = await queue.commit(envelopeTo('a', 'b'), CONTENT);
  assert.equal(namesOf(calls), 'open write write write sync close rename open sync close');
  arm();
  await queue.done(id, 0);
  assert.equal(namesOf(calls), 'lstat open write sync close');
  arm();
  await queue.done(id, 1);
  assert.equal(namesOf(calls), 'unlink open sync close');
});

for (const how of ['ENOSPC', 'EDQUOT', 'EACCES'])
  test(`hostile 60: ${how} at any call of a commit rejects and leaves nothing`, async (t) => {
    const calls = await atEachCall(t, how, async (store, at) => {
      store.arm({ at, how });
      const code = await codeOf(store.queue.commit(envelopeTo('ale'), CONTENT));
      if (store.calls.length < at) return;
      assert.equal(code, how);
      assert.deepEqual(filesOf(store.path), []);
      assert.deepEqual(await store.queue.entries(), []);
    });
    assert.equal(calls, 10);
  });

test('a crash at any call of a commit leaves nothing or all of the message', async (t) => {
  const found = { nothing: false, all: false };
  await atEachCall(t, 'crash', async (store, at) => {
    store.arm({ at, how: 'crash' });
    const code = await codeOf(store.queue.commit(envelopeTo('ale', 'bob'), CONTENT));
    const later = await FileQueue.open(store.path);
    const entries = await later.entries();
    found[entries.length === 0 ? 'nothing' : 'all'] = true;
    if (code === 'resolved') assert.equal(entries.length, 1);
    for (const { id, pending } of entries) {
      assert.deepEqual(pending, [0, 1]);
      assert.equal(await textOf(later.read(id)), 'Subject: x\r\n\r\nbody\r\n');
    }
    assert.equal(filesOf(store.path).length, entries.length);
    assert.deepEqual(later.damaged, []);
  });
  assert.deepEqual(found, { nothing: true, all: true });
});

test('a crash at any call of done loses no other recipient, and what was told done stays done', async (t) => {
  await atEachCall(t, 'crash', async (store, at) => {
    const id = await store.queue.commit(envelopeTo('a', 'b', 'c'), CONTENT);
    store.arm({ at, how: 'crash' });
    const told: number[] = [];
    for (const recipient of [1, 0, 2])
      if ((await codeOf(store.queue.done(id, recipient))) === 'resolved') told.push(recipient);
    const later = await FileQueue.open(store.path);
    const [entry] = await later.entries();
    const pending = entry?.pending ?? [];
    for (const recipient of told) assert.ok(!pending.includes(recipient));
    assert.ok(pending.length >= 3 - told.length - 1, 'at most the one that was under way');
    for (const recipient of pending) await later.done(id, recipient);
    assert.deepEqual(filesOf(store.path), []);
  });
});

test('a mark that cannot be written is told, and may be tried again', async (t) => {
  const { queue, arm, path } = await faultyStore(t);
  const id = await queue.commit(envelopeTo('a', 'b'), CONTENT);
  arm({ at: 2, how: 'ENOSPC' });
  assert.equal(await codeOf(queue.done(id, 0)), 'ENOSPC');
  await queue.done(id, 0);
  assert.deepEqual((await (await FileQueue.open(path)).entries())[0]!.pending, [1]);
  arm({ at: 1, how: 'EIO' });
  assert.equal(await codeOf(queue.done(id, 1)), 'EIO');
  await queue.done(id, 1);
  assert.deepEqual(filesOf(path), []);
});

test('a record that a crash cut off, or that is none of ours, does not spoil the next', async (t) => {
  const { queue, path } = await faultyStore(t);
  const id = await queue.commit(envelopeTo('a', 'b', 'c'), CONTENT);
  const lines = [
    'null',
    '{"type":"more"}',
    '{"type":"outcomes"}',
    '{"type":"outcomes","outcomes":[0]}',
  ];
  const cutOff = '{"type":"outcomes","outcomes":[{"recipient":0,"status":"failed"';
  appendFileSync(join(path, 'entries', filesOf(path)[0]!), ['', ...lines, cutOff].join('\n'));
  await queue.done(id, 2);
  assert.deepEqual((await (await FileQueue.open(path)).entries())[0]!.pending, [0, 1]);
});

test('a file that is no entry is named and left as it is, and hides no other', async (t) => {
  const { queue, path } = await faultyStore(t);
  const id = await queue.commit(envelopeTo('a'), CONTENT);
  const names = ['notes.txt', '.DS_Store', `${newQueueId()}.5`, `${newQueueId()}.500`];
  for (const name of names) writeFileSync(join(path, 'entries', name), 'hello');
  const later = await FileQueue.open(path);
  assert.deepEqual(later.damaged.toSorted(), names.toSorted());
  assert.deepEqual(
    (await later.entries()).map((entry) => entry.id),
    [id],
  );
  assert.equal(filesOf(path).length, 5);
});

test('nobody else can read what is queued', async (t) => {
  const { queue, path } = await faultyStore(t);
  await queue.commit(envelopeTo('a'), CONTENT);
  const rights = (at: string): number => statSync(join(path, at)).mode & 0o777;
  assert.deepEqual(
    ['', 'entries', `entries/${filesOf(path)[0]}`].map(rights),
    [0o700, 0o700, 0o600],
  );
});

test('the octets of a message are stored once, however many get it', async (t) => {
  const { queue, path } = await faultyStore(t);
  const users = Array.from({ length: 100 }, (_, n) => `user${n}`);
  const id = await queue.commit(envelopeTo(...users), [octets('x'.repeat(100_000))]);
  await queue.record(id, [{ recipient: 0, status: 'deferred', next: 5 }]);
  const [file, ...others] = filesOf(path);
  assert.deepEqual(others, []);
  assert.ok(statSync(join(path, 'entries', file!)).size < 110_000);
});

test('two commits with one id: one is refused, and the other stands', async (t) => {
  const { queue, path } = await faultyStore(t);
  const id = newQueueId();
  const commit = (): Promise<unknown> => codeOf(queue.commit(envelopeTo('a'), CONTENT, { id }));
  const ends = await Promise.all([commit(), commit()]); // either may be the first on the disk
  assert.deepEqual(ends.map(String).toSorted(), ['EEXIST', 'resolved']);
  assert.equal(await textOf((await FileQueue.open(path)).read(id)), 'Subject: x\r\n\r\nbody\r\n');
});

async function isHeld(queue: FileQueue): Promise<boolean> {
  return (await queue.entries())[0]!.held;
}

for (const how of ['ENOSPC', 'EIO'])
  test(`hostile 60: ${how} at any call of a change rejects, and the change is not there`, async (t) => {
    const calls = await atEachCall(t, how, async ({ queue, path, arm, calls }, at) => {
      const id = await queue.commit(envelopeTo('a', 'b'), CONTENT);
      arm({ at, how });
      const code = await codeOf(queue.hold(id));
      if (calls.length < at) return;
      assert.equal(code, how);
      assert.deepEqual(
        [await isHeld(queue), await isHeld(await FileQueue.open(path))],
        [false, false],
      );
      await queue.hold(id);
      assert.deepEqual(
        [await isHeld(queue), await isHeld(await FileQueue.open(path))],
        [true, true],
      );
    });
    assert.equal(calls, 5);
  });
