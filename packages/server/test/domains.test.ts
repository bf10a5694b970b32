/** Domains with users of their own, beside the users with bare names. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { run } from './run.ts';
import { makeFolder, md5, messages, startSite, type Site, type Talk } from './site.ts';

const DOMAINS = {
  'Example.NET': {
    passwd: 'net.passwd',
    aliases: 'net.aliases',
    maildir: 'mail/{domain}/{user}',
    suffix_separators: ['.'],
    catch_all: 'bino@poul.org',
  },
  'bücher.example': { passwd: 'empty.passwd' },
  'more.example': {},
};
const NET = { carol: 'hers', ale: 'another' };

/** The users of `makeFolder` for poul.org and more.example, others for example.net, and nobody for bücher.example. */
function makeDomains(context: TestContext): string {
  const folder = makeFolder(context);
  const users = Object.entries(NET).map(([user, password]) => `${user}:${md5(password)}::\n`);
  writeFileSync(join(folder, 'net.passwd'), users.join(''));
  writeFileSync(join(folder, 'net.aliases'), 'team: carol, ale, ale@poul.org\nown: \\carol\n');
  writeFileSync(join(folder, 'empty.passwd'), '');
  return folder;
}

function start(context: TestContext, folder = makeDomains(context)): Promise<Site> {
  return startSite(context, { domains: DOMAINS }, folder);
}

async function logIn(talk: Talk, user: string, password: string): Promise<string> {
  return talk.say(`AUTH PLAIN ${Buffer.from(`\0${user}\0${password}`).toString('base64')}`);
}

test('each address reaches the mailbox of its own domain', async (context) => {
  const site = await start(context);
  const talk = await site.smtp();
  const table: readonly (readonly [to: string, ...mailboxes: string[]])[] = [
    ['ale@poul.org', 'ale'],
    ['ale@example.net', 'example.net/ale'],
    ['carol.x@EXAMPLE.net', 'example.net/carol'],
    ['own@example.net', 'example.net/carol'],
    ['team@example.net', 'example.net/carol', 'example.net/ale', 'ale'],
    ['nobody@example.net', 'bino'],
    ['carol+x@example.net', 'bino'],
    ['ale@more.example', 'ale'],
    ['both@more.example', 'ale', 'bino'],
    ['postmaster@poul.org', 'ale'],
    ['postmaster@example.net', 'example.net/carol'],
    ['postmaster@xn--bcher-kva.example', 'ale'],
    ['postmaster@more.example', 'ale'],
  ];
  for (const [to, ...mailboxes] of table) {
    const subject = `Subject: to ${to}`;
    assert.match(await talk.send([to], `${subject}\r\n\r\nHi`), /^250 /, to);
    for (const mailbox of ['ale', 'bino', 'example.net/ale', 'example.net/carol']) {
      const has = messages(join(site.folder, 'mail', mailbox)).some((one) => one.includes(subject));
      assert.equal(has, mailboxes.includes(mailbox), `${to} in ${mailbox}`);
    }
  }
  for (const to of ['carol@poul.org', 'ale@xn--bcher-kva.example', 'own@more.example'])
    assert.match(await talk.say(`RCPT TO:<${to}>`), /^5/, to);
});

test('who is of a domain alone logs in with the whole address, for POP3 and to send', async (context) => {
  const site = await start(context);
  await (await site.smtp()).send(['ale@example.net'], 'Subject: theirs\r\n\r\nHi');
  const table: readonly (readonly [user: string, password: string, right: boolean])[] = [
    ['ale', 'secret', true],
    ['Ale@Example.NET', 'another', true],
    ['ale@example.net', 'secret', false],
    ['ale', 'another', false],
    ['ale@poul.org', 'secret', false],
    ['carol', 'hers', false],
    ['carol@example.net', 'hers', true],
    ['../ale@example.net', 'another', false],
    ['ale@more.example', 'secret', false],
    ['@example.net', 'hers', false],
  ];
  for (const [user, password, right] of table) {
    const smtp = await site.smtp();
    await smtp.say('EHLO client.example');
    assert.match(await logIn(smtp, user, password), right ? /^235 / : /^535 /, user);
    const pop3 = await site.pop3();
    await pop3.say(`USER ${user}`);
    assert.match(await pop3.say(`PASS ${password}`), right ? /^\+OK/ : /^-ERR \[AUTH\]/, user);
    if (right)
      assert.match(await pop3.say('STAT'), user === 'Ale@Example.NET' ? /^\+OK 1 / : /^\+OK 0 /);
    await pop3.say('QUIT');
  }
  const users = site.log.flatMap(({ user, msg }) => (msg === 'logged in' ? [user] : []));
  assert.deepEqual([...new Set(users)], ['ale', 'ale@example.net', 'carol@example.net']);
});

test("a login owns the addresses that lead to its mailbox, and no namesake's", async (context) => {
  const wishes = { domains: DOMAINS, submission: { listen: ['127.0.0.1:0'], bind_sender: true } };
  const site = await startSite(context, wishes, makeDomains(context));
  const talk = await site.smtp();
  await talk.say('EHLO client.example');
  assert.match(await logIn(talk, 'ale@example.net', 'another'), /^235 /);
  assert.match(await talk.say('MAIL FROM:<ale@poul.org>'), /^550 5\.7\.1 /);
  const sent = await talk.submit(
    'ale@example.net',
    ['carol@example.net'],
    'From: ale@example.net\r\n\r\nHi',
  );
  assert.match(sent, /^250 /);
});

test('a mailbox is none that holds the mailboxes of others, and no link is followed', async (context) => {
  const folder = makeDomains(context);
  writeFileSync(join(folder, 'passwd'), `ale:${md5('secret')}::\nexample.net:${md5('x')}::\n`);
  mkdirSync(join(folder, 'mail/example.net'), { recursive: true });
  symlinkSync('/tmp', join(folder, 'mail/example.net/carol'));
  const site = await start(context, folder);
  const talk = await site.smtp();
  for (const to of ['example.net@poul.org', 'carol@example.net'])
    assert.match(await talk.send([to], 'Subject: x\r\n\r\nHi'), /^451 /, to);
  assert.ok(!existsSync(join(folder, 'mail/example.net/new')));
});

test('a file of a domain that is missing stops the start, and its key is named', async (context) => {
  const domains = { 'example.net': { passwd: 'nowhere' } };
  await assert.rejects(
    startSite(context, { domains }),
    /^Error: domains\."example\.net"\.passwd: .*nowhere/,
  );
});

test('postino user --domain and postino route know the domains', async (context) => {
  const folder = makeDomains(context);
  const file = join(folder, 'postino.toml');
  const toml = [
    'hostname = "poul.org"',
    '[users]',
    'passwd = "passwd"',
    '[maildir]',
    'path = "mail/{user}"',
  ];
  const own = ['[domains."example.net"]', 'passwd = "net.passwd"', '[domains."more.example"]'];
  writeFileSync(file, [...toml, ...own, ''].join('\n'));
  const at = (...args: string[]) =>
    run(context, [...args, '--config', file], { input: 'a password\n' });

  const added = await at('user', 'add', 'dora', '--domain', 'Example.net');
  assert.deepEqual([added.err, added.code], ['', 0]);
  assert.match(readFileSync(join(folder, 'net.passwd'), 'utf8'), /^dora:\{CRYPT\}/m);
  const listed = await at('user', 'list', '--domain', 'example.net');
  assert.match(listed.out, /^dora /m);
  assert.doesNotMatch((await at('user', 'list')).out, /dora/);
  for (const domain of ['more.example', 'other.example']) {
    const { err, code } = await at('user', 'list', '--domain', domain);
    assert.equal(code, 1);
    assert.match(
      err,
      /^postino: \S+ has no users of its own; (?:leave --domain out|give \[domains\.)/,
    );
  }
  assert.match((await at('route', 'dora@example.net')).out, /mailbox of dora@example\.net$/m);
  assert.match((await at('route', 'ale@more.example')).out, /mailbox of ale$/m);
  assert.equal((await at('route', 'dora@poul.org')).code, 2);
});
