import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseExtensions, parseReply, type Extensions } from '@postino/smtp-wire';
import { ehlo } from './client-driver.ts';

const TABLE: [string[], Partial<Extensions>][] = [
  [[], { extended: true, pipelining: false, size: false, maxMessageSize: null, mechanisms: [] }],
  [['PIPELINING', '8bitmime'], { pipelining: true, eightBitMime: true, smtpUtf8: false }],
  [['SMTPUTF8', 'DSN', 'REQUIRETLS'], { smtpUtf8: true, dsn: true, requireTls: true }],
  [['STARTTLS'], { startTls: true }],
  [['SIZE'], { size: true, maxMessageSize: null }],
  [['SIZE 0'], { size: true, maxMessageSize: null }],
  [['SIZE 1000'], { size: true, maxMessageSize: 1000 }],
  [['SIZE 1e3'], { size: true, maxMessageSize: null }],
  [['SIZE -1'], { size: true, maxMessageSize: null }],
  [['SIZE 99999999999999999999'], { size: true, maxMessageSize: 1e20 }],
  [['AUTH PLAIN  login'], { mechanisms: ['PLAIN', 'LOGIN'] }],
  [['AUTH=LOGIN PLAIN'], { mechanisms: ['LOGIN', 'PLAIN'] }],
  [['AUTH'], { mechanisms: [] }],
  [[' PIPELINING', '-DSN', 'DSN?', 'PIPELINING\tx', ''], { pipelining: false, dsn: false }],
  [['__proto__', 'constructor'], { keywords: new Map([['CONSTRUCTOR', '']]) }],
  [
    ['LIMITS RCPTMAX=20 MAILMAX=5', 'x-odd a=b C'],
    {
      maxMessages: 5,
      maxRecipients: 20,
      maxRecipientDomains: null,
      keywords: new Map([
        ['LIMITS', 'RCPTMAX=20 MAILMAX=5'],
        ['X-ODD', 'a=b C'],
      ]),
    },
  ],
  [['limits rcptdomainmax=999999'], { maxMessages: null, maxRecipientDomains: 999_999 }],
  [['LIMITS RCPTMAX=0 MAILMAX=1000000'], { maxMessages: null, maxRecipients: null }],
  [['LIMITS RCPTMAX=05 MAILMAX= X=1'], { maxMessages: null, maxRecipients: null }],
];

for (const [lines, expected] of TABLE) {
  test(`EHLO lists ${JSON.stringify(lines)}`, () => {
    const extensions = parseExtensions(parseReply(ehlo(lines))!);
    assert.deepEqual({ ...extensions, ...expected }, extensions);
  });
}

test('the first line lists nothing', () => {
  assert.equal(parseExtensions({ code: 250, text: 'PIPELINING' }).pipelining, false);
});
