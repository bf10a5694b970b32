import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { latin1, StateError } from '@postino/wire';
import { nodeFiles, type Files } from '@postino/files';
import { faultyFiles } from '@postino/files/faulty';
import { GoneError, Maildir, nameFor, type Entry } from '@postino/maildir';
import { bytesOf, codeOf, filesOf, folder, mailbox, octets, put, textOf } from './mailbox.ts';

const HOUR = 3600 * 1000;

test('a message is delivered, listed, read and removed', async (t) => {
  const { path, maildir } = await mailbox(t, {
    hostname: 'mx.example',
    now: () => 1_700_000_000_123,
  });
  const entry = await maildir.deliver(octets('Subject: x\r\n\r\n.dots\r\n'), {
    prefix: octets('Return-path: <a@b.example>\r\n'),
  });
  assert.match(entry.name, /^1700000000\.M123000P\d+Q\d+R[0-9a-f]{16}\.mx\.example$/);
  assert.equal(entry.uid, entry.name);
  assert.equal(entry.size, 49);
  assert.deepEqual(filesOf(path), [`new/${entry.name},S=45,W=49`]);
  assert.equal(
    latin1(readFileSync(join(path, filesOf(path)[0]!))),
    'Return-path: <a@b.example>\nSubject: x\n\n.dots\n',
  );
  assert.deepEqual(await maildir.list(), [entry]);
  assert.equal(
    await textOf(maildir, entry),
    'Return-path: <a@b.example>\r\nSubject: x\r\n\r\n.dots\r\n',
  );
  await maildir.remove(entry);
  assert.deepEqual(filesOf(path), []);
});

test('content may come in pieces, and its own error leaves no trace', async (t) => {
  const { path, maildir } = await mailbox(t);
  const entry = await maildir.deliver([octets('a\r'), octets('\nb'), octets('\r\n')]);
  assert.equal(await textOf(maildir, entry), 'a\r\nb\r\n');
  await assert.rejects(maildir.deliver(brokenContent()), /the peer went away/);
  assert.equal(filesOf(path).length, 1);
});

test('an aborted delivery leaves no trace, and a closed one takes nothing more', async (t) => {
  const { path, maildir } = await mailbox(t);
  const sink = await maildir.begin();
  await sink.write(octets('x\r\n'));
  await sink.abort();
  await sink.abort();
  assert.deepEqual(filesOf(path), []);
  await assert.rejects(sink.end(), StateError);
  assert.throws(() => sink.write(octets('x')), StateError);
});

test('a sink copies what it takes', async (t) => {
  const { maildir } = await mailbox(t);
  const sink = await maildir.begin();
  const chunk = octets('first\r\n');
  await sink.write(chunk);
  chunk.fill(0);
  assert.equal(await textOf(maildir, await sink.end()), 'first\r\n');
});

test('any content of CRLF lines, cut anywhere, reads back octet for octet and has its size', async (t) => {
  const { maildir } = await mailbox(t);
  const line = fc.uint8Array({ maxLength: 30 }).map((bytes) => latin1(bytes).replaceAll('\n', '.'));
  const content = fc.array(line).map((lines) => lines.map((line) => `${line}\r\n`).join(''));
  await fc.assert(
    fc.asyncProperty(content, fc.integer({ min: 1, max: 50 }), async (text, step) => {
      const pieces: Uint8Array[] = [];
      for (let at = 0; at < text.length; at += step) pieces.push(octets(text.slice(at, at + step)));
      const entry = await maildir.deliver(pieces);
      assert.equal(await textOf(maildir, entry), text);
      assert.equal(entry.size, text.length);
    }),
  );
});

test('hostile 64: a message of many megabytes streams through, its size exact', async (t) => {
  const { path, maildir } = await mailbox(t);
  const piece = octets(`${'x'.repeat(76)}\r\n`.repeat(1000));
  const sink = await maildir.begin();
  for (let n = 0; n < 200; n++) await sink.write(piece);
  const entry = await sink.end();
  assert.equal(entry.size, 200 * piece.length);
  assert.equal(statSync(join(path, 'new', entry.file)).size, 200 * (piece.length - 1000));
  let size = 0;
  let largest = 0;
  for await (const bytes of maildir.read(entry)) {
    size += bytes.length;
    largest = Math.max(largest, bytes.length);
  }
  assert.equal(size, entry.size);
  assert.ok(largest <= 128 << 10);
});

test('hostile 64: no octets at all, and no last line end', async (t) => {
  const { maildir } = await mailbox(t);
  const empty = await maildir.deliver(octets(''));
  assert.equal(empty.size, 0);
  assert.equal(await textOf(maildir, empty), '');
  const open = await maildir.deliver(octets('no end'));
  assert.equal(open.size, 8);
  assert.equal(await textOf(maildir, open), 'no end\r\n');
});

test('hostile 71: files of other programs have the size that read() yields, whatever their line ends', async (t) => {
  const { path, maildir } = await mailbox(t);
  put(path, 'new/1.a.host', 'lf\nlf\n');
  put(path, 'cur/2.b.host:2,S', 'crlf\r\nno end');
  put(path, 'new/3.c.host,S=0', '');
  const entries = await maildir.list();
  assert.deepEqual(
    entries.map(({ name }) => name),
    ['1.a.host', '2.b.host', '3.c.host'],
  );
  for (const entry of entries) assert.equal((await bytesOf(maildir, entry)).length, entry.size);
  assert.equal(await textOf(maildir, entries[1]!), 'crlf\r\nno end\r\n');
});

test('no file is opened for a size that its name tells, and others are read once', async (t) => {
  const path = join(folder(t), 'box');
  const { files, calls } = faultyFiles();
  const opened = (): number =>
    calls.filter(({ name, path }) => name === 'open' && path.includes('/new/')).length;
  const maildir = await Maildir.create(path, { files });
  put(path, 'new/1.told.host,S=2,W=3');
  assert.equal((await maildir.list())[0]!.size, 3);
  assert.equal(opened(), 0);
  put(path, 'new/2.silent.host');
  await maildir.list();
  await maildir.list();
  assert.equal(opened(), 1);
});

test('hostile 63: dotfiles, malformed names, folders and links are no messages', async (t) => {
  const { path, maildir } = await mailbox(t);
  for (const name of ['.hidden', ':2,S', ',S=1', '1.good.host']) put(path, `cur/${name}`);
  mkdirSync(join(path, 'cur/2.folder.host'));
  symlinkSync('/etc/passwd', join(path, 'new/3.link.host,S=1,W=1'));
  assert.deepEqual(
    (await maildir.list()).map(({ name }) => name),
    ['1.good.host'],
  );
});

test('a message is read whole, whatever size its name tells', async (t) => {
  const { path, maildir } = await mailbox(t);
  for (const length of [0, 1, 4095, 4096, 4097, 65_535, 65_536, 65_537, 200_000])
    for (const told of [0, 1, length - 1, length, length + 1, 4096, 1e15]) {
      const file = `${length}.${told},S=${Math.max(told, 0)}`;
      put(path, `new/${file}`, 'x'.repeat(length));
      const entry = (await maildir.list()).find((one) => one.file === file)!;
      const text = length === 0 ? '' : `${'x'.repeat(length)}\r\n`;
      assert.equal(await textOf(maildir, entry), text, file);
      assert.equal(entry.size, text.length);
      rmSync(join(path, 'new', file));
    }
});

test('a message that stands in new and in cur is listed once, with its flags', async (t) => {
  const { path, maildir } = await mailbox(t);
  put(path, 'new/1.a.host,S=2,W=3');
  put(path, 'cur/1.a.host,S=2,W=3:2,S');
  const entries = await maildir.list();
  assert.deepEqual(
    entries.map(({ name, flags, folder }) => [name, flags, folder]),
    [['1.a.host', 'S', 'cur']],
  );
});

test('hostile 65: a message that moved or was flagged is found again by its name', async (t) => {
  const { path, maildir } = await mailbox(t);
  const { file } = await maildir.deliver(octets('mine\r\n'));
  const [entry] = (await maildir.list()) as [Entry];
  renameSync(join(path, 'new', file), join(path, `cur/${file}:2,`));
  assert.equal(await textOf(maildir, entry), 'mine\r\n');
  renameSync(join(path, `cur/${file}:2,`), join(path, `cur/${file}:2,FS`));
  assert.equal(await textOf(maildir, entry), 'mine\r\n');
  await maildir.remove(entry);
  assert.deepEqual(filesOf(path), []);
});

test('hostile 65: a message that was removed is gone, for reading and for removing', async (t) => {
  const { path, maildir } = await mailbox(t);
  const entry = await maildir.deliver(octets('mine\r\n'));
  rmSync(join(path, 'new', entry.file));
  await assert.rejects(bytesOf(maildir, entry), GoneError);
  assert.equal(await codeOf(maildir.remove(entry)), 'GONE');
});

test('hostile 65: a file that leaves while its size is taken is left out', async (t) => {
  const { path } = await mailbox(t);
  put(path, 'new/1.a.host');
  put(path, 'new/2.b.host,S=2,W=3');
  const maildir = await Maildir.open(path, { files: vanishingFiles });
  assert.deepEqual(
    (await maildir.list()).map(({ name }) => name),
    ['2.b.host'],
  );
});

test('hostile 73: unique-ids stay the same over sessions, and identical deliveries have their own', async (t) => {
  const { path, maildir } = await mailbox(t);
  const content = octets('the same\r\n');
  await Promise.all([maildir.deliver(content), maildir.deliver(content), maildir.deliver(content)]);
  const uids = (await maildir.list()).map(({ uid }) => uid);
  assert.equal(new Set(uids).size, 3);
  const [{ file }] = (await maildir.list()) as [Entry];
  renameSync(join(path, 'new', file), join(path, `cur/${file}:2,S`));
  const later = await (await Maildir.open(path)).list();
  assert.deepEqual(
    later.map(({ uid }) => uid),
    uids,
  );
});

test('hostile 61: many deliveries at once, through several objects, all arrive', async (t) => {
  const { path, maildir } = await mailbox(t, { now: () => 5000 });
  const other = await Maildir.open(path, { now: () => 4000 });
  const texts = Array.from({ length: 60 }, (_, n) => `message ${n}\r\n`);
  await Promise.all(texts.map((text, n) => (n % 2 ? maildir : other).deliver(octets(text))));
  const read = await Promise.all((await maildir.list()).map((entry) => textOf(maildir, entry)));
  assert.deepEqual(read.toSorted(), texts.toSorted());
});

test('hostile 62: missing folders are made, a missing mailbox only by create', async (t) => {
  const { path, maildir } = await mailbox(t);
  rmSync(join(path, 'new'), { recursive: true });
  rmSync(join(path, 'tmp'), { recursive: true });
  await maildir.deliver(octets('x\r\n'));
  assert.equal((await maildir.list()).length, 1);
  assert.equal(await codeOf(Maildir.open(join(path, 'none'))), 'ENOENT');
  await Maildir.create(join(path, 'a/b/c'));
  await Maildir.open(join(path, 'a/b/c'));
});

for (const name of ['tmp', 'new', 'cur'])
  test(`hostile 62: a link in place of ${name} is refused`, async (t) => {
    const { path, maildir } = await mailbox(t);
    const outside = folder(t);
    rmSync(join(path, name), { recursive: true });
    symlinkSync(outside, join(path, name));
    assert.equal(await codeOf(Maildir.open(path)), 'ENOTDIR');
    assert.equal(await codeOf(maildir.deliver(octets('x\r\n'))), 'ENOTDIR');
    assert.equal(await codeOf(maildir.list()), 'ENOTDIR');
  });

test('hostile 62: a message file replaced by a link is not followed', async (t) => {
  const { path, maildir } = await mailbox(t);
  const entry = await maildir.deliver(octets('x\r\n'));
  rmSync(join(path, 'new', entry.file));
  symlinkSync('/etc/passwd', join(path, 'new', entry.file));
  assert.equal(await codeOf(bytesOf(maildir, entry)), 'ELOOP');
});

test('files and folders have the rights that were asked for, whatever the umask', async (t) => {
  const old = process.umask(0o077);
  t.after(() => process.umask(old));
  const { path, maildir } = await mailbox(t, { mode: 0o660 });
  const { file } = await maildir.deliver(octets('x\r\n'));
  const rights = (at: string): string => (statSync(join(path, at)).mode & 0o777).toString(8);
  assert.deepEqual(['', 'new', `new/${file}`].map(rights), ['770', '770', '660']);
  const closed = await mailbox(t);
  const entry = await closed.maildir.deliver(octets('x\r\n'));
  assert.equal(statSync(join(closed.path, 'new', entry.file)).mode & 0o777, 0o600);
  assert.equal(statSync(join(closed.path, 'new')).mode & 0o777, 0o700);
});

test('a set-group-ID bit that a folder inherits stays', async (t) => {
  const root = folder(t);
  chmodSync(root, 0o2770);
  await Maildir.create(join(root, 'box'), { mode: 0o660 });
  assert.equal(statSync(join(root, 'box/new')).mode & 0o7777, 0o2770);
});

test('a wrong option or name is our own fault', async (t) => {
  const { path, maildir } = await mailbox(t);
  await assert.rejects(Maildir.open(path, { mode: 0o1000 }), TypeError);
  await assert.rejects(Maildir.open(path, { mode: 6.5 }), TypeError);
  await assert.rejects(maildir.begin({ name: '../escape' }), TypeError);
});

test('a name that stands already is found, in new or cur and with any flags, and not delivered twice', async (t) => {
  const { path, maildir } = await mailbox(t);
  const name = nameFor(1_700_000_000_000, 'id1 ale');
  const first = await maildir.deliver(octets('once\r\n'), { name });
  assert.equal(first.name, name);
  assert.deepEqual(await maildir.deliver(octets('twice, longer\r\n'), { name }), first);
  renameSync(join(path, 'new', first.file), join(path, `cur/${first.file}:2,FS`));
  const again = await maildir.deliver(octets('once\r\n'), { name });
  assert.deepEqual(again, { ...first, folder: 'cur', file: `${first.file}:2,FS`, flags: 'FS' });
  assert.deepEqual(filesOf(path), [`cur/${first.file}:2,FS`]);
});

test('the same name at the same time is still one message', async (t) => {
  const { maildir } = await mailbox(t);
  const name = nameFor(1_700_000_000_000, 'id1 ale');
  await Promise.all([1, 2, 3].map(() => maildir.deliver(octets('once\r\n'), { name })));
  const [entry, ...more] = (await maildir.list()) as [Entry];
  assert.deepEqual(more, []);
  assert.equal(await textOf(maildir, entry), 'once\r\n');
});

test('drafts that nobody touched for 36 hours are cleaned away, others stay', async (t) => {
  const { path, maildir } = await mailbox(t);
  put(path, 'tmp/1.old.host');
  const sink = await maildir.begin();
  assert.equal(await maildir.clean(), 0);
  assert.equal(await maildir.clean(Date.now() + 35 * HOUR), 0);
  assert.equal(filesOf(path).length, 2);
  assert.equal(await maildir.clean(Date.now() + 37 * HOUR), 2);
  assert.deepEqual(filesOf(path), []);
  assert.equal(await codeOf(sink.end()), 'ENOENT');
});

test('a message that is renamed just while its folder is read is looked for once more', async (t) => {
  const { path, maildir } = await mailbox(t);
  const entry = await maildir.deliver(octets('mine\r\n'));
  renameSync(join(path, 'new', entry.file), join(path, `cur/${entry.file}:2,S`));
  let looks = 0;
  const list: Files['list'] = async (at) => (++looks > 2 ? nodeFiles.list(at) : []);
  const blinking = await Maildir.open(path, { files: { ...nodeFiles, list } });
  assert.equal(await textOf(blinking, entry), 'mine\r\n');
});

test('deliveries that end together share the syncs of new', async (t) => {
  const { path } = await mailbox(t);
  const files = syncsAfterRenames(20);
  const maildir = await Maildir.open(path, { files });
  await Promise.all(Array.from({ length: 20 }, () => maildir.deliver(octets('x\r\n'))));
  assert.equal(files.syncs, 2);
});

/** No sync of `new` ends before so many renames are done. */
function syncsAfterRenames(count: number): Files & { syncs: number } {
  const renamed = Promise.withResolvers<void>();
  return {
    ...nodeFiles,
    syncs: 0,
    async rename(from, to) {
      await nodeFiles.rename(from, to);
      if (--count === 0) renamed.resolve();
    },
    async open(at, flags, mode) {
      const file = await nodeFiles.open(at, flags, mode);
      if (!at.endsWith('/new')) return file;
      this.syncs++;
      return {
        write: (bytes) => file.write(bytes),
        read: (into, position) => file.read(into, position),
        truncate: (size) => file.truncate(size),
        chmod: (rights) => file.chmod(rights),
        sync: () => renamed.promise,
        close: () => file.close(),
      };
    },
  };
}

async function* brokenContent(): AsyncGenerator<Uint8Array> {
  yield octets('half');
  throw new Error('the peer went away');
}

/** Every file is removed by somebody else just before it is opened. */
const vanishingFiles: Files = {
  ...nodeFiles,
  open(path, flags) {
    rmSync(path);
    return nodeFiles.open(path, flags);
  },
};
