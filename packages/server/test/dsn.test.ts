/** What a sender asked to be told of, through the whole server. RFC 3461. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Reply } from '@postino/wire';
import { Internet, until, type HostOptions, type Letter } from './internet.ts';
import { makeFolder, startSite, type Site, type Talk } from './site.ts';
import { TestClock } from './test-clock.ts';

const HOUR = 3_600_000;
const MESSAGE = 'From: ale@poul.org\r\nSubject: secret plan\r\n\r\nThe plan.';
const REFUSAL: Reply = { code: 550, status: '5.1.1', text: 'No such user' };

interface Desk {
  readonly site: Site;
  readonly talk: Talk;
  readonly letters: Letter[];
  readonly clock: TestClock;
}

function knows(to: string): Reply | undefined {
  return to.startsWith('no') ? REFUSAL : undefined;
}

/** A server where ale has logged in, and a host abroad that knows nobody whose name begins with `no`. */
async function open(context: TestContext, options: HostOptions = {}): Promise<Desk> {
  const internet = new Internet(context);
  const letters = await internet.host('one.example', '127.0.0.2', { rcpt: knows, ...options });
  internet.deadHost('dead.example', '127.0.0.9');
  const folder = makeFolder(context);
  writeFileSync(
    join(folder, 'aliases'),
    'both: ale, bino\nteam: bino, x@one.example, y@one.example\naway: x@one.example\n',
  );
  const clock = new TestClock();
  const site = await internet.site({}, { clock }, folder);
  const talk = await site.smtp();
  assert.match(await talk.login('ale'), /^235 /);
  return { site, talk, letters, clock };
}

/** Sends with parameters of MAIL, to addresses with parameters of RCPT. */
async function send(talk: Talk, params: string, to: readonly string[]): Promise<void> {
  assert.match(await talk.say(`MAIL FROM:<ale@poul.org>${params}`), /^250 /);
  for (const recipient of to) {
    const [address, ...more] = recipient.split(' ');
    assert.match(await talk.say([`RCPT TO:<${address}>`, ...more].join(' ')), /^250 /);
  }
  assert.match(await talk.say('DATA'), /^354 /);
  talk.write(`${MESSAGE}\r\n.\r\n`);
  assert.match(await talk.hear(), /^250 /);
}

/** What each report in the mailbox of ale says: `action recipient`, in order of the alphabet. */
function told(site: Site): string[] {
  const fields = /\nFinal-Recipient: rfc822; (.*)\nAction: (.*)\n/g;
  return site
    .mailbox('ale')
    .flatMap((text) => [...text.matchAll(fields)].map(([, to, action]) => `${action} ${to}`))
    .toSorted();
}

/** Whether nothing is under way any more. */
function isQuiet({ log }: Site, recipients: number): boolean {
  const ended = log.filter(({ msg }) => ['delivered', 'failed'].includes(String(msg)));
  const reports = log.filter(({ msg }) => msg === 'sender told');
  return ended.length === recipients + reports.length;
}

test('DSN is offered, unless the operator does not want it', async (context) => {
  const { talk } = await open(context);
  assert.match(await talk.say('EHLO client.example'), /^250[ -]DSN$/m);
  const without = await (await startSite(context, { smtp: { dsn: false } })).smtp();
  assert.doesNotMatch(await without.say('EHLO client.example'), /DSN/);
  assert.match(await without.say('MAIL FROM:<a@b.example> RET=HDRS'), /^5\d\d /);
});

test('success in a mailbox here is told to who asked for it, with what names message and recipient', async (context) => {
  const { site, talk } = await open(context);
  await send(talk, ' RET=FULL ENVID=QQ314+2B', [
    'bino@poul.org NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;Bino+2Bx@Elsewhere.example',
    'ale@poul.org NOTIFY=FAILURE',
  ]);
  await until('the report is there', () => site.mailbox('ale').length === 2);
  assert.deepEqual(told(site), ['delivered bino@poul.org']);
  const report = site.mailbox('ale').find((text) => text.includes('Final-Recipient'))!;
  assert.match(report, /^Return-path: <>\n/);
  assert.match(report, /\nOriginal-Envelope-Id: QQ314\+\n/);
  assert.match(report, /\nOriginal-Recipient: rfc822;Bino\+x@Elsewhere\.example\n/);
  assert.match(report, /\nStatus: 2\.\d\.\d+\n/);
  // All of it goes back only with a failure. RFC 3461 §4.3.
  assert.match(report, /\nSubject: secret plan\n/);
  assert.doesNotMatch(report, /The plan\./);
  assert.equal(site.mailbox('bino').length, 1);
});

test('failure abroad is told unless the sender does not want to hear of it, with as much as it asked for', async (context) => {
  const { site, talk } = await open(context);
  await send(talk, ' RET=HDRS', [
    'no1@one.example',
    'no2@one.example NOTIFY=FAILURE',
    'no3@one.example NOTIFY=NEVER',
    'no4@one.example NOTIFY=SUCCESS,DELAY',
  ]);
  await until('all is over', () => isQuiet(site, 4));
  assert.deepEqual(told(site), ['failed no1@one.example', 'failed no2@one.example']);
  assert.doesNotMatch(site.mailbox('ale')[0]!, /The plan\./);
  await send(talk, ' RET=FULL', ['no5@one.example']);
  await until('the second report is there', () => site.mailbox('ale').length === 2);
  const [whole, ...others] = site.mailbox('ale').filter((text) => text.includes('The plan.'));
  assert.match(whole!, /\nFinal-Recipient: rfc822; no5@one\.example\n[^]*\n\nThe plan\.\n/);
  assert.deepEqual(others, []);
});

test('delay is told to who did not say otherwise', async (context) => {
  const { site, talk, clock } = await open(context);
  await send(talk, '', [
    'a@dead.example',
    'b@dead.example NOTIFY=DELAY',
    'c@dead.example NOTIFY=FAILURE,SUCCESS',
    'd@dead.example NOTIFY=NEVER',
  ]);
  const deferred = (): number => site.log.filter(({ msg }) => msg === 'deferred').length;
  await until('all are tried', () => deferred() === 4);
  clock.pass(25 * HOUR);
  await until('the warning is there', () => site.mailbox('ale').length === 1);
  assert.deepEqual(told(site), ['delayed a@dead.example', 'delayed b@dead.example']);
});

test('what was asked for is passed on to a host that knows of it, and nothing is said here', async (context) => {
  const { site, talk, letters } = await open(context, { dsn: true });
  await send(talk, ' RET=HDRS ENVID=a+2Bb', [
    'bob@one.example NOTIFY=SUCCESS,DELAY ORCPT=rfc822;Robert@one.example',
    'eve@one.example',
  ]);
  await until('all is over', () => isQuiet(site, 2));
  assert.deepEqual(letters[0]!.asked, [
    { ret: 'HDRS', envid: 'a+b' },
    { notify: ['SUCCESS', 'DELAY'], orcpt: 'rfc822;Robert@one.example' },
    {},
  ]);
  assert.deepEqual(told(site), []);
});

test('success at a host without DSN is told of as relayed, and nothing is asked of it', async (context) => {
  const { site, talk, letters } = await open(context);
  await send(talk, ' RET=HDRS ENVID=e1', [
    'bob@one.example NOTIFY=SUCCESS',
    'eve@one.example',
    'ann@one.example NOTIFY=FAILURE',
    'nobody@one.example NOTIFY=SUCCESS',
  ]);
  await until('it is told', () => site.mailbox('ale').length === 1);
  await until('all is over', () => isQuiet(site, 4));
  assert.deepEqual(told(site), ['relayed bob@one.example']);
  assert.match(site.mailbox('ale')[0]!, /\nRemote-MTA: dns; mx\.one\.example\n/);
  assert.deepEqual(letters[0]!.asked.slice(1), [{}, {}, {}]);
});

test('an alias of several is told of as expanded, and what goes on asks for no word of success', async (context) => {
  const { site, talk, letters } = await open(context, { dsn: true });
  await send(talk, ' ENVID=e1', ['team@poul.org NOTIFY=SUCCESS,FAILURE']);
  await until('it is told', () => told(site).length === 1);
  await until('all is over', () => isQuiet(site, 3));
  assert.deepEqual(told(site), ['expanded team@poul.org']);
  const orcpt = 'rfc822;team@poul.org';
  const asked = { notify: ['FAILURE'], orcpt };
  assert.deepEqual(letters[0]!.asked, [{ ret: undefined, envid: 'e1' }, asked, asked]);
  await send(talk, '', ['both@poul.org NOTIFY=SUCCESS']);
  await until('the second is told', () => told(site).length === 2);
  assert.equal(site.mailbox('bino').length, 2);
});

test('an alias of one is no end: its own host tells', async (context) => {
  const { site, talk, letters } = await open(context, { dsn: true });
  await send(talk, '', ['away@poul.org NOTIFY=SUCCESS']);
  await until('all is over', () => isQuiet(site, 1));
  assert.deepEqual(letters[0]!.asked[1], { notify: ['SUCCESS'], orcpt: 'rfc822;away@poul.org' });
  assert.deepEqual(told(site), []);
});

test('hostile 78: a null sender is told of nothing, whatever it asked for', async (context) => {
  const { site, talk } = await open(context);
  for (const to of ['bino@poul.org', 'both@poul.org', 'nobody@one.example']) {
    await talk.say('MAIL FROM:<> ENVID=x');
    assert.match(await talk.say(`RCPT TO:<${to}> NOTIFY=SUCCESS,FAILURE`), /^250 /);
    await talk.say('DATA');
    talk.write(`${MESSAGE}\r\n.\r\n`);
    assert.match(await talk.hear(), /^250 /);
  }
  await until('all is over', () => isQuiet(site, 3));
  assert.ok(!site.log.some(({ msg }) => msg === 'sender told'));
  // Its own copy of what went to both.
  assert.equal(site.mailbox('ale').length, 1);
});
