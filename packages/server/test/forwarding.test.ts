/** Mail that comes in and goes on: aliases abroad, rewritten senders, a smarthost. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Internet, until } from './internet.ts';
import { makeFolder } from './site.ts';

const MESSAGE = 'Subject: ciao\r\n\r\nHi';
const srs = { secrets: ['a secret that is long enough'] };

test('an alias abroad: the sender stays as it is without a secret', async (context) => {
  const internet = new Internet(context);
  const letters = await internet.host('one.example', '127.0.0.2');
  const folder = makeFolder(context);
  writeFileSync(join(folder, 'aliases'), 'away: ale, x@one.example, y@one.example\n');
  const site = await internet.site({}, {}, folder);
  assert.match(await (await site.smtp()).send(['away@poul.org'], MESSAGE), /^250 /);
  await until('it went on', () => letters.length === 1);
  assert.equal(letters[0]!.from, '<ann@example.net>');
  assert.deepEqual(letters[0]!.to, ['x@one.example', 'y@one.example']);
  assert.equal(site.mailbox('ale').length, 1);
});

test('an address abroad that several recipients lead to gets the message once', async (context) => {
  const internet = new Internet(context);
  const letters = await internet.host('one.example', '127.0.0.2');
  const folder = makeFolder(context);
  writeFileSync(join(folder, 'aliases'), 'a: x@one.example, y@one.example\nb: x@ONE.example\n');
  const site = await internet.site({}, {}, folder);
  assert.match(await (await site.smtp()).send(['a@poul.org', 'b@poul.org'], MESSAGE), /^250 /);
  await until('it went on', () => letters.length === 1);
  await until(
    'the queue is empty',
    () => site.log.filter(({ msg }) => msg === 'delivered').length === 2,
  );
  assert.deepEqual(letters[0]!.to, ['x@one.example', 'y@one.example']);
});

test('with a secret the sender is rewritten abroad and not here, and a bounce finds its way back', async (context) => {
  const internet = new Internet(context);
  const letters = await internet.host('one.example', '127.0.0.2');
  const origin = await internet.host('origin.example', '127.0.0.3');
  const folder = makeFolder(context);
  writeFileSync(join(folder, 'aliases'), 'away: ale, x@one.example\n');
  const site = await internet.site({ srs }, {}, folder);
  const talk = await site.smtp();
  const from = 'ann@origin.example';
  assert.match(await talk.send(['away@poul.org'], MESSAGE, from), /^250 /);
  await until('it went on', () => letters.length === 1);
  assert.match(letters[0]!.from, /^<SRS0=[^@]*=origin\.example=ann@poul\.org>$/);
  assert.match(site.mailbox('ale')[0]!, /^Return-path: <ann@origin\.example>\n/);
  const rewritten = letters[0]!.from.slice(1, -1);
  assert.match(await talk.send([rewritten], MESSAGE, ''), /^250 /);
  await until('the bounce came', () => origin.length === 1);
  assert.deepEqual([origin[0]!.from, origin[0]!.to], ['<>', [from]]);
  await talk.say('MAIL FROM:<eve@elsewhere.example>');
  assert.match(await talk.say(`RCPT TO:<${rewritten}>`), /^550 5\.1\.1 /);
});

test('what a user of ours sends is not forwarded: its sender stays', async (context) => {
  const internet = new Internet(context);
  const letters = await internet.host('one.example', '127.0.0.2');
  const site = await internet.site({ srs });
  const talk = await site.smtp();
  await talk.login('ale');
  const from = 'ale@other.example';
  assert.match(await talk.submit(from, ['bob@one.example'], `From: ${from}\r\n\r\n`), /^250 /);
  await until('it came', () => letters.length === 1);
  assert.equal(letters[0]!.from, `<${from}>`);
});

test('a rewritten address is for bounces alone, and forging one gains nothing', async (context) => {
  const internet = new Internet(context);
  const site = await internet.site({ srs });
  const talk = await site.smtp();
  await talk.say('EHLO client.example');
  await talk.say('MAIL FROM:<>');
  assert.match(
    await talk.say('RCPT TO:<SRS0=aaaa=AA=origin.example=ann@poul.org>'),
    /^550 5\.1\.1 /,
  );
});

test('our own report on what was forwarded goes to the sender, not to the rewritten address', async (context) => {
  const internet = new Internet(context);
  await internet.host('one.example', '127.0.0.2', {
    rcpt: () => ({ code: 550, status: '5.2.2', text: 'Full' }),
  });
  const origin = await internet.host('origin.example', '127.0.0.3');
  const folder = makeFolder(context);
  writeFileSync(join(folder, 'aliases'), 'away: x@one.example\n');
  const site = await internet.site({ srs }, {}, folder);
  const talk = await site.smtp();
  assert.match(await talk.send(['away@poul.org'], MESSAGE, 'ann@origin.example'), /^250 /);
  await until('the report came', () => origin.length === 1);
  assert.deepEqual(origin[0]!.to, ['ann@origin.example']);
  assert.match(origin[0]!.text, /\r\nTo: <ann@origin\.example>\r\n/);
});

test('a smarthost takes everything, whatever the DNS says', async (context) => {
  const internet = new Internet(context);
  const letters = await internet.host('relay.example', '127.0.0.4');
  const site = await internet.site({ outbound: { smarthost: `127.0.0.4:${internet.port}` } });
  const talk = await site.smtp();
  await talk.login('ale');
  const to = ['bob@none.example', 'ann@other.example'];
  assert.match(await talk.submit('ale@poul.org', to, 'From: ale@poul.org\r\n\r\n'), /^250 /);
  await until('both are there', () => letters.flatMap((one) => one.to).length === 2);
});

test('hostile 48: a message that goes round between two servers ends', async (context) => {
  const internet = new Internet(context);
  const letters = await internet.host('one.example', '127.0.0.2');
  const folder = makeFolder(context);
  writeFileSync(join(folder, 'aliases'), 'away: x@one.example\n');
  const limits = { received: 3, disk_reserve: '1MB' };
  const site = await internet.site({ limits }, {}, folder);
  const talk = await site.smtp();
  let message = `${MESSAGE}\r\n`;
  for (let round = 1; round <= 4; round++) {
    assert.match(await talk.send(['away@poul.org'], message.slice(0, -2)), /^250 /);
    await until(`round ${round}`, () => letters.length === round);
    message = letters.at(-1)!.text;
  }
  assert.match(await talk.send(['away@poul.org'], message.slice(0, -2)), /^550 5\.4\.6 /);
});
