/** What holds for those who have logged in. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SendingLimiter } from '../src/sending-limiter.ts';
import { Internet, until, type Letter } from './internet.ts';
import type { Site, Talk, Wishes } from './site.ts';
import type { TestContext } from 'node:test';
import { TestClock } from './test-clock.ts';

interface Desk {
  readonly letters: Letter[];
  readonly site: Site;
  /** Logged in as ale. */
  readonly talk: Talk;
}

async function open(context: TestContext, wishes: Wishes = {}): Promise<Desk> {
  const internet = new Internet(context);
  const letters = await internet.host('one.example', '127.0.0.2');
  const site = await internet.site(wishes);
  const talk = await site.smtp();
  assert.match(await talk.login('ale'), /^235 /);
  return { letters, site, talk };
}

const TO = ['bob@one.example'];

/** Header fields, and what becomes of them; or the reply. */
const TABLE: readonly (readonly [what: string, header: string, then: RegExp])[] = [
  ['no From', 'Subject: x\r\n', /^550 5\.6\.0 The message has no From field$/],
  ['two From', 'From: ale@poul.org\r\nFrom: bino@poul.org\r\n', /^550 5\.6\.0 /],
  ['a From that is none', 'From: ale@@poul\r\n', /^550 5\.6\.0 /],
  ['From of another', 'From: ceo@bank.example\r\n', /^Sender: ale@poul\.org\r$/m],
  [
    'Sender of another',
    'From: ale@poul.org\r\nSender: ceo@bank.example\r\n',
    /^(?![^]*^Sender:)[^]*^From: ale@poul\.org\r$/m,
  ],
  ['an alias and a suffix', 'From: Ale <ale+x@poul.org>\r\n', /^(?![^]*^Sender:)/m],
  ['Bcc', 'From: ale@poul.org\r\nBCC: eve@x.example,\r\n ann@x.example\r\n', /^(?![^]*x\.example)/],
  ['no Date', 'From: ale@poul.org\r\n', /^Date: \w{3}, \d{1,2} \w{3} \d{4} /m],
  ['no Message-ID', 'From: ale@poul.org\r\n', /^Message-ID: <\w+@poul\.org>\r$/m],
  [
    'Date and Message-ID',
    'From: ale@poul.org\r\nDate: then\r\nMessage-ID: <a@b>\r\n',
    /^Date: then\r\nMessage-ID: <a@b>\r\n\r$/m,
  ],
];
test('hostile 49: what is mended in a submission, and what is refused', async (context) => {
  const { letters, talk } = await open(context);
  for (const [what, header, then] of TABLE) {
    const before = letters.length;
    const reply = await talk.submit('ale@poul.org', TO, `${header}\r\nHi`);
    if (reply.startsWith('250')) await until(what, () => letters.length > before);
    const got = letters.length > before ? letters.at(-1)!.text : reply;
    assert.match(got, then, what);
    await talk.say('RSET');
  }
});

test('hostile 49: nothing is mended for who has not logged in', async (context) => {
  const { site } = await open(context);
  const talk = await site.smtp();
  assert.match(await talk.send(['ale@poul.org'], 'Bcc: x@x.example\r\n\r\nHi'), /^250 /);
  const [stored] = site.mailbox('ale');
  assert.match(stored!, /\nBcc: x@x\.example\n/);
  assert.doesNotMatch(stored!, /\nDate:|\nMessage-ID:/);
});

test('hostile 49: a sender bound to its login', async (context) => {
  const { letters, talk } = await open(context, { submission: { bind_sender: true } });
  const mine = 'From: ale@poul.org\r\n\r\n';
  assert.match(await talk.say('MAIL FROM:<bino@poul.org>'), /^550 5\.7\.1 /);
  assert.match(await talk.say('MAIL FROM:<ale@one.example>'), /^550 5\.7\.1 /);
  const spoofed = await talk.submit('ale@poul.org', TO, 'From: bino@poul.org\r\n\r\n');
  assert.match(spoofed, /^550 5\.7\.1 /);
  for (const from of ['ale@poul.org', 'ale+work@poul.org', 'both@poul.org', ''])
    assert.match(await talk.submit(from, TO, mine), /^250 /, from);
  await until('all four came', () => letters.length === 4);
});

test('the way of a client can be hidden', async (context) => {
  const { letters, talk } = await open(context, { submission: { hide_client: true } });
  assert.match(await talk.submit('ale@poul.org', TO, 'From: ale@poul.org\r\n\r\n'), /^250 /);
  await until('it came', () => letters.length === 1);
  assert.match(letters[0]!.text, /^Received: by poul\.org with esmtpa \(Postino\)\r\n/);
  assert.doesNotMatch(letters[0]!.text, /127\.0\.0\.1|client\.example/);
});

test('a port for our own users alone', async (context) => {
  const internet = new Internet(context);
  const site = await internet.site({ submission: { listen: ['127.0.0.1:0'] } });
  const talk = await site.submission();
  await talk.say('EHLO client.example');
  assert.equal(await talk.say('MAIL FROM:<ale@poul.org>'), '530 5.7.0 Authentication required');
  await talk.login('ale');
  const mine = 'From: ale@poul.org\r\n\r\n';
  assert.match(await talk.submit('ale@poul.org', ['bino@poul.org'], mine), /^250 /);
});

test('one login may send only so much in an hour, and others are not touched by that', async (context) => {
  const internet = new Internet(context);
  const clock = new TestClock();
  const limits = { messages_per_hour: 2, guess_delay: '0s', disk_reserve: '1MB' };
  const site = await internet.site({ limits }, { clock });
  const talk = await site.smtp();
  await talk.login('ale');
  const send = (): Promise<string> =>
    talk.submit('ale@poul.org', ['bino@poul.org'], 'From: ale@poul.org\r\n\r\n');
  assert.match(await send(), /^250 /);
  assert.match(await send(), /^250 /);
  assert.match(await send(), /^450 4\.7\.1 /);
  const other = await site.smtp();
  await other.login('bino');
  const message = 'From: bino@poul.org\r\n\r\n';
  assert.match(await other.submit('bino@poul.org', ['ale@poul.org'], message), /^250 /);
  clock.pass(3_600_000);
  await talk.say('RSET');
  assert.match(await send(), /^250 /);
});

test('the limiter counts recipients too, and what was refused does not count', () => {
  const limiter = new SendingLimiter({ messages: 10, recipients: 5 });
  assert.deepEqual(
    [3, 3, 2, 1].map((recipients) => limiter.take('ale', recipients, 0)),
    [true, false, true, false],
  );
  assert.ok(!limiter.take('ale', 1, 3_599_999));
  assert.ok(limiter.take('ale', 5, 3_600_000));
});
