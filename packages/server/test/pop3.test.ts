import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { PASSWORDS, startSite, type Site, type Talk, type Wishes } from './site.ts';

/** A site where ale has two messages. */
async function filled(context: TestContext, wishes: Wishes = {}): Promise<Site> {
  const site = await startSite(context, wishes);
  const smtp = await site.smtp();
  for (const subject of ['one', 'two'])
    assert.match(
      await smtp.send(['ale@poul.org'], `Subject: ${subject}\r\n\r\n.${subject}`),
      /^250 /,
    );
  return site;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

async function login(talk: Talk, password: string = PASSWORDS.ale): Promise<string> {
  await talk.say('USER ale');
  return talk.say(`PASS ${password}`);
}

test('a mailbox is read, octet for octet, and what is deleted goes with QUIT', async (context) => {
  const site = await filled(context);
  const talk = await site.pop3();
  assert.equal(await login(talk), '+OK Logged in.');
  const [one, two] = site.mailbox('ale').map((stored) => stored.replaceAll('\n', '\r\n'));
  assert.equal(await talk.say('STAT'), `+OK 2 ${one!.length + two!.length}`);
  assert.equal(await talk.say('RETR 2'), `+OK ${two!.length} octets`);
  assert.equal(
    await talk.hearAll(),
    `${two!.replaceAll('\r\n', '\n').replace('\n.two', '\n..two')}.`,
  );
  assert.match(await talk.say('DELE 1'), /^\+OK/);
  assert.match(await talk.say('QUIT'), /^\+OK/);
  assert.equal(site.mailbox('ale').length, 1);
});

test('hostile 67: without QUIT nothing is removed, and the lock goes with the connection', async (context) => {
  const site = await filled(context);
  const talk = await site.pop3();
  await login(talk);
  await talk.say('DELE 1');
  talk.destroy();
  const again = await site.pop3();
  // The lock goes with the session, which ends when the server has seen that we left.
  let reply = await login(again);
  while (reply.startsWith('-ERR [IN-USE]')) reply = await login(again);
  assert.match(await again.say('STAT'), /^\+OK 2 /);
});

test('hostile 66: one session at a time has a mailbox', async (context) => {
  const site = await filled(context);
  const [first, second] = [await site.pop3(), await site.pop3()];
  assert.match(await login(first), /^\+OK/);
  assert.match(await login(second), /^-ERR \[IN-USE\] /);
  assert.match(await first.say('QUIT'), /^\+OK/);
  assert.match(await login(second), /^\+OK/);
});

test('a wrong password, an unknown user and an empty password are the same refusal', async (context) => {
  const site = await startSite(context);
  const talk = await site.pop3();
  const wrong = await login(talk, 'wrong');
  assert.match(wrong, /^-ERR \[AUTH\] /);
  await talk.say('USER nobody');
  assert.equal(await talk.say('PASS secret'), wrong);
  assert.ok(!readdirSync(join(site.folder, 'mail')).includes('nobody'));
});

test('AUTH PLAIN and AUTH LOGIN log in too', async (context) => {
  const site = await filled(context);
  const talk = await site.pop3();
  assert.match(await talk.say(`AUTH PLAIN ${base64('\0ale\0wrong')}`), /^-ERR \[AUTH\] /);
  assert.match(await talk.say(`AUTH PLAIN ${base64(`\0ALE\0${PASSWORDS.ale}`)}`), /^\+OK/);
  assert.match(await talk.say('STAT'), /^\+OK 2 /);
  await talk.say('QUIT');
  const other = await site.pop3();
  await other.say('AUTH LOGIN');
  await other.say(base64('ale'));
  assert.match(await other.say(base64(PASSWORDS.ale)), /^\+OK/);
});

test('hostile 65: a message that another program removed is refused, and its removal is no failure', async (context) => {
  const site = await filled(context);
  const talk = await site.pop3();
  await login(talk);
  const folder = join(site.folder, 'mail/ale/new');
  for (const file of readdirSync(folder)) rmSync(join(folder, file));
  assert.match(await talk.say('RETR 1'), /^-ERR /);
  assert.match(await talk.say('DELE 1'), /^\+OK/);
  assert.match(await talk.say('QUIT'), /^\+OK/);
});

test('the greeting is the configured one, and no password goes without TLS unless allowed', async (context) => {
  const site = await startSite(context, {
    pop3: { greeting: 'YOLO.', allow_plaintext_auth: false },
  });
  const talk = await site.pop3();
  assert.equal(talk.greeting, '+OK YOLO.');
  assert.match(await talk.say('USER ale'), /^-ERR \[AUTH\] /);
});

test('hostile 42: guesses end the session, and the next client is not held up', async (context) => {
  const site = await startSite(context, { limits: { guesses: 2 } });
  const talk = await site.pop3();
  await login(talk, 'wrong');
  assert.match(await login(talk, 'wrong'), /^-ERR /);
  assert.equal(await talk.hear(), '');
  assert.ok(talk.ended);
  assert.match(await login(await site.pop3()), /^\+OK/);
});
