/** What every queue must do, whatever it stands on. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Envelope } from '@postino/address';
import { StateError } from '@postino/wire';
import { newQueueId, type Queue } from '@postino/queue';
import { envelopeTo, octets, textOf } from './letters.ts';

/**
 * Runs the contract. `opener` prepares a store for one test; the function that it gives opens a queue on that store,
 * and calling it again stands for the start of another process.
 */
export function queueContract(
  name: string,
  opener: (t: TestContext) => () => Promise<Queue>,
): void {
  test(`${name}: what was committed is there after a start, envelope and octets`, async (t) => {
    const open = opener(t);
    const envelope: Envelope = {
      from: { localPart: '', domain: '' },
      to: [
        { address: { localPart: 'é "x"', domain: 'bücher.example' }, notify: ['NEVER'] },
        { address: { localPart: 'ale', domain: 'poul.org' }, orcpt: 'rfc822;ale@poul.org' },
      ],
      body: '8BITMIME',
      smtpUtf8: true,
      requireTls: true,
      ret: 'HDRS',
      envid: 'x\ny',
    };
    const queue = await open();
    const id = await queue.commit(envelope, octets('a\r\n{"done":0}\n\0\xff'));
    for (const one of [queue, await open()]) {
      const entries = await one.entries();
      const found = entries.map((entry) => [entry.id, entry.size, entry.pending, entry.envelope]);
      assert.deepEqual(found, [[id, 16, [0, 1], envelope]]);
      assert.equal(await textOf(one.read(id)), 'a\r\n{"done":0}\n\0\xff');
      assert.equal(await textOf(one.read(id)), 'a\r\n{"done":0}\n\0\xff');
    }
  });

  test(`${name}: content may come whole, in pieces, as it flows, or spooled`, async (t) => {
    const queue = await opener(t)();
    const spooled = { size: 7, read: flow, discard: () => Promise.resolve() };
    for (const content of [octets('one two'), [octets('one '), octets('two')], flow(), spooled]) {
      const id = await queue.commit(envelopeTo('ale'), content);
      assert.equal(await textOf(queue.read(id)), 'one two');
    }
    const empty = await queue.commit(envelopeTo('ale'), []);
    assert.equal(await textOf(queue.read(empty)), '');
  });

  test(`${name}: content that breaks off is not committed`, async (t) => {
    const open = opener(t);
    const queue = await open();
    await assert.rejects(queue.commit(envelopeTo('ale'), broken()), /the peer went away/);
    assert.deepEqual(await queue.entries(), []);
    assert.deepEqual(await (await open()).entries(), []);
  });

  test(`${name}: a recipient that is done stays done, and the last takes the entry along`, async (t) => {
    const open = opener(t);
    const queue = await open();
    const id = await queue.commit(envelopeTo('a', 'b', 'c'), octets('x'));
    const other = await queue.commit(envelopeTo('d'), octets('y'));
    await queue.done(id, 1);
    await queue.done(id, 1);
    const later = await open();
    assert.deepEqual(await pendingOf(later), [[0, 2], [0]]);
    await Promise.all([later.done(id, 2), later.done(id, 0)]);
    await later.done(id, 0);
    assert.deepEqual(
      (await later.entries()).map((entry) => entry.id),
      [other],
    );
    assert.deepEqual(
      (await (await open()).entries()).map((entry) => entry.id),
      [other],
    );
    assert.throws(() => later.read(id), StateError);
  });

  test(`${name}: entries come in the order of their ids`, async (t) => {
    const open = opener(t);
    const queue = await open();
    const ids = [3000, 1000, 2000].map((time) => newQueueId(time));
    for (const id of ids) await queue.commit(envelopeTo('ale'), octets('x'), { id });
    for (const one of [queue, await open()]) {
      const found = (await one.entries()).map((entry) => entry.id);
      assert.deepEqual(found, ids.toSorted());
    }
  });

  test(`${name}: our own faults are told`, async (t) => {
    const queue = await opener(t)();
    const id = await queue.commit(envelopeTo('ale'), octets('x'));
    await assert.rejects(queue.commit(envelopeTo('ale'), octets('x'), { id }), StateError);
    await assert.rejects(queue.commit(envelopeTo('ale'), octets('x'), { id: '../x' }), TypeError);
    await assert.rejects(queue.commit(envelopeTo(), octets('x')), TypeError);
    await assert.rejects(queue.done(id, 1), TypeError);
    assert.throws(() => queue.read(newQueueId()), StateError);
  });
}

async function pendingOf(queue: Queue): Promise<(readonly number[])[]> {
  return (await queue.entries()).map((entry) => entry.pending);
}

async function* flow(): AsyncGenerator<Uint8Array> {
  yield octets('one ');
  yield octets('two');
}

async function* broken(): AsyncGenerator<Uint8Array> {
  yield octets('half');
  throw new Error('the peer went away');
}
