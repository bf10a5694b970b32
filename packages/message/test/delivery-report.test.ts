import {
  deliveryReport,
  MAX_RETURNED_SIZE,
  splitMessage,
  type DeliveryReport,
  type DeliveryReportOptions,
  type ReportedRecipient,
} from '@postino/message';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cut, octets, text } from './chunks.ts';

const ORIGINAL =
  'Received: from client.example\r\n\tby mx.example.org\r\nFrom: a@b.example\r\nSubject: hello\r\n\r\nThe body.\r\n..\r\n';

const failed: ReportedRecipient = {
  address: 'bob@example.net',
  orcpt: 'rfc822;Bob@Example.net',
  action: 'failed',
  reply: { code: 550, status: '5.1.1', text: ['No such user', 'here'] },
  remoteMta: 'mx.example.net',
  lastAttempt: 'Tue, 02 Mar 1999 09:45:00 +0000',
  retryUntil: 'Sat, 06 Mar 1999 09:45:00 +0000',
};

const delayed: ReportedRecipient = {
  address: 'eve@slow.example',
  action: 'delayed',
  reply: { code: 451, status: '4.4.1', text: 'No answer from mx.slow.example' },
  retryUntil: 'Sat, 06 Mar 1999 09:44:33 +0000',
};

function message(source = ORIGINAL): DeliveryReportOptions['message'] {
  const bytes = octets(source);
  return { size: bytes.length, read: () => [bytes] };
}

const options: DeliveryReportOptions = {
  from: 'Mail Delivery System <postmaster@example.org>',
  reversePath: '<a@b.example>',
  messageId: '<r1@mx.example.org>',
  date: 'Tue, 02 Mar 1999 09:46:00 +0000',
  boundary: '=_b1',
  reportingMta: 'mx.example.org',
  arrivalDate: 'Tue, 02 Mar 1999 09:44:33 +0000',
  recipients: [failed],
  envelope: { envid: 'QQ314159' },
  message: message(),
};

async function octetsOf(report: DeliveryReport): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of report.content) chunks.push(chunk);
  return text(...chunks);
}

async function reportOn(changes: Partial<DeliveryReportOptions> = {}): Promise<string> {
  return octetsOf(await deliveryReport({ ...options, ...changes }));
}

/** The header and the bodies of the parts, each with its own header. */
function partsOf(report: string, boundary = options.boundary): string[] {
  const pieces = report.split(`\r\n--${boundary}`);
  assert.equal(pieces.at(-1), '--\r\n');
  return pieces.slice(0, -1).map((piece, index) => (index === 0 ? piece : piece.slice(2)));
}

function contentOf(part: string): string {
  return text(splitMessage(octets(part)).body);
}

test('a failure, the message returned whole', async () => {
  assert.equal(
    await reportOn(),
    `From: Mail Delivery System <postmaster@example.org>
To: <a@b.example>
Date: Tue, 02 Mar 1999 09:46:00 +0000
Message-ID: <r1@mx.example.org>
Subject: Mail delivery failed: returning message to sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_b1"

--=_b1
Content-Type: text/plain; charset=us-ascii

This is an automatic report of the mail server mx.example.org.

Your message could not be delivered to these addresses,
and will not be tried again:

  bob@example.net
    mx.example.net said: 550-5.1.1 No such user 550 5.1.1 here

Your message stands at the end of this report.

--=_b1
Content-Type: message/delivery-status

Original-Envelope-Id: QQ314159
Reporting-MTA: dns; mx.example.org
Arrival-Date: Tue, 02 Mar 1999 09:44:33 +0000

Original-Recipient: rfc822;Bob@Example.net
Final-Recipient: rfc822; bob@example.net
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.example.net
Diagnostic-Code: smtp; 550-5.1.1 No such user 550 5.1.1 here
Last-Attempt-Date: Tue, 02 Mar 1999 09:45:00 +0000

--=_b1
Content-Type: message/rfc822

${ORIGINAL.replaceAll('\r\n', '\n')}
--=_b1--
`.replaceAll('\n', '\r\n'),
  );
});

test('a delay: the header alone goes back, and the message is not read on', async () => {
  let closed = 0;
  function* source(): Generator<Uint8Array> {
    try {
      for (const chunk of cut(ORIGINAL, [20, 90])) yield chunk;
      assert.fail('the body was read');
    } finally {
      closed++;
    }
  }
  const report = await deliveryReport({
    ...options,
    recipients: [delayed],
    message: { size: ORIGINAL.length, read: source },
  });
  assert.deepEqual([closed, report.body, report.smtpUtf8], [1, '7BIT', false]);
  const [header = '', words = '', status = '', returned = ''] = partsOf(await octetsOf(report));
  assert.match(header, /^Subject: Mail delivery delayed: still trying\r$/m);
  assert.match(
    words,
    /\r\n {4}451 4\.4\.1 No answer from mx\.slow\.example\r\n {4}It is tried until Sat, 06 Mar/,
  );
  assert.match(words, /\r\n\r\nThe header of your message stands/);
  assert.equal(
    status.split('\r\n\r\n')[2],
    'Final-Recipient: rfc822; eve@slow.example\r\nAction: delayed\r\nStatus: 4.4.1\r\n' +
      'Diagnostic-Code: smtp; 451 4.4.1 No answer from mx.slow.example\r\n' +
      'Will-Retry-Until: Sat, 06 Mar 1999 09:44:33 +0000\r\n',
  );
  assert.equal(
    returned,
    `Content-Type: text/rfc822-headers\r\n\r\n${ORIGINAL.slice(0, ORIGINAL.indexOf('\r\n\r\n') + 2)}`,
  );
});

const whole: [what: string, changes: Partial<DeliveryReportOptions>, whole: boolean][] = [
  ['a failure', {}, true],
  ['RET=FULL', { envelope: { ret: 'FULL' } }, true],
  ['RET=HDRS', { envelope: { ret: 'HDRS' } }, false],
  ['RET=FULL and a delay', { envelope: { ret: 'FULL' }, recipients: [delayed] }, false],
  ['a failure beside a delay', { recipients: [delayed, failed] }, true],
  ['success', { recipients: [{ address: 'a@b.example', action: 'delivered' }] }, false],
  ['just small enough', { maxReturnedSize: ORIGINAL.length }, true],
  ['one octet too many', { maxReturnedSize: ORIGINAL.length - 1 }, false],
  ['the default size', { message: { ...options.message, size: MAX_RETURNED_SIZE } }, true],
  [
    'above the default size',
    { message: { ...options.message, size: MAX_RETURNED_SIZE + 1 } },
    false,
  ],
];
for (const [what, changes, expected] of whole) {
  test(`${what}: the ${expected ? 'message' : 'header'} goes back`, async () => {
    const [, , , returned = ''] = partsOf(await reportOn(changes));
    assert.equal(returned.startsWith('Content-Type: message/rfc822\r\n'), expected);
    assert.equal(returned.endsWith(ORIGINAL), expected);
  });
}

test('a header that is too large goes back as far as it may', async () => {
  const original = `A: 1\r\nB: 2\r\nC: ${'x'.repeat(100)}\r\n\r\nbody`;
  const [, , , returned = ''] = partsOf(
    await reportOn({ message: message(original), maxReturnedSize: 20 }),
  );
  assert.equal(contentOf(returned), 'A: 1\r\nB: 2\r\n');
});

test('recipients of all kinds: the worst gives the subject, each has its words', async () => {
  const recipients = (['delivered', 'relayed', 'expanded', 'delayed', 'failed'] as const).map(
    (action): ReportedRecipient => ({ address: `${action}@example.net`, action }),
  );
  const [header = '', words = '', status = ''] = partsOf(await reportOn({ recipients }));
  assert.match(header, /^Subject: Mail delivery failed/m);
  assert.deepEqual(
    [...words.matchAll(/ {2}(\w+)@/g)].map(([, action]) => action),
    ['failed', 'delayed', 'expanded', 'relayed', 'delivered'],
  );
  assert.deepEqual(
    [...status.matchAll(/^Action: (\w+)\r\nStatus: (.*)\r$/gm)].map(([, action, code]) => [
      action,
      code,
    ]),
    [
      ['delivered', '2.0.0'],
      ['relayed', '2.0.0'],
      ['expanded', '2.0.0'],
      ['delayed', '4.0.0'],
      ['failed', '5.0.0'],
    ],
  );
});

const subjects: [action: ReportedRecipient['action'], subject: string][] = [
  ['expanded', 'Mail delivered and sent on'],
  ['relayed', 'Mail handed on'],
  ['delivered', 'Mail delivered'],
];
for (const [action, subject] of subjects) {
  test(`subject of ${action}`, async () => {
    const report = await reportOn({ recipients: [{ address: 'a@b.example', action }] });
    assert.match(report, new RegExp(`^Subject: ${subject}\\r$`, 'm'));
  });
}

test('octets past ASCII are announced, by the part and by the whole', async () => {
  const body = await deliveryReport({ ...options, envelope: { body: '8BITMIME' } });
  assert.deepEqual([body.body, body.smtpUtf8], ['8BITMIME', false]);
  const [header = '', words = '', status = '', returned = ''] = partsOf(await octetsOf(body));
  const announced = /^Content-Transfer-Encoding: 8bit\r$/m;
  assert.match(header, announced);
  assert.doesNotMatch(words + status, announced);
  assert.match(
    returned,
    /^Content-Type: message\/rfc822\r\nContent-Transfer-Encoding: 8bit\r\n\r\n/,
  );

  const onlyBody = { ...options, envelope: { body: '8BITMIME', ret: 'HDRS' } } as const;
  assert.equal((await deliveryReport(onlyBody)).body, '7BIT');
  const raw = message('Subject: caf\xe9\r\n\r\n');
  const inHeader = await deliveryReport({ ...onlyBody, message: raw });
  assert.equal(inHeader.body, '8BITMIME');
  const [, , , headerPart = ''] = partsOf(await octetsOf(inHeader));
  assert.match(
    headerPart,
    /^Content-Type: text\/rfc822-headers\r\nContent-Transfer-Encoding: 8bit\r/,
  );
  assert.equal(contentOf(headerPart), 'Subject: caf\xe9\r\n');
});

test('an internationalized message: UTF-8 in every part', async () => {
  const report = await deliveryReport({
    ...options,
    reversePath: '<é@b.example>',
    recipients: [{ ...failed, address: 'jürg@example.net', orcpt: 'utf-8;j\\x{FC}rg@example.net' }],
    envelope: { smtpUtf8: true, ret: 'HDRS' },
    message: message('Subject: caf\xc3\xa9\r\n\r\n'),
  });
  assert.deepEqual([report.body, report.smtpUtf8], ['8BITMIME', true]);
  const [header = '', words = '', status = '', returned = ''] = partsOf(
    Buffer.from(await octetsOf(report), 'latin1').toString(),
  );
  assert.match(header, /^To: <é@b\.example>\r$/m);
  assert.match(
    words,
    /^Content-Type: text\/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r/,
  );
  assert.match(words, /\r\n {2}jürg@example\.net\r/);
  assert.match(status, /^Content-Type: message\/global-delivery-status\r/);
  assert.match(status, /^Original-Recipient: utf-8;jürg@example\.net\r$/m);
  assert.match(status, /^Final-Recipient: utf-8; jürg@example\.net\r$/m);
  assert.match(returned, /^Content-Type: message\/global-headers\r\n.*8bit\r\n\r\nSubject: café/);
});

test('an internationalized message with nothing past ASCII: the old types', async () => {
  const report = await deliveryReport({
    ...options,
    envelope: { smtpUtf8: true, body: '8BITMIME' },
  });
  assert.deepEqual([report.body, report.smtpUtf8], ['8BITMIME', false]);
  assert.doesNotMatch(await octetsOf(report), /global/);
});

const pastAscii: [what: string, changes: Partial<DeliveryReportOptions>][] = [
  ['the sender', { reversePath: '<é@b.example>' }],
  ['a recipient', { recipients: [{ ...failed, address: 'é@example.net' }] }],
  ['the header', { message: message('Subject: caf\xc2\x80\r\n\r\n') }],
];
for (const [what, changes] of pastAscii) {
  test(`an internationalized message with only ${what} past ASCII: the new types`, async () => {
    const envelope = { smtpUtf8: true };
    const report = await deliveryReport({ ...options, envelope, ...changes });
    assert.deepEqual([report.body, report.smtpUtf8], ['8BITMIME', true]);
    const [header = '', words = '', status = '', returned = ''] = partsOf(await octetsOf(report));
    for (const part of [header, words, status])
      assert.match(part, /^Content-Transfer-Encoding: 8bit\r$/m);
    assert.match(status, /^Content-Type: message\/global-delivery-status\r/);
    assert.match(returned, /^Content-Type: message\/global\r/);
  });
}

test('the lowest octet past ASCII is one', async () => {
  const raw = await deliveryReport({ ...options, message: message('A: \x80\r\n\r\n') });
  assert.deepEqual([raw.body, raw.smtpUtf8], ['8BITMIME', false]);
});

test('without SMTPUTF8 an address past ASCII is escaped, and all else becomes ?', async () => {
  const reply = { code: 550, text: 'né' };
  const recipients = [
    { ...failed, address: 'j ürg+x@example.net', orcpt: 'utf-8;jürg@example.net', reply },
    { ...failed, orcpt: 'utf-8;j\\x{FC}rg@example.net' },
    { ...failed, orcpt: 'x400;é' },
  ];
  const report = await reportOn({ recipients, reversePath: '<é@b.example>' });
  assert.match(report, /^\p{ASCII}*$/u);
  assert.match(report, /^To: <\?@b\.example>\r$/m);
  assert.match(report, /^Original-Recipient: utf-8;j\\x\{FC\}rg@example\.net\r$/m);
  assert.match(report, /^Final-Recipient: utf-8; j\\x\{20\}\\x\{FC\}rg\\x\{2B\}x@example\.net\r$/m);
  assert.equal(report.split('Original-Recipient: utf-8;j\\x{FC}rg@example.net\r').length, 3);
  assert.match(report, /^Original-Recipient: x400;\?\r$/m);
  assert.match(report, /^Diagnostic-Code: smtp; 550 n\?\r$/m);
});

const statuses: [changes: Partial<ReportedRecipient>, status: string][] = [
  [{ reply: { code: 550, status: '5.7.1', text: '' } }, '5.7.1'],
  [{ reply: { code: 550, text: '' } }, '5.0.0'],
  [{ reply: { code: 550, status: '2.0.0', text: '' } }, '5.0.0'],
  [{ reply: { code: 550, status: '5.1.1\r\nAction: delivered', text: '' } }, '5.0.0'],
  [{ reply: { code: 451, status: '4.4.1', text: '' } }, '4.4.1'],
  [{ reply: { code: 451, text: '' } }, '4.0.0'],
  [{ reply: undefined }, '5.0.0'],
  [{ status: '4.4.7' }, '4.4.7'],
];
for (const [changes, status] of statuses) {
  test(`status ${status} of ${JSON.stringify(changes)}`, async () => {
    const report = await reportOn({ recipients: [{ ...failed, ...changes }] });
    assert.deepEqual(/^Status: (.*)\r$/m.exec(report)?.[1], status);
  });
}

test('hostile 78: there is no report to the null reverse-path', () => {
  assert.throws(() => deliveryReport({ ...options, reversePath: '<>' }), TypeError);
});

test('bad options are our own fault', async () => {
  assert.throws(() => deliveryReport({ ...options, reversePath: 'a@b.example' }), TypeError);
  assert.throws(() => deliveryReport({ ...options, recipients: [] }), TypeError);
  for (const boundary of ['', 'a b', 'a"b', 'a\r\n', 'é', 'x'.repeat(71)])
    assert.throws(() => deliveryReport({ ...options, boundary }), TypeError, boundary);
  await assert.rejects(reportOn({ recipients: [{ ...failed, status: '9.1.1' }] }), TypeError);
  await assert.rejects(reportOn({ from: 'a\r\nBcc: x@example.net' }), TypeError);
});

test('a message that cannot be read rejects, at once or underway', async () => {
  const broken = (good: number): DeliveryReportOptions['message'] => ({
    size: ORIGINAL.length,
    *read() {
      yield octets(ORIGINAL.slice(0, good));
      throw new Error('disk');
    },
  });
  await assert.rejects(deliveryReport({ ...options, message: broken(10) }), /disk/);
  const report = await deliveryReport({ ...options, message: broken(ORIGINAL.length - 5) });
  await assert.rejects(octetsOf(report), /disk/);
});

test('hostile 78: no octet of a remote host ends a line, begins a field or rings a bell', async () => {
  const evil = 'x\r\nAction: delivered\r\n\r\n--=_b1\x07\x1b[2J\0\x85é';
  const calm = await reportOn();
  const report = await reportOn({
    envelope: { envid: evil },
    recipients: [
      {
        ...failed,
        address: `${evil}@example.net`,
        orcpt: `rfc822;${evil}`,
        reply: { code: 550, text: [evil, evil] },
        remoteMta: evil,
      },
    ],
  });
  // oxlint-disable-next-line no-control-regex
  assert.match(report, /^[\r\n\t -~]*$/);
  assert.equal(partsOf(report).length, partsOf(calm).length);
  const names = (all: string): string[] =>
    (partsOf(all)[2] ?? '').match(/^[\w-]+:/gm)?.toSorted() ?? [];
  assert.deepEqual(names(report), names(calm));
});

test('property: whatever others wrote, the shape is the same and no line is too long', async () => {
  const foreign = fc
    .tuple(fc.string({ unit: 'binary' }), fc.constantFrom(1, 40, 1100))
    .map(([some, times]) => some.repeat(times).slice(0, 1100));
  await fc.assert(
    fc.asyncProperty(foreign, foreign, fc.boolean(), async (one, other, smtpUtf8) => {
      const report = await reportOn({
        reversePath: `<a${one}>`,
        envelope: { envid: `e${other}`, smtpUtf8 },
        recipients: [
          {
            ...failed,
            address: one,
            orcpt: `utf-8;${other}`,
            reply: { code: 450, text: [one, other] },
            remoteMta: `m${other}`,
          },
        ],
      });
      assert.equal(partsOf(report).length, 4);
      for (const line of report.split('\r\n')) {
        assert.ok(line.length <= 998);
        assert.doesNotMatch(line, /[\r\n]/);
      }
      const lines = (partsOf(report)[2] ?? '').split('\r\n').filter((line) => /^[A-Z]/.test(line));
      const fields = smtpUtf8 && /8bit/.test(lines[1] ?? '') ? 12 : 11;
      assert.equal(lines.length, fields, lines.join('|'));
    }),
  );
});

test('property: the message comes back octet for octet, however it is cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc
        .string({ maxLength: 60 })
        .map((body) => `Subject: x\r\n\r\n${body.replace(/\P{ASCII}/gu, '')}`),
      fc.array(fc.nat()),
      async (original, places) => {
        const report = await reportOn({
          message: { size: original.length, read: () => cut(original, places) },
        });
        assert.equal(contentOf(partsOf(report)[3] ?? ''), original);
      },
    ),
  );
});
