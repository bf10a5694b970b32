/** What every queue must do, whatever it stands on. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Envelope } from '@postino/address';
import { StateError } from '@postino/wire';
import { newQueueId, type Due, type Outcome, type Queue, type Report } from '@postino/queue';
import { envelopeFor, envelopeTo, octets, textOf } from './letters.ts';

/**
 * Runs the contract. `opener` prepares a store for one test; the function that it gives opens a queue on that store,
 * and calling it again stands for the start of another process.
 */
export function queueContract(
  name: string,
  opener: (t: TestContext) => (now?: () => number) => Promise<Queue>,
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

  test(`${name}: entries come in the order of their ids, or by their id`, async (t) => {
    const open = opener(t);
    const queue = await open();
    const ids = [3000, 1000, 2000].map((time) => newQueueId(time));
    for (const id of ids) await queue.commit(envelopeTo('ale'), octets('x'), { id });
    for (const one of [queue, await open()]) {
      const found = (await one.entries()).map((entry) => entry.id);
      assert.deepEqual(found, ids.toSorted());
      for (const entry of await one.entries()) assert.deepEqual(await one.entry(entry.id), entry);
      assert.equal(await one.entry(newQueueId()), null);
    }
  });

  test(`${name}: our own faults are told`, async (t) => {
    const queue = await opener(t)();
    const id = await queue.commit(envelopeTo('ale'), octets('x'));
    await assert.rejects(queue.commit(envelopeTo('ale'), octets('x'), { id }), StateError);
    await assert.rejects(queue.commit(envelopeTo('ale'), octets('x'), { id: '../x' }), TypeError);
    await assert.rejects(queue.commit(envelopeTo(), octets('x')), TypeError);
    await assert.rejects(queue.done(id, 1), TypeError);
    const next = NaN;
    await assert.rejects(queue.record(id, [{ recipient: 0, status: 'deferred', next }]), TypeError);
    assert.throws(() => queue.read(newQueueId()), StateError);
  });

  test(`${name}: what became of each recipient is there after a start`, async (t) => {
    const open = opener(t);
    const queue = await open(() => 5000);
    const id = await queue.commit(
      envelopeFor('a@x.example', 'b@x.example', 'c@x.example'),
      MESSAGE,
    );
    const deferred = { status: 'deferred', attempts: 1, last: 5000, next: 9000 };
    const reply = { code: 451, status: '4.7.1', text: ['try', '"again"\n{}'] } as const;
    await queue.record(id, [
      { recipient: 1, status: 'deferred', next: 9000, reply, host: 'mx.x.example' },
      { recipient: 2, status: 'delivered', reply: { code: 250, text: 'ok' } },
    ]);
    await queue.record(id, [{ recipient: 1, status: 'warned' }]);
    for (const one of [queue, await open()]) {
      const [entry] = await one.entries();
      assert.deepEqual(entry!.pending, [0, 1]);
      assert.deepEqual(entry!.recipients, [
        { status: 'pending', attempts: 0, next: 5000 },
        { ...deferred, reply, host: 'mx.x.example', warned: true },
        { status: 'delivered', attempts: 1, last: 5000, reply: { code: 250, text: 'ok' } },
      ]);
    }
  });

  test(`${name}: attempts are counted, and a warning that was given stays given`, async (t) => {
    const queue = await opener(t)(() => 5000);
    const id = await queue.commit(envelopeTo('a'), MESSAGE);
    await queue.record(id, [{ recipient: 0, status: 'deferred', next: 6000, host: 'mx' }]);
    await queue.record(id, [{ recipient: 0, status: 'warned' }]);
    await queue.record(id, [{ recipient: 0, status: 'deferred', next: 7000 }]);
    assert.deepEqual((await queue.entries())[0]!.recipients, [
      { status: 'deferred', attempts: 2, last: 5000, next: 7000, warned: true },
    ]);
  });

  test(`${name}: what happened to an entry is there, in order, after a start too`, async (t) => {
    let now = 1000;
    const open = opener(t);
    const queue = await open(() => now++);
    const id = await queue.commit(envelopeTo('a', 'b', 'c'), octets('\n{"type":"retry","at":7}\n'));
    const [deferred, warned, failed] = [
      { recipient: 1, status: 'deferred', next: 9000, host: 'mx' },
      { recipient: 1, status: 'warned' },
      { recipient: 0, status: 'failed', reply: { code: 550, text: 'no' } },
    ] as const;
    await queue.record(id, [deferred]);
    await queue.record(id, [warned]);
    await queue.hold(id);
    await queue.release(id);
    await queue.retry(id);
    const reportId = newQueueId();
    await queue.record(id, [failed], { report: { ...bounce('a'), id: reportId } });
    for (const one of [queue, await open()]) {
      const { accepted } = (await one.entry(id))!;
      const events = await one.history(id);
      assert.deepEqual(events[0], { type: 'accepted', at: accepted });
      assert.deepEqual(
        events.slice(1).map((event) => ({ ...event, at: 0 })),
        [
          { type: 'outcomes', at: 0, outcomes: [deferred] },
          { type: 'outcomes', at: 0, outcomes: [warned] },
          { type: 'hold', at: 0 },
          { type: 'release', at: 0 },
          { type: 'retry', at: 0 },
          { type: 'outcomes', at: 0, outcomes: [failed], report: reportId },
        ],
      );
      const times = events.map(({ at }) => at!);
      assert.deepEqual(
        times,
        [...new Set(times)].toSorted((a, b) => a - b),
      );
      assert.deepEqual(await one.history(newQueueId()), []);
    }
  });

  test(`${name}: what is delivered or failed stays so`, async (t) => {
    const open = opener(t);
    const queue = await open();
    const id = await queue.commit(envelopeTo('a', 'b', 'c'), MESSAGE);
    const statuses = async (): Promise<string[]> =>
      (await (await open()).entries())[0]!.recipients.map(({ status }) => status);
    await queue.record(id, [
      { recipient: 0, status: 'delivered' },
      { recipient: 1, status: 'failed' },
    ]);
    await queue.record(id, [
      { recipient: 0, status: 'failed' },
      { recipient: 1, status: 'deferred', next: 5 },
    ]);
    await queue.retry(id);
    assert.deepEqual(await statuses(), ['delivered', 'failed', 'pending']);
  });

  test(`hostile 56: ${name}: of several recipients one bounces, and those served are not tried again`, async (t) => {
    const open = opener(t);
    const queue = await open(() => 1000);
    const id = await queue.commit(envelopeTo('a', 'b', 'c'), MESSAGE);
    const outcomes: Outcome[] = [
      { recipient: 0, status: 'delivered' },
      { recipient: 1, status: 'failed' },
      { recipient: 2, status: 'deferred', next: 5000 },
    ];
    const report = bounce('b');
    await queue.record(id, outcomes, { report });
    await queue.retry(id);
    for (const one of [queue, await open()]) {
      const due = (await one.due(9000)).filter((item) => item.id === id);
      assert.deepEqual(
        due.map(({ recipients }) => recipients),
        [[2]],
      );
      const others = (await one.entries()).filter((entry) => entry.id !== id);
      assert.deepEqual(
        others.map(({ envelope }) => envelope),
        [report.envelope],
      );
    }
  });

  test(`${name}: outcomes that are recorded at once are all kept`, async (t) => {
    const open = opener(t);
    const queue = await open();
    const users = Array.from({ length: 20 }, (_, n) => `user${n}`);
    const id = await queue.commit(envelopeTo(...users, 'last'), MESSAGE);
    await Promise.all(users.map((_, recipient) => queue.done(id, recipient)));
    assert.deepEqual(await pendingOf(await open()), [[20]]);
  });

  test(`${name}: what is due comes by time, the recipients of one destination together`, async (t) => {
    let now = 1000;
    const open = opener(t);
    const queue = await open(() => now);
    const first = await queue.commit(
      envelopeFor('a@X.example', 'b@[192.0.2.1]', 'c@x.EXAMPLE', 'postmaster', 'd@bücher.example'),
      MESSAGE,
    );
    now = 500;
    const second = await queue.commit(envelopeFor('e@x.example'), MESSAGE);
    for (const one of [queue, await open()]) {
      assert.deepEqual(await one.due(499), []);
      assert.equal(await one.nextDue(), 500);
      const due = await one.due(1000);
      assert.deepEqual(due, [
        { type: 'attempt', id: second, at: 500, destination: 'x.example', recipients: [0] },
        { type: 'attempt', id: first, at: 1000, destination: 'x.example', recipients: [0, 2] },
        { type: 'attempt', id: first, at: 1000, destination: '[192.0.2.1]', recipients: [1] },
        { type: 'attempt', id: first, at: 1000, destination: '', recipients: [3] },
        {
          type: 'attempt',
          id: first,
          at: 1000,
          destination: 'xn--bcher-kva.example',
          recipients: [4],
        },
      ]);
      assert.deepEqual(await one.due(1000, { limit: 2 }), due.slice(0, 2));
    }
  });

  test(`${name}: a destination that is deferred is due later, the others now`, async (t) => {
    const open = opener(t);
    const queue = await open(() => 1000);
    const id = await queue.commit(
      envelopeFor('a@x.example', 'b@y.example', 'c@x.example'),
      MESSAGE,
    );
    await queue.record(id, [
      { recipient: 0, status: 'deferred', next: 3000 },
      { recipient: 2, status: 'deferred', next: 2000 },
    ]);
    for (const one of [queue, await open()]) {
      assert.deepEqual(await recipientsDue(one, 1000), [[1]]);
      assert.deepEqual(await recipientsDue(one, 2000), [[1], [2]]);
      assert.deepEqual(await recipientsDue(one, 3000), [[1], [0, 2]]);
    }
    await queue.done(id, 1);
    assert.equal(await queue.nextDue(), 2000);
  });

  test(`${name}: what is leased is not given again until it is recorded, or the lease is over`, async (t) => {
    const open = opener(t);
    const queue = await open(() => 1000);
    const id = await queue.commit(envelopeFor('a@x.example', 'b@y.example'), MESSAGE);
    assert.deepEqual(await recipientsDue(queue, 1000), [[0], [1]]);
    assert.equal((await queue.due(1000, { lease: 500, limit: 1 })).length, 1);
    assert.deepEqual(await recipientsDue(queue, 1499), [[1]]);
    assert.deepEqual(await recipientsDue(queue, 1500), [[1], [0]]);
    await queue.due(1500, { lease: 500 });
    assert.equal(await queue.nextDue(), 2000);
    await queue.retry(id);
    assert.deepEqual(await queue.due(1999), [], 'an attempt under way is not doubled');
    await queue.record(id, [{ recipient: 1, status: 'deferred', next: 1600 }]);
    assert.deepEqual(await recipientsDue(queue, 1600), [[1]]);
    const later = await open();
    assert.deepEqual(await recipientsDue(later, 1600), [[0], [1]], 'the holder is gone');
  });

  test(`${name}: a warning is due a day after the message came, once, and not before an attempt`, async (t) => {
    const open = opener(t);
    const queue = await open(() => 1000);
    const id = await queue.commit(
      envelopeFor('a@x.example', 'b@y.example', 'c@z.example'),
      MESSAGE,
    );
    const at = 1000 + 24 * 3600 * 1000;
    const next = 10 * at;
    await queue.record(id, [
      { recipient: 0, status: 'deferred', next },
      { recipient: 2, status: 'deferred', next },
    ]);
    const warning = { type: 'warning', id, at, recipients: [0, 2] };
    for (const one of [queue, await open()]) {
      assert.deepEqual(await warnings(one, at - 1), []);
      assert.deepEqual(await warnings(one, at), [warning]);
    }
    await queue.done(id, 1);
    assert.equal(await queue.nextDue(), at);
    assert.deepEqual(await queue.due(at, { lease: 100 }), [warning]);
    assert.deepEqual(await queue.due(at), []);
    await queue.record(id, [{ recipient: 0, status: 'warned' }]);
    const left = { ...warning, recipients: [2] };
    assert.deepEqual(await warnings(queue, at + 100), [{ ...left, at: at + 100 }]);
    assert.deepEqual(await warnings(await open(), at + 100), [left]);
  });

  test(`${name}: nothing is due of what is held, until it is released`, async (t) => {
    const open = opener(t);
    const queue = await open(() => 1000);
    const id = await queue.commit(envelopeTo('a'), MESSAGE);
    await queue.hold(id);
    for (const one of [queue, await open()]) {
      assert.deepEqual([await one.due(1e15), await one.nextDue()], [[], null]);
      assert.equal((await one.entries())[0]!.held, true);
    }
    await queue.release(id);
    for (const one of [queue, await open()]) {
      assert.deepEqual(await recipientsDue(one, 1000), [[0]]);
      assert.equal((await one.entries())[0]!.held, false);
    }
  });

  test(`${name}: retry makes due at once what waits`, async (t) => {
    const open = opener(t);
    let now = 1000;
    const queue = await open(() => now);
    const id = await queue.commit(envelopeTo('a', 'b'), MESSAGE);
    await queue.record(id, [
      { recipient: 0, status: 'deferred', next: 9000 },
      { recipient: 1, status: 'delivered' },
    ]);
    now = 2000;
    await queue.retry(id);
    for (const one of [queue, await open()]) {
      assert.deepEqual(await one.due(1999), []);
      assert.deepEqual(await recipientsDue(one, 2000), [[0]]);
    }
  });

  test(`${name}: what is removed is gone, and later calls about it change nothing`, async (t) => {
    const open = opener(t);
    const queue = await open();
    const id = await queue.commit(envelopeTo('a', 'b'), MESSAGE);
    await queue.remove(id);
    await queue.record(id, [{ recipient: 0, status: 'failed' }], { report: bounce('a') });
    for (const act of ['hold', 'release', 'retry', 'remove'] as const) await queue[act](id);
    for (const one of [queue, await open()]) {
      assert.deepEqual([await one.entries(), await one.nextDue()], [[], null]);
      assert.equal(await one.entry(id), null);
      assert.throws(() => one.read(id), StateError);
    }
  });

  test(`${name}: a report is committed with the outcomes that it tells of, once`, async (t) => {
    const open = opener(t);
    const queue = await open();
    const id = await queue.commit(envelopeTo('a', 'b', 'c'), MESSAGE);
    const reportId = newQueueId();
    const outcomes: Outcome[] = [
      { recipient: 0, status: 'failed' },
      { recipient: 1, status: 'delivered' },
    ];
    for (let time = 0; time < 2; time++) {
      await queue.record(id, outcomes, { report: { ...bounce('a'), id: reportId } });
      for (const one of [queue, await open()]) {
        const entries = await one.entries();
        assert.deepEqual(
          new Map(entries.map((entry) => [entry.id, entry.pending])),
          new Map([
            [id, [2]],
            [reportId, [0]],
          ]),
        );
        assert.equal(await textOf(one.read(reportId)), 'a failed');
      }
    }
    const deferred = { recipient: 2, status: 'deferred', next: 1 } as const;
    await queue.record(id, [deferred], { report: bounce('c') });
    assert.equal((await queue.entries()).length, 2, 'there is nothing to tell');
    await queue.record(id, [{ recipient: 2, status: 'failed' }], { report: bounce('c') });
    await queue.done(reportId, 0);
    for (const one of [queue, await open()]) {
      const [report, ...others] = await one.entries();
      assert.deepEqual(others, []);
      assert.equal(await textOf(one.read(report!.id)), 'c failed');
    }
  });

  test(`${name}: a report that breaks off, or is none, leaves the outcomes unrecorded`, async (t) => {
    const open = opener(t);
    const queue = await open();
    const id = await queue.commit(envelopeTo('a'), MESSAGE);
    const wrong: readonly (readonly [Report, RegExp])[] = [
      [{ ...bounce('a'), message: broken() }, /the peer went away/],
      [{ ...bounce('a'), id: '../x' }, /no queue id/],
      [{ ...bounce('a'), id }, /committed already/],
      [{ ...bounce('a'), envelope: envelopeTo() }, /needs a recipient/],
    ];
    for (const [report, fault] of wrong) {
      await assert.rejects(
        queue.record(id, [{ recipient: 0, status: 'failed' }], { report }),
        fault,
      );
      for (const one of [queue, await open()]) assert.deepEqual(await pendingOf(one), [[0]]);
    }
  });
}

const MESSAGE = octets('x');

function bounce(user: string): Report {
  return { envelope: envelopeTo('alice'), message: octets(`${user} failed`) };
}

async function warnings(queue: Queue, now: number): Promise<Due[]> {
  return (await queue.due(now)).filter(({ type }) => type === 'warning');
}

async function recipientsDue(queue: Queue, now: number): Promise<(readonly number[])[]> {
  return (await queue.due(now)).map(({ recipients }) => recipients);
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
