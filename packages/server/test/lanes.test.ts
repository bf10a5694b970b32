import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Lanes } from '../src/lanes.ts';

/** Work that ends when it is told to. */
class Jobs {
  readonly begun: string[] = [];
  readonly #ends = new Map<string, (answered: boolean) => void>();

  job(name: string): () => Promise<boolean> {
    return () => {
      this.begun.push(name);
      return new Promise((resolve) => this.#ends.set(name, resolve));
    };
  }

  async end(name: string, answered = true): Promise<void> {
    this.#ends.get(name)!(answered);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const FRESH = { again: false };

test('a lane has one place until it answers, then all of its own, and its trouble delays no other', async () => {
  const jobs = new Jobs();
  const lanes = new Lanes({ total: 5, perLane: 2 });
  for (const n of [1, 2, 3, 4]) lanes.add('slow', jobs.job(`slow${n}`), FRESH);
  lanes.add('living', jobs.job('living'), FRESH);
  assert.deepEqual(jobs.begun, ['slow1', 'living']);
  await jobs.end('slow1');
  assert.deepEqual(jobs.begun.slice(2), ['slow2', 'slow3']);
  await jobs.end('slow3', false);
  assert.deepEqual(jobs.begun.slice(4), []);
  await jobs.end('slow2');
  assert.deepEqual(jobs.begun.slice(4), ['slow4']);
});

test('what failed before has half of the places', async () => {
  const jobs = new Jobs();
  const lanes = new Lanes({ total: 4, perLane: 2 });
  for (const n of [1, 2, 3, 4]) lanes.add(`dead${n}`, jobs.job(`dead${n}`), { again: true });
  assert.deepEqual(jobs.begun, ['dead1', 'dead2']);
  lanes.add('new', jobs.job('new'), FRESH);
  assert.deepEqual(jobs.begun.slice(2), ['new']);
  await jobs.end('new');
  assert.deepEqual(jobs.begun.slice(3), []);
  await jobs.end('dead2');
  assert.deepEqual(jobs.begun.slice(3), ['dead3']);
});

test('who never answered has three quarters of the places: silence that nobody knew of delays no living host', async () => {
  const jobs = new Jobs();
  const lanes = new Lanes({ total: 4, perLane: 2 });
  lanes.add('living', jobs.job('living1'), FRESH);
  await jobs.end('living1');
  for (const n of [1, 2, 3, 4, 5]) lanes.add(`silent${n}`, jobs.job(`silent${n}`), FRESH);
  assert.deepEqual(jobs.begun.slice(1), ['silent1', 'silent2', 'silent3']);
  for (const n of [2, 3]) {
    lanes.add('living', jobs.job(`living${n}`), FRESH);
    assert.equal(jobs.begun.at(-1), `living${n}`);
    await jobs.end(`living${n}`);
  }
});

test('what is new, for a lane that did not answer, counts as what failed before, until it answers', async () => {
  const jobs = new Jobs();
  const lanes = new Lanes({ total: 2, perLane: 2 });
  for (const n of [1, 2, 3]) lanes.add('dead', jobs.job(`dead${n}`), FRESH);
  await jobs.end('dead1', false);
  lanes.add('other', jobs.job('other'), { again: true });
  assert.deepEqual(jobs.begun, ['dead1', 'dead2']);
  await jobs.end('dead2');
  assert.deepEqual(jobs.begun.slice(2), ['other']);
  // It is fresh again.
  lanes.add('dead', jobs.job('dead4'), FRESH);
  assert.deepEqual(jobs.begun.slice(3), ['dead4']);
});

test('lanes take turns', async () => {
  const jobs = new Jobs();
  const lanes = new Lanes({ total: 1, perLane: 1 });
  for (const name of ['a1', 'a2', 'a3', 'b1']) lanes.add(name[0]!, jobs.job(name), FRESH);
  for (const name of ['a1', 'b1', 'a2']) await jobs.end(name);
  assert.deepEqual(jobs.begun, ['a1', 'b1', 'a2', 'a3']);
});

test('closing waits for what runs, and forgets what waits', async () => {
  const jobs = new Jobs();
  const lanes = new Lanes({ total: 1, perLane: 1 });
  lanes.add('a', jobs.job('a1'), FRESH);
  lanes.add('a', jobs.job('a2'), FRESH);
  const closed = lanes.close();
  await jobs.end('a1');
  await closed;
  assert.deepEqual(jobs.begun, ['a1']);
});
