import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { faultyFiles, type FaultyFiles } from '@postino/files/faulty';
import { Maildir, type Entry } from '@postino/maildir';
import { codeOf, filesOf, mailbox, octets, textOf } from './mailbox.ts';

const TEXT = 'Subject: x\r\n\r\nHi\r\n';

interface Filled extends FaultyFiles {
  readonly path: string;
  readonly maildir: Maildir;
  readonly entry: Entry;
}

async function filled(t: TestContext): Promise<Filled> {
  const faulty = faultyFiles();
  const box = await mailbox(t, { files: faulty.files, quota: { octets: 100_000 } });
  return { ...faulty, ...box, entry: await box.maildir.deliver(octets(TEXT)) };
}

const WORKS = {
  flag: ({ maildir, entry }: Filled) => maildir.flag(entry, 'S'),
  remove: ({ maildir, entry }: Filled) => maildir.remove(entry),
  read: ({ maildir, entry }: Filled) => textOf(maildir, entry),
};

for (const [name, work] of Object.entries(WORKS))
  for (const how of ['EACCES', 'EIO', 'crash'])
    test(`hostile 59: ${name} with ${how} at any call: the message is there once and whole, or was removed`, async (t) => {
      for (let at = 1; ; at++) {
        const box = await filled(t);
        box.arm({ at, how });
        const code = await codeOf(work(box));
        const reached = box.calls.length >= at;
        box.arm();
        const later = await Maildir.open(box.path);
        const left = await later.list();
        assert.ok(left.length === 1 || (name === 'remove' && left.length === 0), `${at}`);
        for (const entry of left) assert.equal(await textOf(later, entry), TEXT);
        if (name === 'remove' && code === 'resolved') assert.deepEqual(left, []);
        assert.deepEqual(
          filesOf(box.path).filter((file) => file.startsWith('tmp/')),
          [],
        );
        if (!reached) break;
      }
    });

test('hostile 61: a clock that goes back harms no message and no draft', async (t) => {
  let now = Date.now();
  const { path, maildir } = await mailbox(t, { now: () => now });
  const first = await maildir.deliver(octets('first\r\n'));
  const draft = await maildir.begin();
  await draft.write(octets('draft\r\n'));
  for (const back of [1, 1000, 10 * 365 * 24 * 3_600_000]) {
    now -= back;
    assert.equal(await maildir.clean(), 0);
    await maildir.deliver(octets(`back ${back}\r\n`));
  }
  await draft.end();
  const texts = await Promise.all((await maildir.list()).map((entry) => textOf(maildir, entry)));
  assert.deepEqual(texts.toSorted(), [
    'back 1\r\n',
    'back 1000\r\n',
    'back 315360000000\r\n',
    'draft\r\n',
    'first\r\n',
  ]);
  assert.equal(new Set((await maildir.list()).map(({ uid }) => uid)).size, 5);
  assert.equal(await textOf(maildir, first), 'first\r\n');
  assert.equal(filesOf(path).length, 5);
});
