import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { FileQueue } from '@postino/queue';
import { letter } from './committed-letter.ts';
import { folder, textOf } from './letters.ts';
import { latin1 } from '@postino/wire';

/** Runs a process that commits, and kills it once it has named so many. */
async function commitUntilKilled(path: string, count: number): Promise<Map<string, number>> {
  const child = spawn(process.execPath, [
    '--conditions=@postino/source',
    join(import.meta.dirname, 'committer.ts'),
    path,
  ]);
  let told = '';
  child.stdout.on('data', (bytes: Buffer) => {
    told += bytes.toString();
    if (told.split('\n').length > count) child.kill('SIGKILL');
  });
  await once(child, 'close');
  assert.equal(child.signalCode, 'SIGKILL');
  const lines = told.slice(0, told.lastIndexOf('\n')).split('\n');
  return new Map(lines.map((line) => [line.split(' ')[1]!, Number(line.split(' ')[0])]));
}

test('kill -9: whatever was told committed is there, whole, and nothing is there by half', async (t) => {
  const path = join(folder(t), 'queue');
  const told = new Map<string, number>();
  for (const count of [1, 20, 50])
    for (const [id, number] of await commitUntilKilled(path, count)) told.set(id, number);
  assert.ok(told.size >= 71);
  const queue = await FileQueue.open(path);
  const entries = await queue.entries();
  const found = new Set(entries.map(({ id }) => id));
  for (const id of told.keys()) assert.ok(found.has(id), `${id} is lost`);
  assert.ok(entries.length <= told.size + 3 * 10, 'more than what was under way');
  assert.deepEqual(queue.damaged, []);
  for (const { id, envelope } of entries) {
    const number = Number(envelope.to[0]!.address.localPart.slice('user'.length));
    assert.equal(told.get(id) ?? number, number);
    assert.equal(await textOf(queue.read(id)), letter(number).map(latin1).join(''));
  }
});
