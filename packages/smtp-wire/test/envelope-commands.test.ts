import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Envelope, EnvelopeRecipient } from '@postino/address';
import {
  decodeXtext,
  encodeXtext,
  parseCommand,
  parseExtensions,
  parseReply,
  type ContentFacts,
} from '@postino/smtp-wire';
import fc from 'fast-check';
import { mailLine, rcptLine } from '../src/envelope-commands.ts';
import { ehlo, envelope, mailbox } from './client-driver.ts';

const NOTHING = parseExtensions(parseReply(ehlo([]))!);
const ALL = parseExtensions(parseReply(ehlo(['SIZE', '8BITMIME', 'SMTPUTF8', 'DSN']))!);

const MAIL: [Partial<Envelope>, ContentFacts, string][] = [
  [{}, {}, ''],
  [{}, { size: 0 }, ' SIZE=0'],
  [{ body: '7BIT' }, {}, ' BODY=7BIT'],
  [{ body: '8BITMIME' }, { eightBit: false }, ' BODY=8BITMIME'],
  [{}, { eightBit: true }, ' BODY=8BITMIME'],
  [{ body: '7BIT' }, { eightBit: true }, ' BODY=8BITMIME'],
  [{ smtpUtf8: true }, {}, ' SMTPUTF8'],
  [{ smtpUtf8: false }, {}, ''],
  [{ from: mailbox('é@b.example') }, {}, ' SMTPUTF8'],
  [{ to: [{ address: mailbox('é@b.example') }] }, {}, ' SMTPUTF8'],
  [{ ret: 'FULL', envid: 'a b' }, {}, ' RET=FULL ENVID=a+20b'],
];

for (const [more, facts, params] of MAIL) {
  test(`MAIL of ${JSON.stringify([more, facts])}`, () => {
    const whole = envelope('a@b.example', ['c@d.example'], more);
    const path = `<${whole.from.localPart}@b.example>`;
    assert.equal(mailLine(whole, facts, ALL), `MAIL FROM:${path}${params}\r\n`);
    assert.equal(mailLine(whole, facts, NOTHING), `MAIL FROM:${path}\r\n`);
  });
}

test('REQUIRETLS is said whenever it is asked: its obstacles are looked for before', () => {
  const line = mailLine(envelope('', ['c@d.example'], { requireTls: true }), {}, NOTHING);
  assert.equal(line, 'MAIL FROM:<> REQUIRETLS\r\n');
});

const RCPT: [Partial<EnvelopeRecipient>, string][] = [
  [{}, ''],
  [{ notify: ['NEVER'] }, ' NOTIFY=NEVER'],
  [{ notify: ['SUCCESS', 'FAILURE', 'DELAY'] }, ' NOTIFY=SUCCESS,FAILURE,DELAY'],
  [{ orcpt: 'rfc822;Bob+x@B.example' }, ' ORCPT=rfc822;Bob+2Bx@B.example'],
  [{ orcpt: 'utf-8;ascii=@b' }, ' ORCPT=utf-8;ascii+3D@b'],
  [{ orcpt: 'UTF-8;é =𝄞@b' }, String.raw` ORCPT=UTF-8;\x{E9}\x{20}\x{3D}\x{1D11E}@b`],
];

for (const [more, params] of RCPT) {
  test(`RCPT with ${JSON.stringify(more)}`, () => {
    const recipient = { address: mailbox('c@d.example'), ...more };
    assert.equal(rcptLine(recipient, ALL, false), `RCPT TO:<c@d.example>${params}\r\n`);
    assert.equal(rcptLine(recipient, NOTHING, false), 'RCPT TO:<c@d.example>\r\n');
  });
}

test('what cannot be written is a TypeError, also where it would not be sent', () => {
  const wrong: EnvelopeRecipient[] = [
    { address: mailbox('') },
    { address: mailbox('c@d.example'), notify: [] },
    { address: mailbox('c@d.example'), notify: ['NEVER', 'DELAY'] },
    { address: mailbox('c@d.example'), orcpt: 'no type' },
    { address: mailbox('c@d.example'), orcpt: 'rfc822;é@b' },
  ];
  for (const recipient of wrong)
    for (const server of [ALL, NOTHING])
      assert.throws(() => rcptLine(recipient, server, true), TypeError, JSON.stringify(recipient));
  for (const size of [-1, 1.5, Number.NaN, Infinity])
    assert.throws(() => mailLine(envelope('', ['c@d.example']), { size }, NOTHING), TypeError);
});

test('a domain goes in ASCII, unless MAIL has SMTPUTF8', () => {
  const recipient = { address: mailbox('c@bücher.example') };
  assert.equal(rcptLine(recipient, ALL, false), 'RCPT TO:<c@xn--bcher-kva.example>\r\n');
  assert.equal(rcptLine(recipient, ALL, true), 'RCPT TO:<c@bücher.example>\r\n');
  const whole = envelope('a@bücher.example', ['c@d.example']);
  assert.equal(mailLine(whole, {}, ALL), 'MAIL FROM:<a@xn--bcher-kva.example>\r\n');
});

test('a domain that is ASCII stays as it is written', () => {
  const recipient = { address: mailbox('c@D.Example') };
  assert.equal(rcptLine(recipient, NOTHING, false), 'RCPT TO:<c@D.Example>\r\n');
});

test('what is written, the server reads', () => {
  const line = mailLine(
    envelope('"a b"@c.example', ['c@d.example'], { body: '8BITMIME', smtpUtf8: true }),
    { size: 4711 },
    ALL,
  );
  assert.deepEqual(parseCommand(line.slice(0, -2)), {
    verb: 'MAIL',
    from: { localPart: 'a b', domain: 'c.example' },
    params: { size: 4711, body: '8BITMIME', smtpUtf8: true },
  });
});

test('decodeXtext undoes encodeXtext', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[ -~]*$/), (text) => {
      assert.equal(decodeXtext(encodeXtext(text)), text);
    }),
  );
});
