/** Senders that no bounce could reach, and recipients that take no mail; asked of a real DNS server. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { zone } from '@postino/dns';
import { fieldsOf } from './checked-site.ts';
import { serveDns } from './dns-server.ts';
import { scrape } from './scrape.ts';
import { makeFolder, startSite, type Site, type Wishes } from './site.ts';

const WORLD = zone({
  'good.example': { MX: [[10, 'mx.good.example']] },
  'mx.good.example': { A: ['192.0.2.1'] },
  'host.example': { A: ['192.0.2.2'] },
  'nomail.example': { MX: [[0, '.']] },
  'ours.example': { MX: [[10, 'poul.org']] },
  'local.example': { A: ['127.0.0.1'] },
  'slow.example': { fail: 'ETIMEOUT' },
});

async function start(context: TestContext, action: string, more: Wishes = {}): Promise<Site> {
  const wishes = { checks: { sender: { action } }, ...more };
  const dns = { servers: [await serveDns(context, WORLD)] };
  return startSite(context, { ...wishes, dns }, makeFolder(context));
}

/** What strangers hear, by action: nothing at all, where there is only a warning. */
const SENDERS: readonly (readonly [from: string, reject: string, defer: string])[] = [
  ['ann@good.example', '250 2.1.5', '250 2.1.5'],
  ['ann@host.example', '250 2.1.5', '250 2.1.5'],
  ['ann@[192.0.2.3]', '250 2.1.5', '250 2.1.5'],
  ['', '250 2.1.5', '250 2.1.5'],
  ['bino+x@poul.org', '250 2.1.5', '250 2.1.5'],
  ['carol@poul.org', '550 5.1.0', '451 4.1.0'],
  ['ann@nomail.example', '550 5.7.27', '451 4.7.27'],
  ['ann@unheard-of.example', '550 5.1.8', '451 4.1.8'],
  ['ann@ours.example', '550 5.1.8', '451 4.1.8'],
  ['ann@local.example', '550 5.1.8', '451 4.1.8'],
  ['ann@slow.example', '451 4.1.8', '451 4.1.8'],
];

for (const action of ['reject', 'defer'] as const)
  test(`a sender that cannot be answered, action ${action}: each recipient hears it, the postmaster none`, async (context) => {
    const site = await start(context, action, { metrics: { listen: '127.0.0.1:0' } });
    for (const [from, rejected, deferred] of SENDERS) {
      const talk = await site.smtp();
      await talk.say('EHLO client.example');
      assert.match(await talk.say(`MAIL FROM:<${from}>`), /^250 /, from);
      const said = await talk.say('RCPT TO:<ale@poul.org>');
      const lines = said.split('\n').map((line) => line.replace('-', ' '));
      const expected = action === 'reject' ? rejected : deferred;
      for (const line of lines) assert.equal(line.slice(0, expected.length), expected, from);
      if (!expected.startsWith('250'))
        assert.ok(
          lines.some((line) => line.endsWith(`no bounce could reach ${from}`)),
          said,
        );
      assert.match(await talk.say('RCPT TO:<postmaster@poul.org>'), /^250 /, from);
    }
    const { text } = await scrape(site);
    assert.match(text, /^postino_checks_total\{check="sender",verdict="pass"\} 5$/m);
    assert.match(text, /^postino_checks_total\{check="sender",verdict="refuse"\} 5$/m);
    assert.match(text, /^postino_checks_total\{check="sender",verdict="defer"\} 1$/m);
  });

test('a sender that cannot be answered, action warn: its reader is told, unless the DNS was in trouble', async (context) => {
  const site = await start(context, 'warn');
  for (const [from, rejected] of SENDERS) {
    const talk = await site.smtp();
    assert.match(await talk.send(['ale@poul.org'], 'Subject: x\r\n\r\nHi', from), /^250 /, from);
    const warnings = fieldsOf(site)
      .at(-1)!
      .filter((field) => field.startsWith('X-Warning:'));
    const expected = rejected.startsWith('550') ? [`X-Warning: no bounce could reach ${from}`] : [];
    assert.deepEqual(warnings, expected, from);
  }
});

test('who has logged in hears of a sender in our own domains that there is not, and of no other', async (context) => {
  const table: readonly (readonly [from: string, reply: RegExp])[] = [
    ['ale@poul.org', /^250 /],
    ['carol@poul.org', /^550.5\.1\.0 /],
    ['ann@unheard-of.example', /^250 /],
    ['', /^250 /],
  ];
  const site = await start(context, 'reject');
  const off = await start(context, 'off');
  for (const [from, reply] of table) {
    for (const [of, expected] of [
      [site, reply],
      [off, /^250 /],
    ] as const) {
      const talk = await of.smtp();
      assert.match(await talk.login('ale'), /^235 /);
      assert.match(await talk.say(`MAIL FROM:<${from}>`), expected, from);
    }
  }
});

test('who has logged in hears at once of recipients that take no mail, where that is wanted', async (context) => {
  const table: readonly (readonly [to: string, reply: RegExp])[] = [
    ['bino@poul.org', /^250 /],
    ['ann@good.example', /^250 /],
    ['ann@nomail.example', /^556 5\.1\.10 /],
    ['ann@unheard-of.example', /^550 5\.1\.2 /],
    ['ann@slow.example', /^250 /],
  ];
  for (const verify_recipients of [true, false]) {
    const site = await start(context, 'off', { submission: { verify_recipients } });
    const talk = await site.smtp();
    await talk.login('ale');
    assert.match(await talk.say('MAIL FROM:<ale@poul.org>'), /^250 /);
    for (const [to, reply] of table)
      assert.match(await talk.say(`RCPT TO:<${to}>`), verify_recipients ? reply : /^250 /, to);
  }
});
