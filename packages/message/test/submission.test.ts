import {
  HeaderBlock,
  mendSubmission,
  splitMessage,
  type SubmissionOptions,
  type SubmittingUser,
} from '@postino/message';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messages, octets, text } from './chunks.ts';

/** Enough of a parser for these tests: what stands between commas, in angle brackets or bare. */
function addresses(body: string): string[] | null {
  const list = body.split(',').map((item) => (/<(.*)>/.exec(item)?.[1] ?? item).trim());
  return list.every((address) => /^[^@\s]+@[^@\s]+$/.test(address)) ? list : null;
}

const options: SubmissionOptions = {
  date: 'Tue, 02 Mar 1999 09:44:33 +0000',
  messageId: '<new@mx.example.org>',
  addresses,
};
const ale: SubmittingUser = {
  address: 'ale@example.org',
  owns: (address) => ['ale@example.org', 'info@example.org'].includes(address.toLowerCase()),
};

const DATE = 'Date: Mon, 01 Mar 1999 00:00:00 +0000\r\n';
const ID = 'Message-ID: <1@client.example>\r\n';

/** The fields of a header block after it was mended, or the fault. */
function mend(fields: string, user?: SubmittingUser): string {
  const mended = mendSubmission(splitMessage(octets(`${fields}\r\n`)).header, { ...options, user });
  if (typeof mended === 'string') return mended;
  const all = text(mended.bytes());
  assert.ok(all.endsWith('\r\n\r\n'));
  return all.slice(0, -2);
}

test('what is right stays octet for octet', () => {
  const fields = `from : "Ale" <ale@example.org>\r\n${DATE}Message-Id:\r\n <1@[192.0.2.1]>\r\nX: caf\xe9\r\n\tmore\r\n`;
  assert.equal(mend(fields), fields);
  assert.equal(mend(fields, ale), fields);
});

test('hostile 49: Date and Message-ID are added where they are missing', () => {
  const from = 'From: ale@example.org\r\n';
  assert.equal(
    mend(from),
    `${from}Message-ID: <new@mx.example.org>\r\nDate: Tue, 02 Mar 1999 09:44:33 +0000\r\n`,
  );
  assert.equal(mend(`${from}${ID}`), `${from}${ID}Date: ${options.date}\r\n`);
  assert.equal(mend(`${from}${DATE}`), `${from}${DATE}Message-ID: <new@mx.example.org>\r\n`);
});

test('hostile 49: Bcc and Resent-Bcc go, in any spelling', () => {
  const kept = `From: ale@example.org\r\n${DATE}${ID}To: b@example.net\r\n`;
  const blind =
    'BCC : eve@example.net,\r\n\tmallory@example.net\r\nresent-bcc: x@example.net\r\nBcc:\r\n';
  assert.equal(mend(kept + blind), kept);
});

const faults: [fields: string, fault: string][] = [
  ['Subject: x\r\n', 'noFrom'],
  ['', 'noFrom'],
  ['From: ale@example.org\r\nFROM : ale@example.org\r\n', 'severalFrom'],
  ['From: nobody\r\n', 'malformedFrom'],
  ['From:\r\n', 'malformedFrom'],
];
for (const [fields, fault] of faults) {
  test(`hostile 49: ${JSON.stringify(fields)} is ${fault}`, () => {
    assert.equal(mend(fields), fault);
    assert.equal(mend(fields, ale), fault);
  });
}

test('a From that the grammar takes but that names nobody is malformed', () => {
  const header = splitMessage(octets('From: group:;\r\n\r\n')).header;
  assert.equal(mendSubmission(header, { ...options, addresses: () => [] }), 'malformedFrom');
});

const identifiers = [
  '<a b@c>',
  '<a@b> <c@d>',
  'a@b',
  '',
  '<>',
  '<<a@b>>',
  '<a@b>\r\n\tBcc: eve@example.net',
  '<a@b\x07>',
  '<\xe9@b>',
];
for (const id of identifiers) {
  test(`hostile 49: Message-ID ${JSON.stringify(id)} is replaced`, () => {
    const from = `From: ale@example.org\r\n${DATE}`;
    assert.equal(
      mend(`Message-ID: ${id}\r\n${from}`),
      `${from}Message-ID: <new@mx.example.org>\r\n`,
    );
  });
}

test('several Message-IDs become one', () => {
  const from = `From: ale@example.org\r\n${DATE}`;
  assert.equal(mend(`${ID}${from}${ID}`), `${from}Message-ID: <new@mx.example.org>\r\n`);
});

const senders: [from: string, sender: string | null, mended: string | null][] = [
  ['ale@example.org', null, null],
  ['Info <INFO@example.org>', null, null],
  ['ale@example.org', 'info@example.org', 'info@example.org'],
  ['ale@example.org', 'eve@example.net', null],
  ['ale@example.org', 'not an address', null],
  ['ale@example.org', 'ale@example.org, info@example.org', null],
  ['eve@example.net', null, 'ale@example.org'],
  ['eve@example.net', 'eve@example.net', 'ale@example.org'],
  ['eve@example.net', 'Ale <ale@example.org>', 'Ale <ale@example.org>'],
  ['ale@example.org, eve@example.net', null, 'ale@example.org'],
  ['ale@example.org, info@example.org', null, 'ale@example.org'],
];
function senderField(value: string | null): string {
  return value === null ? '' : `Sender: ${value}\r\n`;
}

for (const [from, sender, mended] of senders) {
  test(`hostile 49: From ${from}, Sender ${sender}: Sender ${mended}`, () => {
    const rest = `From: ${from}\r\n${DATE}${ID}`;
    assert.equal(mend(rest + senderField(sender), ale), rest + senderField(mended));
    assert.equal(mend(rest + senderField(sender)), rest + senderField(sender));
  });
}

test('two Senders become the right one', () => {
  const rest = `From: eve@example.net\r\n${DATE}${ID}`;
  const sender = 'Sender: ale@example.org\r\n';
  assert.equal(mend(`${sender}${rest}${sender}`, ale), rest + sender);
});

test('hostile 49: a From of somebody else may be refused', () => {
  const strict = { ...ale, foreignFrom: 'refuse' } as const;
  assert.equal(mend('From: eve@example.net\r\n', strict), 'foreignFrom');
  assert.equal(mend('From: ale@example.org, eve@example.net\r\n', strict), 'foreignFrom');
  assert.match(mend('From: info@example.org\r\n', strict), /^From/);
});

test('what we add ourselves cannot hold another field', () => {
  const header = new HeaderBlock().append('From: eve@example.net\r\n');
  const evil = 'x\r\nBcc: eve@example.net';
  for (const changes of [{ date: evil }, { messageId: evil }, { user: { ...ale, address: evil } }])
    assert.throws(() => mendSubmission(header, { ...options, ...changes }), TypeError);
});

test('property: a mended header is as it was, but for the fields that are mended', () => {
  const mendable = ['Date', 'Message-ID', 'Bcc', 'Resent-Bcc', 'Sender'];
  fc.assert(
    fc.property(messages, (message) => {
      const { header } = splitMessage(octets(message));
      const mended = mendSubmission(header, { ...options, user: ale });
      if (typeof mended === 'string') return;
      assert.deepEqual([mended.count('Date'), mended.count('Message-ID')], [1, 1]);
      assert.deepEqual(
        mended.strip(...mendable).fields.map((field) => text(field).trimEnd()),
        header.strip(...mendable).fields.map((field) => text(field).trimEnd()),
      );
    }),
  );
});
