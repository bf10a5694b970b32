import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FileQueue } from '@postino/queue';
import { latin1 } from '@postino/wire';
import { letter } from './committed-letter.ts';
import { folder, textOf } from './letters.ts';

interface Told {
  /** Ids by number. */
  readonly committed: Map<number, string>;
  readonly bounced: Set<number>;
}

/** Runs a process that commits numbers from `from` on, and kills it once it has told so many things. */
async function commitUntilKilled(path: string, from: number, count: number): Promise<string[]> {
  const committer = join(import.meta.dirname, 'committer.ts');
  const child = spawn(process.execPath, [
    '--conditions=@postino/source',
    committer,
    path,
    String(from),
  ]);
  let told = '';
  child.stdout.on('data', (bytes: Buffer) => {
    told += bytes.toString();
    if (told.split('\n').length > count) child.kill('SIGKILL');
  });
  await once(child, 'close');
  assert.equal(child.signalCode, 'SIGKILL');
  return told.slice(0, told.lastIndexOf('\n')).split('\n');
}

function read(lines: readonly string[]): Told {
  const told: Told = { committed: new Map(), bounced: new Set() };
  for (const line of lines) {
    const [what, number, id = ''] = line.split(' ');
    if (what === 'committed') told.committed.set(Number(number), id);
    else told.bounced.add(Number(number));
  }
  return told;
}

test('kill -9: what was told is so, whole, and nothing is there by half or twice', async (t) => {
  const path = join(folder(t), 'queue');
  const lines: string[] = [];
  for (const [round, count] of [1, 20, 50].entries())
    lines.push(...(await commitUntilKilled(path, round * 100_000, count)));
  const { committed, bounced } = read(lines);
  assert.ok(lines.length >= 71);
  const queue = await FileQueue.open(path);
  assert.deepEqual(queue.damaged, []);
  assert.deepEqual(readdirSync(join(path, 'tmp')), []);
  const users = new Map<string, string>();
  for (const { id, envelope } of await queue.entries()) {
    const user = envelope.to[0]!.address.localPart;
    assert.ok(!users.has(user), `${user} is there twice`);
    users.set(user, id);
    const [, what, number] = /^(user|bounced)(\d+)$/.exec(user)!;
    const content =
      what === 'user' ? letter(Number(number)).map(latin1).join('') : 'x'.repeat(5000);
    assert.equal(await textOf(queue.read(id)), content);
  }
  for (const [number, id] of committed) {
    const [message, bounce] = [users.get(`user${number}`), users.get(`bounced${number}`)];
    assert.equal(message ?? id, id);
    assert.ok(Boolean(message) !== Boolean(bounce), `${number} is there, or its bounce`);
    if (bounced.has(number)) assert.ok(bounce);
  }
  assert.ok(users.size <= committed.size + 3 * 10, 'more than what was under way');
});
