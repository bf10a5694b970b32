/** Who is told what, as the sender asked for it. RFC 3461. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Envelope } from '@postino/address';
import { FileQueue, type QueueEntry, type Report } from '@postino/queue';
import type { Reply } from '@postino/wire';
import { DeliveryReports, type Told } from '../src/delivery-reports.ts';
import { SenderRewriting } from '../src/sender-rewriting.ts';
import { TestClock } from './test-clock.ts';

const MESSAGE = Buffer.from('From: ale@poul.org\r\nSubject: secret plan\r\n\r\nThe plan.\r\n');
const REPLY: Reply = { code: 550, status: '5.1.1', text: 'No such user' };

interface Office {
  readonly entry: (more: Partial<Envelope>) => Promise<QueueEntry>;
  readonly write: (entry: QueueEntry, told: readonly Told[]) => Promise<Report | null>;
}

async function open(context: TestContext): Promise<Office> {
  const folder = mkdtempSync(join(tmpdir(), 'postino-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const clock = new TestClock();
  const queue = await FileQueue.open(folder, { now: () => clock.now() });
  const senders = new SenderRewriting({ domain: 'poul.org', secrets: [] }, clock);
  const reports = new DeliveryReports({ hostname: 'poul.org', queue, senders, clock });
  const envelope = {
    from: { localPart: 'ale', domain: 'poul.org' },
    to: [{ address: { localPart: 'bob', domain: 'one.example' } }],
  };
  return {
    async entry(more) {
      const id = await queue.commit({ ...envelope, ...more }, MESSAGE);
      return (await queue.entries()).find((one) => one.id === id)!;
    },
    write: (entry, told) => reports.write(entry, told),
  };
}

async function textOf(report: Report): Promise<string> {
  let text = '';
  for await (const bytes of report.message as AsyncIterable<Uint8Array>)
    text += Buffer.from(bytes).toString('latin1');
  return text;
}

const ADDRESS = { localPart: 'bob', domain: 'one.example' };
const ACTIONS = ['failed', 'delayed', 'delivered'] as const;

/** What a recipient was sent with, and whether failure, delay and success are told. */
const TABLE = [
  [undefined, [true, true, false]],
  [['NEVER'], [false, false, false]],
  [['SUCCESS'], [false, false, true]],
  [['FAILURE'], [true, false, false]],
  [
    ['DELAY', 'SUCCESS'],
    [false, true, true],
  ],
] as const;

test('NOTIFY is honoured', async (context) => {
  const { entry, write } = await open(context);
  for (const [notify, told] of TABLE) {
    const one = await entry({ to: [{ address: ADDRESS, ...(notify && { notify }) }] });
    const reports = await Promise.all(
      ACTIONS.map((action) => write(one, [{ recipient: 0, action, reply: REPLY }])),
    );
    assert.deepEqual(
      reports.map((report) => report !== null),
      told,
      String(notify),
    );
  }
});

test('ENVID, ORCPT and RET are honoured', async (context) => {
  const { entry, write } = await open(context);
  const orcpt = 'rfc822;robert@one.example';
  const one = await entry({ envid: 'QQ314', ret: 'HDRS', to: [{ address: ADDRESS, orcpt }] });
  const told = { recipient: 0, action: 'failed', reply: REPLY, host: 'mx.one.example' } as const;
  const report = await write(one, [told]);
  const text = await textOf(report!);
  assert.match(text, /\r\nOriginal-Envelope-Id: QQ314\r\n/);
  assert.match(
    text,
    /\r\nOriginal-Recipient: rfc822;robert@one\.example\r\nFinal-Recipient: rfc822; bob@/,
  );
  assert.match(text, /\r\nSubject: secret plan\r\n/);
  assert.doesNotMatch(text, /The plan\./);
  const full = await write(await entry({}), [told]);
  assert.match(await textOf(full!), /\r\n\r\nThe plan\.\r\n/);
});

test('a report has the null sender, asks for no report, and is for the sender alone', async (context) => {
  const { entry, write } = await open(context);
  const report = await write(await entry({}), [{ recipient: 0, action: 'failed', reply: REPLY }]);
  const { from, to } = report!.envelope;
  assert.deepEqual(from, { localPart: '', domain: '' });
  assert.deepEqual(to, [{ address: { localPart: 'ale', domain: 'poul.org' }, notify: ['NEVER'] }]);
});

test('hostile 78: nobody is told for a null sender', async (context) => {
  const { entry, write } = await open(context);
  const one = await entry({ from: { localPart: '', domain: '' } });
  assert.equal(await write(one, [{ recipient: 0, action: 'failed', reply: REPLY }]), null);
});
