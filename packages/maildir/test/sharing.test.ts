import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { GoneError, type Entry } from '@postino/maildir';
import { filesOf, mailbox, octets, textOf } from './mailbox.ts';

test('hostile 61: four processes deliver fifty messages each, and all are there once', async (t) => {
  const { path, maildir } = await mailbox(t);
  const exits = ['a', 'b', 'c', 'd'].map(async (who) => {
    const writer = join(import.meta.dirname, 'writer.ts');
    const child = spawn(
      process.execPath,
      ['--conditions=@postino/source', writer, path, who, '50'],
      { stdio: 'inherit' },
    );
    t.after(() => child.kill('SIGKILL'));
    return (await once(child, 'exit'))[0] as unknown;
  });
  assert.deepEqual(await Promise.all(exits), [0, 0, 0, 0]);
  const entries = await maildir.list();
  const texts = await Promise.all(entries.map((entry) => textOf(maildir, entry)));
  assert.equal(new Set(texts).size, 200);
  assert.equal(new Set(entries.map(({ uid }) => uid)).size, 200);
  assert.equal(filesOf(path).length, 200);
});

test('flags are set in cur, letters in order, and all else of the name stays', async (t) => {
  const { path, maildir } = await mailbox(t);
  const entry = await maildir.deliver(octets('x\r\n'));
  const seen = await maildir.flag(entry, '');
  assert.deepEqual(filesOf(path), [`cur/${entry.file}:2,`]);
  assert.deepEqual(seen, { ...entry, folder: 'cur', file: `${entry.file}:2,` });
  // The first entry is only a hint by now.
  const flagged = await maildir.flag(entry, 'SaFS');
  assert.deepEqual(filesOf(path), [`cur/${entry.file}:2,FSa`]);
  assert.equal(flagged.flags, 'FSa');
  assert.deepEqual(await maildir.list(), [flagged]);
  await maildir.remove(seen);
  await assert.rejects(maildir.flag(flagged, 'S'), GoneError);
  for (const flags of ['/', ':', 'S,', ' '])
    await assert.rejects(maildir.flag(flagged, flags), TypeError);
});

test('hostile 64: with CRLF on disk all comes back, octet for octet, with true sizes', async (t) => {
  const { path, maildir } = await mailbox(t, { lineEnds: 'crlf' });
  for (const [wire, stored] of [
    ['a\r\nb\r\n', 'a\r\nb\r\n'],
    ['a\r\r\n\rb\r\n', 'a\r\r\n\rb\r\n'],
    ['lone\nLF, no end', 'lone\r\nLF, no end\r\n'],
    ['', ''],
  ] as const) {
    const entry = await maildir.deliver([...octets(wire)].map((octet) => Uint8Array.of(octet)));
    const [file] = filesOf(path) as [string];
    assert.equal(readFileSync(join(path, file), 'latin1'), stored);
    assert.ok(file.endsWith(`,S=${stored.length},W=${stored.length}`));
    assert.deepEqual(await maildir.list(), [entry] satisfies Entry[]);
    assert.equal(await textOf(maildir, entry), stored);
    rmSync(join(path, file));
  }
});
