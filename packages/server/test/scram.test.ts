import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { hashPassword } from '@postino/passwd-md5';
import { scramClient } from '@postino/sasl';
import { scrape } from './scrape.ts';
import { makeFolder, md5, PASSWORDS, startSite, type Talk } from './site.ts';

/** A folder in which every user's hash is for SCRAM. */
async function scramFolder(context: TestContext): Promise<string> {
  const folder = makeFolder(context);
  const lines = await Promise.all(
    Object.entries(PASSWORDS).map(
      async ([user, password]) => `${user}:${await hashPassword(password, 'SCRAM-SHA-256')}::\n`,
    ),
  );
  writeFileSync(join(folder, 'passwd'), lines.join(''));
  return folder;
}

/** Logs in by SCRAM, for both protocols, and hears the last reply. */
async function logIn(talk: Talk, user: string, password: string): Promise<string> {
  const client = scramClient({ mechanism: 'SCRAM-SHA-256', user, password });
  let said = `AUTH SCRAM-SHA-256 ${Buffer.from(client.start()!).toString('base64')}`;
  for (;;) {
    const [, challenge] = /^(?:334|\+) (.*)$/m.exec((said = await talk.say(said)).trimEnd()) ?? [];
    if (challenge === undefined) return said;
    const answer = client.step(Buffer.from(challenge, 'base64'));
    said = answer === null ? '*' : Buffer.from(answer).toString('base64');
  }
}

test('where all users have a hash for SCRAM, SMTP and POP3 take it', async (context) => {
  const wishes = { metrics: { listen: '127.0.0.1:0' } };
  const site = await startSite(context, wishes, await scramFolder(context));
  const smtp = await site.smtp();
  assert.match(await smtp.say('EHLO client.example'), /AUTH SCRAM-SHA-256 PLAIN LOGIN\r?$/m);
  assert.match(await logIn(smtp, 'ale', 'wrong'), /^535 5\.7\.8 /);
  assert.match(await logIn(smtp, 'nobody', PASSWORDS.ale), /^535 5\.7\.8 /);
  assert.match(await logIn(smtp, 'ale', PASSWORDS.ale), /^235 /);
  const pop3 = await site.pop3();
  pop3.write('CAPA\r\n');
  assert.match(await pop3.hearAll(), /^SASL SCRAM-SHA-256 PLAIN LOGIN\r?$/m);
  assert.match(await logIn(pop3, 'bino', 'wrong'), /^-ERR \[AUTH\] /);
  assert.match(await logIn(pop3, 'bino', PASSWORDS.bino), /^\+OK /);
  const { text } = await scrape(site);
  assert.match(text, /^postino_logins_total\{result="right"\} 2$/m);
  assert.match(text, /^postino_logins_total\{result="wrong"\} 3$/m);
});

test('where somebody has another hash, SCRAM is not offered, so that nobody is shut out', async (context) => {
  const folder = await scramFolder(context);
  appendFileSync(join(folder, 'passwd'), `old:${md5('x')}::\n`);
  const site = await startSite(context, {}, folder);
  const smtp = await site.smtp();
  assert.match(await smtp.say('EHLO client.example'), /AUTH PLAIN LOGIN\r?$/m);
  assert.match(await logIn(smtp, 'ale', PASSWORDS.ale), /^504 /);
  assert.match(await smtp.login('ale'), /^235 /);
});
