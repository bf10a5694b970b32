/** Mail that goes out, through a small internet on loopback. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Dial } from '@postino/delivery';
import { generateKey, verify } from '@postino/dkim';
import { dial } from '@postino/node';
import { zone } from '@postino/dns';
import { Internet, until } from './internet.ts';
import { makeFolder, type Site } from './site.ts';
import { TestClock } from './test-clock.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const FROM = 'From: ale@poul.org\r\n';

/** A line of the log about a recipient. */
type Tried = Record<string, unknown> & { msg: string; next: number };

/** The files of the queue. */
function queued({ folder }: Site): string[] {
  return readdirSync(join(folder, 'data/queue/entries'));
}

test('the course: two domains abroad, the right host gets each, bytes untouched, signed', async (context) => {
  const internet = new Internet(context);
  const one = await internet.host('one.example', '127.0.0.2');
  const two = await internet.host('two.example', '127.0.0.3', { tls: true });
  const folder = makeFolder(context);
  const { privateKey, record } = await generateKey({ algorithm: 'rsa', bits: 1024 });
  writeFileSync(join(folder, 'dkim.key'), privateKey);
  const dkim = { domain: 'poul.org', private_key: 'dkim.key' };
  const site = await internet.site({ dkim }, {}, folder);
  const talk = await site.smtp();
  assert.match(await talk.login('ale'), /^235 /);
  const body = 'Dots:\r\n..\r\n...and more\r\n  white  \t\r\n\r\n\r\nEnd.';
  const message = `${FROM}To: bob@one.example\r\nBcc: eve@two.example\r\nSubject: ciao\r\n\r\n${body}`;
  const to = ['bob@one.example', 'eve@two.example', 'ann@two.example'];
  assert.match(await talk.submit('ale@poul.org', to, message), /^250 /);
  await until('both have it', () => one.length + two.length === 2);
  await until('the queue is empty', () => queued(site).length === 0);
  const resolver = zone({ 'dkim._domainkey.poul.org': { TXT: [record] } });
  for (const { text, from, hello } of [...one, ...two]) {
    assert.equal(from, '<ale@poul.org>');
    assert.equal(hello, 'poul.org');
    assert.ok(text.endsWith(`\r\n\r\n${body.replaceAll('\r\n..', '\r\n.')}\r\n`), text);
    assert.match(text, /^DKIM-Signature: v=1; a=rsa-sha256;[^]*\r\nReceived: from /);
    assert.match(text, /\r\nDate: .*\r\nMessage-ID: <|\r\nMessage-ID: <.*\r\nDate: /);
    assert.doesNotMatch(text, /^Bcc/im);
    const [signature, ...others] = await verify(Buffer.from(text, 'latin1'), { resolver });
    assert.deepEqual(others, []);
    assert.equal(signature!.result, 'pass', signature!.reason);
  }
  assert.deepEqual(one[0]!.to, ['bob@one.example']);
  assert.deepEqual(two[0]!.to, ['eve@two.example', 'ann@two.example']);
  assert.deepEqual([one[0]!.tls, two[0]!.tls], [null, 'TLSv1.3']);
});

test('a refused recipient yields a report in the mailbox of the sender, the others get the message', async (context) => {
  const internet = new Internet(context);
  const letters = await internet.host('one.example', '127.0.0.2', {
    rcpt: (to) =>
      to.startsWith('no')
        ? { code: 550, status: '5.1.1', text: ['No such', 'user\u0007 here'] }
        : undefined,
  });
  const site = await internet.site();
  const talk = await site.smtp();
  await talk.login('ale');
  const to = ['nobody@one.example', 'bob@one.example', 'bino@poul.org'];
  assert.match(await talk.submit('ale@poul.org', to, `${FROM}Subject: x\r\n\r\nHi`), /^250 /);
  await until('the report is there', () => site.mailbox('ale').length === 1);
  await until('the queue is empty', () => queued(site).length === 0);
  assert.deepEqual(
    letters.map((letter) => letter.to),
    [['bob@one.example']],
  );
  assert.equal(site.mailbox('bino').length, 1);
  const [report] = site.mailbox('ale');
  assert.match(report!, /^Return-path: <>\nEnvelope-to: ale@poul\.org\n/);
  assert.match(report!, /\nFrom: Mail Delivery System <postmaster@poul\.org>\n/);
  assert.match(report!, /\nAuto-Submitted: auto-replied\n/);
  assert.match(
    report!,
    /\nFinal-Recipient: rfc822; nobody@one\.example\nAction: failed\nStatus: 5\.1\.1\n/,
  );
  assert.match(
    report!,
    /\nRemote-MTA: dns; mx\.one\.example\nDiagnostic-Code: smtp; 550-5\.1\.1 No such/,
  );
  assert.doesNotMatch(report!, /bob@one|bino@/);
  assert.ok(!report!.includes('\u0007'));
  assert.match(report!, /\nSubject: x\n[^]*\n\nHi\n/);
});

test('hostile 78: nothing is sent to a null sender, and nobody hears of a report that fails', async (context) => {
  const internet = new Internet(context);
  const letters = await internet.host('one.example', '127.0.0.2', {
    rcpt: () => ({ code: 550, text: 'Nobody here' }),
  });
  const folder = makeFolder(context);
  writeFileSync(join(folder, 'aliases'), 'abroad: x@one.example\n');
  const site = await internet.site({}, {}, folder);
  const talk = await site.smtp();
  // To a null sender; and a report that fails, to a sender who can be reached.
  const report = 'Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n';
  assert.match(await talk.send(['abroad@poul.org'], 'Subject: x\r\n\r\n', ''), /^250 /);
  assert.match(await talk.send(['abroad@poul.org'], report, 'ale@poul.org'), /^250 /);
  // The report of this one is refused.
  assert.match(
    await talk.send(['abroad@poul.org'], 'Subject: x\r\n\r\n', 'y@one.example'),
    /^250 /,
  );
  const failures = (): number => site.log.filter(({ msg }) => msg === 'failed').length;
  await until('all four have failed', () => failures() === 4);
  await until('the queue is empty', () => queued(site).length === 0);
  assert.deepEqual(letters, []);
  assert.equal(site.log.filter(({ msg }) => msg === 'sender told').length, 1);
});

test('hostile 56: an alias to a mailbox here and an address abroad: only what failed is told, nothing comes twice', async (context) => {
  const internet = new Internet(context);
  let refusals = 0;
  const letters = await internet.host('one.example', '127.0.0.2', {
    rcpt: (to) => {
      if (to === 'gone@one.example') return { code: 550, status: '5.1.1', text: 'Gone' };
      return refusals++ < 1 ? { code: 451, status: '4.7.1', text: 'Greylisted' } : undefined;
    },
  });
  const folder = makeFolder(context);
  writeFileSync(join(folder, 'aliases'), 'team: ale, x@one.example, gone@one.example\n');
  const clock = new TestClock();
  const site = await internet.site({}, { clock }, folder);
  const talk = await site.smtp();
  assert.match(await talk.send(['team@poul.org'], 'Subject: x\r\n\r\n', 'bino@poul.org'), /^250 /);
  assert.equal(site.mailbox('ale').length, 1);
  await until('the report is there', () => site.mailbox('bino').length === 1);
  assert.match(
    site.mailbox('bino')[0]!,
    /\nOriginal-Recipient: rfc822;team@poul\.org\nFinal-Recipient: rfc822; gone@one\.example\n/,
  );
  assert.equal(letters.length, 0);
  clock.pass(20 * MINUTE);
  await until('it has arrived', () => letters.length === 1);
  await until('the queue is empty', () => queued(site).length === 0);
  assert.deepEqual(letters[0]!.to, ['x@one.example']);
  assert.deepEqual([site.mailbox('ale').length, site.mailbox('bino').length], [1, 1]);
});

test('a dead host: tried for four days by the rule, a warning after one, a report at the end', async (context) => {
  const internet = new Internet(context);
  const alive = await internet.host('one.example', '127.0.0.2');
  internet.deadHost('dead.example', '127.0.0.9');
  const clock = new TestClock();
  const site = await internet.site({}, { clock });
  const talk = await site.smtp();
  await talk.login('ale');
  const began = clock.now();
  const to = ['bob@dead.example', 'bob@one.example'];
  assert.match(await talk.submit('ale@poul.org', to, `${FROM}\r\n`), /^250 /);
  await until('the living one has it', () => alive.length === 1);
  const attempts = (): Tried[] =>
    site.log.filter((line): line is Tried => line['to'] === '<bob@dead.example>');
  await until('the first try', () => attempts().length === 1);
  for (;;) {
    const seen = attempts().length;
    if (attempts().some(({ msg }) => msg === 'failed')) break;
    // The warning may stand behind the try that it came with.
    const next = attempts().findLast(({ msg }) => msg === 'deferred')!.next;
    if (next > clock.now()) clock.pass(next - clock.now());
    await until(`try ${seen + 1}`, () => attempts().length > seen);
  }
  await until('both reports are there', () => site.mailbox('ale').length === 2);
  const [warning, failure] = site.mailbox('ale');
  assert.match(warning!, /\nAction: delayed\nStatus: 4\.4\.1\n[^]*\nWill-Retry-Until: /);
  assert.match(failure!, /\nAction: failed\nStatus: 4\.4\.1\n/);
  const days = (clock.now() - began) / (24 * HOUR);
  assert.ok(days > 4 && days < 4.4, `${days}`);
  const deferred = attempts().filter(({ msg }) => msg === 'deferred').length;
  assert.ok(deferred > 20 && deferred < 32, `${deferred} attempts`);
  await until('the queue is empty', () => queued(site).length === 0);
  assert.equal(alive.length, 1);
});

test('nobody relays without a login; with one, a domain that does not exist is reported', async (context) => {
  const site = await new Internet(context).site({ outbound: { port: 25 } });
  const talk = await site.smtp();
  assert.match(await talk.send(['bob@none.example'], 'x'), /^503 5\.5\.1 /);
  await talk.say('RSET');
  await talk.login('ale');
  assert.match(await talk.submit('ale@poul.org', ['bob@none.example'], `${FROM}\r\n`), /^250 /);
  await until('the report is there', () => site.mailbox('ale').length === 1);
  assert.match(site.mailbox('ale')[0]!, /\nAction: failed\nStatus: 5\.1\.2\n/);
});

test('after a start, what waited is sent', async (context) => {
  const internet = new Internet(context);
  const letters = await internet.host('one.example', '127.0.0.2');
  const folder = makeFolder(context);
  const clock = new TestClock();
  const none = { resolver: zone({ 'one.example': { fail: 'ETIMEOUT' } }), clock };
  const first = await internet.site({}, none, folder);
  const talk = await first.smtp();
  await talk.login('ale');
  assert.match(await talk.submit('ale@poul.org', ['bob@one.example'], `${FROM}\r\n`), /^250 /);
  await until('it was tried', () => first.log.some(({ msg }) => msg === 'deferred'));
  await first.close();
  clock.pass(HOUR);
  await internet.site({}, { clock }, folder);
  await until('it has arrived', () => letters.length === 1);
});

test('who has gone while mail waited for him: its sender is told', async (context) => {
  const internet = new Internet(context);
  const letters = await internet.host('origin.example', '127.0.0.3');
  const folder = makeFolder(context);
  mkdirSync(join(folder, 'mail'));
  writeFileSync(join(folder, 'mail/bino'), 'this is no folder');
  const clock = new TestClock();
  const site = await internet.site({}, { clock }, folder);
  const talk = await site.smtp();
  const to = ['bino@poul.org', 'ale@poul.org'];
  assert.match(await talk.send(to, 'Subject: x\r\n\r\nHi', 'ann@origin.example'), /^250 /);
  const passwd = join(folder, 'passwd');
  writeFileSync(passwd, readFileSync(passwd, 'utf8').replace(/^bino.*\n/m, ''));
  clock.pass(20 * MINUTE);
  await until('the report came', () => letters.length === 1);
  assert.match(
    letters[0]!.text,
    /\r\nFinal-Recipient: rfc822; bino@poul\.org\r\nAction: failed\r\nStatus: 5\.1\.1\r\n/,
  );
  assert.equal(site.mailbox('ale').length, 1);
});

test('many dead hosts delay nobody, and a stop waits for none of them', async (context) => {
  const internet = new Internet(context);
  const letters = await internet.host('one.example', '127.0.0.2');
  for (let n = 0; n < 40; n++) internet.deadHost(`dead${n}.example`, '127.0.0.9');
  const clock = new TestClock();
  let silent = 0;
  const dialOrHang: Dial = (to, options) => {
    if (to.address === '127.0.0.2') return dial(to, options);
    silent++;
    if (clock.now() === began) return Promise.reject(new Error('no answer'));
    return new Promise((_, reject) =>
      options.cancel!.addEventListener('abort', () => reject(new Error('cut'))),
    );
  };
  const began = clock.now();
  const site = await internet.site({ queue: { attempts: 10 } }, { clock, dial: dialOrHang });
  const talk = await site.smtp();
  await talk.login('ale');
  const dead = Array.from({ length: 40 }, (_, n) => `bob@dead${n}.example`);
  assert.match(await talk.submit('ale@poul.org', dead, `${FROM}\r\n`), /^250 /);
  await until('all were tried', () => silent === 40);
  await until('all wait', () => site.log.filter(({ msg }) => msg === 'deferred').length === 40);
  clock.pass(20 * MINUTE);
  await until('five hang', () => silent === 45);
  for (let n = 1; n <= 20; n++) {
    assert.match(
      await talk.submit('ale@poul.org', [dead[n]!, 'bob@one.example'], `${FROM}\r\n`),
      /^250 /,
    );
    await until(`living ${n}`, () => letters.length === n);
  }
  assert.equal(silent, 45);
  await site.close();
  assert.equal(queued(site).length, 21);
  // What was cut was not tried: the next process begins with it.
  assert.equal(site.log.filter(({ msg }) => msg === 'deferred').length, 40);
});
