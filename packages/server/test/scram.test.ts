import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { hashPassword } from '@postino/passwd-md5';
import { dial, selfSigned } from '@postino/node';
import { connectPop3 } from '@postino/pop3-wire';
import { scramClient, tlsExporter, type SaslClient } from '@postino/sasl';
import { connectSmtp } from '@postino/smtp-wire';
import type { TlsInfo } from '@postino/wire';
import { until } from './internet.ts';
import { scrape } from './scrape.ts';
import { makeFolder, md5, PASSWORDS, startSite, type Site, type Talk } from './site.ts';

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

/** The same server, with a certificate for its address. */
async function securedSite(context: TestContext): Promise<{ site: Site; certificate: string }> {
  const folder = await scramFolder(context);
  const { certificate, key } = selfSigned(['127.0.0.1']);
  writeFileSync(join(folder, 'both.pem'), `${certificate}${key}`);
  return {
    site: await startSite(context, { tls: { certificate: 'both.pem' } }, folder),
    certificate,
  };
}

/** Bound to the TLS that stands; it takes nothing less. */
function bound(tls: TlsInfo | null): SaslClient[] {
  const who = { user: 'ale', password: PASSWORDS.ale };
  const channelBinding = tlsExporter(tls);
  return [scramClient({ ...who, mechanism: 'SCRAM-SHA-256-PLUS', channelBinding })];
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

test('behind STARTTLS and STLS a login is bound to the TLS', async (context) => {
  const { site, certificate } = await securedSite(context);
  const plain = await site.smtp();
  assert.match(await plain.say('EHLO client.example'), /AUTH SCRAM-SHA-256 PLAIN LOGIN\r?$/m);
  assert.match(await plain.say('AUTH SCRAM-SHA-256-PLUS biws'), /^504 /);

  const wire = (service: 'smtp' | 'pop3') =>
    dial(
      { address: '127.0.0.1', port: site.addresses[service][0]!.port },
      { authorities: [certificate] },
    );
  const handshake = { serverName: '127.0.0.1', verify: 'pki' } as const;
  const smtp = await connectSmtp(await wire('smtp'), {
    hostname: 'client.example',
    startTls: 'required',
    handshake,
    mechanisms: bound,
  });
  assert.ok('connection' in smtp, JSON.stringify(smtp));
  await smtp.connection.close();
  const pop3 = await connectPop3(await wire('pop3'), { handshake, mechanisms: bound });
  assert.ok('connection' in pop3, JSON.stringify(pop3));
  await pop3.connection.quit();
});

test('the login at a smarthost is by SCRAM where that is offered', async (context) => {
  const { site: relay, certificate } = await securedSite(context);
  const site = await startSite(
    context,
    {
      hostname: 'other.example',
      outbound: {
        smarthost: `127.0.0.1:${relay.addresses.smtp[0]!.port}`,
        smarthost_user: 'ale',
        smarthost_password: PASSWORDS.ale,
        ignore_target_hosts: [],
      },
    },
    makeFolder(context),
    { dial: (to, options) => dial(to, { ...options, authorities: [certificate] }) },
  );
  const talk = await site.smtp();
  await talk.login('ale');
  const sent = await talk.submit(
    'ale@other.example',
    ['bino@poul.org'],
    'From: ale@other.example\r\n\r\nHi',
  );
  assert.match(sent, /^250 /);
  await until('it has come', () => relay.mailbox('bino').length === 1);
  const logins = relay.log.filter(({ msg }) => msg === 'logged in');
  assert.deepEqual(
    logins.map(({ user, mechanism }) => [user, mechanism]),
    [['ale', 'SCRAM-SHA-256-PLUS']],
  );
});
