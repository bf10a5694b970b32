import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { faultyFiles } from '@postino/files/faulty';
import { Spool, type Spooled, type SpoolOptions } from '@postino/queue';
import { StateError } from '@postino/wire';
import { codeOf, folder, octets, textOf } from './letters.ts';

async function openSpool(
  t: TestContext,
  options?: SpoolOptions,
): Promise<{ path: string; spool: Spool }> {
  const path = join(folder(t), 'spool');
  return { path, spool: await Spool.open(path, options) };
}

async function fill(spool: Spool, pieces: Iterable<string>): Promise<Spooled> {
  const sink = await spool.begin();
  for (const piece of pieces) await sink.write(octets(piece));
  return sink.end();
}

test('any pieces come back as they were received, in memory or in a file, as often as asked', async (t) => {
  const { spool } = await openSpool(t, { memoryLimit: 100 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'binary-ascii', maxLength: 60 })),
      async (pieces) => {
        const spooled = await fill(spool, pieces);
        assert.equal(spooled.size, pieces.join('').length);
        assert.equal(await textOf(spooled.read()), pieces.join(''));
        assert.equal(await textOf(spooled.read()), pieces.join(''));
        await spooled.discard();
      },
    ),
  );
});

test('a small message opens no file, a large one has no name for long', async (t) => {
  const faulty = faultyFiles();
  const { path, spool } = await openSpool(t, { files: faulty.files });
  faulty.arm();
  const pieces = Array.from({ length: 1300 }, (_, n) => String(n).padEnd(1 << 10));
  const small = await fill(spool, pieces.slice(0, 1024));
  assert.equal(faulty.calls.length, 0);
  const large = await fill(spool, pieces);
  assert.equal(faulty.calls[0]?.name, 'open');
  assert.ok(faulty.calls.filter(({ name }) => name === 'write').length < 20, 'pieces are gathered');
  assert.deepEqual(readdirSync(path), []);
  assert.equal(await textOf(small.read()), pieces.slice(0, 1024).join(''));
  assert.equal(await textOf(large.read()), pieces.join(''));
  await small.discard();
  await large.discard();
});

test('a sink copies what it takes', async (t) => {
  const { spool } = await openSpool(t);
  const sink = await spool.begin();
  const chunk = octets('first');
  await sink.write(chunk);
  chunk.fill(0);
  await sink.write(octets(' second'));
  assert.equal(await textOf((await sink.end()).read()), 'first second');
});

test('all messages together take no more memory than they may, and give it back', async (t) => {
  const faulty = faultyFiles();
  const { spool } = await openSpool(t, { totalMemoryLimit: 250, files: faulty.files });
  const text = 'x'.repeat(100);
  const opened = async (): Promise<boolean> => {
    faulty.arm();
    spooled.push(await fill(spool, [text]));
    return faulty.calls.some(({ name }) => name === 'open');
  };
  const spooled: Spooled[] = [];
  assert.deepEqual([await opened(), await opened(), await opened()], [false, false, true]);
  await spooled[0]!.discard();
  await spooled[0]!.discard();
  assert.deepEqual([await opened(), await opened()], [false, true]);
  const sink = await spool.begin();
  await sink.write(octets('x'.repeat(50)));
  await sink.abort();
  await spooled[1]!.discard();
  assert.deepEqual([await opened(), await opened()], [false, true]);
  for (const one of spooled) await one.discard();
});

test('memory is given back when a message outgrows it', async (t) => {
  const faulty = faultyFiles();
  const { spool } = await openSpool(t, {
    memoryLimit: 100,
    totalMemoryLimit: 100,
    files: faulty.files,
  });
  const large = await fill(spool, ['x'.repeat(80), 'x'.repeat(80)]);
  faulty.arm();
  const small = await fill(spool, ['x'.repeat(100)]);
  assert.equal(faulty.calls.length, 0);
  await large.discard();
  await small.discard();
});

test('what is discarded or ended is over', async (t) => {
  const { spool } = await openSpool(t, { memoryLimit: 10 });
  for (const text of ['small', 'too large for memory']) {
    const sink = await spool.begin();
    await sink.write(octets(text));
    const spooled = await sink.end();
    assert.throws(() => sink.write(octets('x')), StateError);
    await assert.rejects(sink.end(), StateError);
    await spooled.discard();
    await assert.rejects(textOf(spooled.read()), StateError);
  }
});

test('hostile 60: a full disk is told by the write that met it, and leaves nothing', async (t) => {
  for (let at = 1; ; at++) {
    const faulty = faultyFiles();
    const { path, spool } = await openSpool(t, { memoryLimit: 10, files: faulty.files });
    faulty.arm({ at, how: 'ENOSPC' });
    const pieces = ['x'.repeat(20), 'y'.repeat(100_000), 'z'];
    const code = await codeOf(fill(spool, pieces).then((spooled) => spooled.discard()));
    if (faulty.calls.length < at) break;
    assert.equal(code, 'ENOSPC');
    faulty.arm();
    const left = readdirSync(path);
    assert.ok(left.length <= (at === 2 ? 1 : 0), 'only when the unlink itself failed');
    await Spool.open(path);
    assert.deepEqual(readdirSync(path), []);
  }
});

test('what a crash left is removed at the next start, and nothing else', async (t) => {
  const { path } = await openSpool(t);
  writeFileSync(join(path, '0123456789abcdef0123456789abcdef'), 'x');
  writeFileSync(join(path, 'notes.txt'), 'x');
  await Spool.open(path);
  assert.deepEqual(readdirSync(path), ['notes.txt']);
});
