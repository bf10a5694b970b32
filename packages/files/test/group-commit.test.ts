import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GroupCommit } from '@postino/files';

/** A sync that ends when the test says so. */
function slowSync(): { commit: GroupCommit; syncs: PromiseWithResolvers<void>[] } {
  const syncs: PromiseWithResolvers<void>[] = [];
  const commit = new GroupCommit(() => {
    const sync = Promise.withResolvers<void>();
    syncs.push(sync);
    return sync.promise;
  });
  return { commit, syncs };
}

test('all who ask while a sync runs share the next', async () => {
  const { commit, syncs } = slowSync();
  const first = commit.commit();
  let later = 0;
  const others = [1, 2, 3].map(() => commit.commit().then(() => later++));
  assert.equal(syncs.length, 1);
  syncs[0]!.resolve();
  await first;
  await Promise.resolve();
  assert.equal(syncs.length, 2);
  assert.equal(later, 0, 'the sync that ran may have missed what came after it began');
  syncs[1]!.resolve();
  await Promise.all(others);
  assert.equal(syncs.length, 2);
});

test('a sync that fails is told to those who shared it, and to nobody else', async () => {
  const { commit, syncs } = slowSync();
  const first = commit.commit();
  const second = commit.commit();
  syncs[0]!.reject(new Error('EIO'));
  await assert.rejects(first, /EIO/);
  await Promise.resolve();
  syncs[1]!.resolve();
  await second;
  const third = commit.commit();
  syncs[2]!.resolve();
  await third;
});
