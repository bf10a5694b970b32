import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { zone } from '@postino/dns';
import { scrape } from './scrape.ts';
import { makeFolder, startSite, type Site } from './site.ts';

function startCounted(context: TestContext): Promise<Site> {
  const wishes = {
    metrics: { listen: '127.0.0.1:0' },
    checks: { spf: { action: 'warn' } },
  };
  const resolver = zone({ 'example.net': { TXT: ['v=spf1 -all'] } });
  return startSite(context, wishes, makeFolder(context), { resolver });
}

test('what happens is counted, and shown to who asks', async (context) => {
  const site = await startCounted(context);
  const smtp = await site.smtp();
  assert.match(await smtp.send(['ale@poul.org'], 'Subject: one\r\n\r\nCiao'), /^250 /);
  assert.match(await smtp.say('MAIL FROM:<bob@nowhere.example>'), /^250 /);
  assert.match(await smtp.say('RCPT TO:<stranger@elsewhere.org>'), /^550 /);
  const pop3 = await site.pop3();
  await pop3.say('USER ale');
  assert.match(await pop3.say('PASS wrong'), /^-ERR /);

  const { status, text } = await scrape(site);
  assert.equal(status, 200);
  for (const line of [
    'postino_connections_total{protocol="smtp",tls="no"} 1',
    'postino_connections_total{protocol="pop3",tls="no"} 1',
    'postino_recipients_total{reason="2.1"} 1',
    'postino_recipients_total{reason="5.7"} 1',
    'postino_messages_total{reason="2.0"} 1',
    'postino_deliveries_total{way="local",outcome="delivered"} 1',
    'postino_logins_total{result="wrong"} 1',
    'postino_checks_total{check="spf",verdict="fail"} 1',
    'postino_queue_messages 0',
    'postino_queue_oldest_seconds 0',
  ])
    assert.ok(text.split('\n').includes(line), `${line} in\n${text}`);
  assert.match(text, /^nodejs_eventloop_lag_seconds \d/m);
});

test('there is one page only, and none unless it is asked for', async (context) => {
  const counted = await startCounted(context);
  assert.equal((await scrape(counted, '/')).status, 404);
  const plain = await startSite(context);
  assert.ok(!plain.log.some(({ service }) => service === 'metrics'));
});
