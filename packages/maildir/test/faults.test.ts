import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { faultyFiles, type FaultyFiles, type FileCall } from '@postino/files/faulty';
import { Maildir, nameFor, type Entry } from '@postino/maildir';
import { bytesOf, codeOf, filesOf, mailbox, octets } from './mailbox.ts';

const NAME = nameFor(1_700_000_000_000, 'id1 ale');
/** Longer than one write, so that there is a call in the middle of the content too. */
const CONTENT = octets(`${'x'.repeat(998)}\r\n`.repeat(100));
const PIECES = [CONTENT.subarray(0, 70_000), CONTENT.subarray(70_000)];

interface Box extends FaultyFiles {
  readonly path: string;
  readonly maildir: Maildir;
}

async function faultyBox(t: TestContext): Promise<Box> {
  const faulty = faultyFiles();
  return { ...faulty, ...(await mailbox(t, { files: faulty.files, mode: 0o660 })) };
}

/** Delivers with a fault at each call in turn, until a delivery is through before the fault is reached. */
async function atEachCall(
  t: TestContext,
  how: string,
  check: (box: Box, code: unknown) => Promise<void>,
): Promise<number> {
  for (let at = 1; ; at++) {
    const box = await faultyBox(t);
    box.arm({ at, how });
    const code = await codeOf(box.maildir.deliver(PIECES, { name: NAME }));
    if (box.calls.length < at) return at - 1;
    box.arm();
    await check(box, code);
  }
}

test('the order of calls: content synced before it is seen, its name before it is told', async (t) => {
  const box = await faultyBox(t);
  box.arm();
  await box.maildir.deliver(PIECES);
  assert.equal(
    told(box.calls.filter(({ name }) => name !== 'lstat')),
    'open tmp, chmod tmp, write tmp, write tmp, sync tmp, close tmp, rename tmp, open new, sync new, close new',
  );
});

for (const how of ['ENOSPC', 'EDQUOT', 'EACCES', 'ENOENT'])
  test(`hostile 60: ${how} at any call rejects and leaves nothing, neither in new nor in tmp`, async (t) => {
    const calls = await atEachCall(t, how, async ({ path, maildir }, code) => {
      // A folder that is missing is made again, and all goes well.
      if (how === 'ENOENT' && code === 'resolved') return assert.equal(filesOf(path).length, 1);
      assert.equal(code, how);
      assert.deepEqual(filesOf(path), []);
      await maildir.deliver(PIECES, { name: NAME });
      assert.equal(filesOf(path).length, 1);
    });
    assert.ok(calls >= 13);
  });

test('hostile 59: after a crash at any call a reader sees nothing or all, and a replay makes one copy', async (t) => {
  const calls = await atEachCall(t, 'crash', async ({ path }) => {
    const later = await Maildir.open(path);
    for (const entry of await later.list()) await assertWhole(later, entry);
    const replayed = await later.deliver(PIECES, { name: NAME });
    const [entry, ...more] = (await later.list()) as [Entry];
    assert.deepEqual(entry, replayed);
    assert.deepEqual(more, []);
    await assertWhole(later, entry);
    await later.clean(Date.now() + 37 * 3600 * 1000);
    assert.deepEqual(filesOf(path), [`new/${entry.file}`]);
  });
  assert.ok(calls >= 13);
});

test('hostile 59: what a replay finds is synced again, since the first process may have died before', async (t) => {
  const box = await faultyBox(t);
  await box.maildir.deliver(PIECES, { name: NAME });
  box.arm();
  await box.maildir.deliver(PIECES, { name: NAME });
  assert.ok(told(box.calls).endsWith('open new, sync new, close new, unlink tmp'));
});

test('hostile 59: a mailbox whose making was cut off is made whole', async (t) => {
  for (let at = 1; ; at++) {
    const { path } = await mailbox(t);
    const faulty = faultyFiles();
    faulty.arm({ at, how: 'crash' });
    const made = await codeOf(Maildir.create(`${path}/deeper/box`, { files: faulty.files }));
    const maildir = await Maildir.create(`${path}/deeper/box`);
    await assertWhole(maildir, await maildir.deliver(CONTENT));
    if (made === 'resolved') break;
  }
});

test('a fault in the middle of the content is told by write() at once', async (t) => {
  const box = await faultyBox(t);
  const sink = await box.maildir.begin();
  box.arm({ at: 1, how: 'ENOSPC' });
  assert.equal(await codeOf(Promise.resolve(sink.write(PIECES[0]!))), 'ENOSPC');
  assert.deepEqual(filesOf(box.path), []);
  await sink.abort();
});

/** The calls, each with the folder that it is about or in. */
function told(calls: readonly FileCall[]): string {
  return calls.map(({ name, path }) => `${name} ${part(path)}`).join(', ');
}

function part(path: string): string {
  return path.split('/').findLast((name) => ['tmp', 'new', 'cur'].includes(name)) ?? 'root';
}

async function assertWhole(maildir: Maildir, entry: Entry): Promise<void> {
  assert.ok(Buffer.from(CONTENT).equals(await bytesOf(maildir, entry)));
  assert.equal(entry.size, CONTENT.length);
}
