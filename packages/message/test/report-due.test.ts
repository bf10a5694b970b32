import {
  isReportDue,
  readHeader,
  splitMessage,
  type Action,
  type HeaderBlock,
  type NotifyKeyword,
} from '@postino/message';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cut, octets, text } from './chunks.ts';

const reversePath = '<a@b.example>';
const plain = header('Subject: hello\r\n');

function header(source: string): HeaderBlock {
  return splitMessage(octets(`${source}\r\n`)).header;
}

const ACTIONS: readonly Action[] = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'];

/** What is reported of a message. */
function due(block: HeaderBlock, notify?: readonly NotifyKeyword[]): readonly Action[] {
  return ACTIONS.filter((action) => isReportDue(action, { reversePath, notify, header: block }));
}

const table: [notify: readonly NotifyKeyword[] | undefined, due: readonly Action[]][] = [
  [undefined, ['failed', 'delayed']],
  [['NEVER'], []],
  [['FAILURE'], ['failed']],
  [['DELAY'], ['delayed']],
  [['SUCCESS'], ['delivered', 'relayed', 'expanded']],
  [['SUCCESS', 'FAILURE', 'DELAY'], ACTIONS],
];
for (const [notify, actions] of table) {
  test(`NOTIFY=${notify?.join(',') ?? '(none)'} reports ${actions.join(', ') || 'nothing'}`, () => {
    assert.deepEqual(due(plain, notify), actions);
  });
}

test('hostile 78: the null sender is never told anything', () => {
  for (const action of ACTIONS) {
    for (const [notify] of table)
      assert.equal(isReportDue(action, { reversePath: '<>', notify, header: plain }), false);
  }
  assert.throws(() => isReportDue('failed', { reversePath: '', header: plain }), TypeError);
});

const reports = [
  'Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n',
  'content-type : Multipart/Report;\r\n\tboundary=x;\r\n\tReport-Type="delivery-status"\r\n',
];
for (const source of reports) {
  test(`hostile 78: no report about a report: ${JSON.stringify(source)}`, () => {
    for (const [notify] of table) assert.deepEqual(due(header(source), notify), []);
  });
}

const noReports = [
  'Content-Type: multipart/mixed; report-type=delivery-status\r\n',
  'Content-Type: multipart/report; report-type=disposition-notification\r\n',
  'Content-Type: multipart/reports; report-type=delivery-status\r\n',
  'Auto-Submitted: no\r\nPrecedence: first-class\r\n',
];
for (const source of noReports) {
  test(`an ordinary message: ${JSON.stringify(source)}`, () => {
    assert.deepEqual(due(header(source)), ['failed', 'delayed']);
  });
}

const automatic = [
  'Auto-Submitted: auto-generated\r\n',
  'auto-submitted: Auto-Replied; owner-email="a@b.example"\r\n',
  'Precedence: Bulk\r\n',
  'Precedence: list\r\n',
  'Precedence: junk\r\n',
  'List-Id: <l.example.org>\r\n',
];
for (const source of automatic) {
  test(`hostile 78: no word of a delay to a program: ${JSON.stringify(source)}`, () => {
    assert.deepEqual(due(header(source)), ['failed']);
    assert.deepEqual(due(header(source), ['DELAY']), ['delayed']);
  });
}

test('readHeader() stops behind the header, and closes its source', async () => {
  const state = { read: 0, closed: false };
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      for (const chunk of cut('A: 1\r\nB: 2\r\n\r\nbody and more', [3, 14, 20])) {
        state.read++;
        yield chunk;
      }
    } finally {
      state.closed = true;
    }
  }
  assert.equal(text((await readHeader(source())).bytes()), 'A: 1\r\nB: 2\r\n\r\n');
  assert.deepEqual(state, { read: 2, closed: true });
});

test('readHeader() of a message that ends in its header', async () => {
  assert.equal(text((await readHeader([octets('A: 1\r\nB: ')])).bytes()), 'A: 1\r\nB: ');
  assert.equal((await readHeader([])).fields.length, 0);
  assert.equal(
    (await readHeader([octets('A: 1\r\nB: 2\r\n\r\n')], { maxSize: 8 })).fields.length,
    1,
  );
});
