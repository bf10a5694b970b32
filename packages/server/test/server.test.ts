import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { pino } from 'pino';
import { generateKey } from '@postino/dkim';
import { selfSigned } from '@postino/node';
import { checkConfig, startServer } from '@postino/server';
import { makeFolder, settings, startSite, type Wishes } from './site.ts';

/** Starts what cannot start; gives the message. */
async function failure(folder: string, wishes: Wishes = {}): Promise<string> {
  const config = checkConfig(settings(wishes), { folder });
  const error: unknown = await startServer(config, { logger: pino({ level: 'silent' }) }).then(
    (server) => server.close(),
    (error: unknown) => error,
  );
  assert.ok(error instanceof Error, 'it has started');
  return error.message;
}

test('a second server in the same data_dir is refused, until the first has gone', async (context) => {
  const site = await startSite(context);
  assert.match(
    await failure(site.folder),
    /^data_dir: .*\/data is in use by another Postino server; stop that one/,
  );
  await site.close();
  const second = await startSite(context, {}, site.folder);
  assert.equal(second.addresses.smtp.length, 1);
});

test('hostile 30: a session lasts as long as it may, and no longer', async (context) => {
  const site = await startSite(context, { limits: { session_time: '1s' } });
  const [smtp, pop3] = [await site.smtp(), await site.pop3()];
  assert.match(await smtp.hear(), /^421 /);
  assert.match(await pop3.hear(), /^-ERR \[SYS\/TEMP\] /);
  for (const talk of [smtp, pop3]) while (!talk.ended) await talk.hear();
});

test('a port that another program has is named with its key', async (context) => {
  const folder = makeFolder(context);
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  context.after(() => other.close());
  const { port } = other.address() as AddressInfo;
  const message = await failure(folder, { pop3: { listen: [`127.0.0.1:${port}`] } });
  assert.equal(
    message,
    `pop3.listen: cannot listen on 127.0.0.1 port ${port}: another program has this port; stop that one, or choose another port`,
  );
  assert.match(
    await failure(folder, { smtp: { listen: ['192.0.2.1:0'] } }),
    /^smtp\.listen: .*: this machine has no such address$/,
  );
});

test('what cannot be read is named: passwd, aliases, certificate, key', async (context) => {
  const folder = makeFolder(context);
  assert.match(await failure(folder, { users: { passwd: 'gone' } }), /^users\.passwd: .*\/gone/);
  assert.match(await failure(folder, { aliases: { file: 'gone' } }), /^aliases\.file: .*\/gone/);
  assert.match(await failure(folder, { tls: { certificate: 'gone.pem' } }), /^tls: .*gone\.pem/);
  const { certificate } = selfSigned(['localhost']);
  writeFileSync(join(folder, 'certificate.pem'), certificate);
  assert.match(
    await failure(folder, { tls: { certificate: 'certificate.pem', key: 'gone.pem' } }),
    /gone\.pem/,
  );
});

test('a DKIM key that cannot sign stops the start, and is named', async (context) => {
  const folder = makeFolder(context);
  const dkim = { domain: 'poul.org', private_key: 'dkim.key' };
  assert.match(await failure(folder, { dkim }), /^dkim\.private_key: .*\/dkim\.key/);
  writeFileSync(join(folder, 'dkim.key'), 'no key');
  assert.match(
    await failure(folder, { dkim }),
    /^dkim\.private_key: the DKIM key is not a private/,
  );
  const { privateKey } = await generateKey({ algorithm: 'ed25519' });
  writeFileSync(join(folder, 'dkim.key'), privateKey);
  const selector = `${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}`;
  assert.match(await failure(folder, { dkim: { ...dkim, selector } }), /^dkim: .* too long/);
});

const PKCS8 = { type: 'pkcs8', format: 'pem' } as const;
const { publicKey, privateKey: good } = generateKeyPairSync('ed25519');
/** Keys that DKIM cannot use, and what is said of them. */
const UNFIT = [
  ['the public one', publicKey.export({ type: 'spki', format: 'pem' }), /not a private key/],
  [
    'one of 512 bits',
    generateKeyPairSync('rsa', { modulusLength: 512 }).privateKey.export(PKCS8),
    /has 512 bits; RSA needs at least 1024/,
  ],
  [
    'one of another kind',
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export(PKCS8),
    /must be RSA or Ed25519, not ec/,
  ],
  [
    'one under a passphrase',
    good.export({ ...PKCS8, cipher: 'aes-256-cbc', passphrase: 'x' }),
    /without a passphrase/,
  ],
] as const;
for (const [what, key, says] of UNFIT) {
  test(`a DKIM key that is unfit stops the start: ${what}`, async (context) => {
    const folder = makeFolder(context);
    writeFileSync(join(folder, 'dkim.key'), key);
    const message = await failure(folder, {
      dkim: { domain: 'poul.org', private_key: 'dkim.key' },
    });
    assert.match(message, /^dkim\.private_key: /);
    assert.match(message, says);
    const [, line = ''] = String(key).split('\n');
    assert.ok(!message.includes(line), 'the key is in the message');
  });
}

test('hostile 55: commands, files and includes in the alias file are faults with a line, and nothing is run', async (context) => {
  const folder = makeFolder(context);
  writeFileSync(
    join(folder, 'aliases'),
    'fine: ale\na: "|touch ran"\nb: /var/x\nc: :include:/etc/passwd\n',
  );
  const message = await failure(folder);
  for (const line of [2, 3, 4]) assert.match(message, new RegExp(`aliases:${line}: `));
});

test('hostile 54: aliases are read again when they change; a file that has gone means 451, not 550', async (context) => {
  const site = await startSite(context);
  const talk = await site.smtp();
  const rcpt = async (): Promise<string> => {
    await talk.say('EHLO client.example');
    await talk.say('MAIL FROM:<ann@example.net>');
    return talk.say('RCPT TO:<fresh@poul.org>');
  };
  assert.match(await rcpt(), /^550 5\.1\.1 /);
  const file = join(site.folder, 'aliases');
  writeFileSync(file, 'fresh: ale\n');
  // As if it had been left alone for a while.
  utimesSync(file, new Date(), new Date(Date.now() - 10_000));
  assert.match(await rcpt(), /^250 /);
  rmSync(file);
  assert.match(await rcpt(), /^451 /);
});

test('postmaster is the first user of the file, and the next when that one has gone', async (context) => {
  const site = await startSite(context);
  const talk = await site.smtp();
  assert.match(await talk.send(['postmaster@poul.org'], 'Subject: one\r\n\r\n'), /^250 /);
  assert.equal(site.mailbox('ale').length, 1);
  writeFileSync(
    join(site.folder, 'passwd'),
    readFileSync(join(site.folder, 'passwd'), 'utf8').replace(/^ale.*\n/, ''),
  );
  assert.match(await talk.send(['POSTMASTER'], 'Subject: two\r\n\r\n'), /^250 /);
  assert.equal(site.mailbox('bino').length, 1);
});

test('the operator is warned of what is hardly meant', async (context) => {
  const strict = { allow_plaintext_auth: false };
  const site = await startSite(context, {
    smtp: strict,
    pop3: strict,
    aliases: { postmaster: 'nobody' },
  });
  const warnings = site.log.filter(({ level }) => level === 40).map(({ msg }) => msg);
  for (const says of [
    /^nobody can log in by smtp/,
    /^nobody can log in by pop3/,
    /^mail for the postmaster has no mailbox/,
  ])
    assert.ok(
      warnings.some((warning) => says.test(String(warning))),
      String(says),
    );
});

test('TLS from the first octet, and by STARTTLS and STLS where there is a certificate', async (context) => {
  const folder = makeFolder(context);
  const { certificate, key } = selfSigned(['localhost']);
  writeFileSync(join(folder, 'both.pem'), `${certificate}${key}`);
  const tlsOnly = {
    listen: ['127.0.0.1:0'],
    tls_listen: ['127.0.0.1:0'],
    allow_plaintext_auth: false,
  };
  const site = await startSite(
    context,
    {
      smtp: tlsOnly,
      submission: { tls_listen: ['127.0.0.1:0'] },
      pop3: tlsOnly,
      tls: { certificate: 'both.pem' },
    },
    folder,
  );
  assert.match(await (await site.smtp()).say('EHLO client.example'), /^250-STARTTLS$/m);
  const pop3 = await site.pop3();
  await pop3.say('CAPA');
  assert.match(await pop3.hearAll(), /^STLS$/m);
  for (const [service, greeting] of [
    ['smtps', /^220 poul\.org /],
    ['submissions', /^220 poul\.org /],
    ['pop3s', /^\+OK /],
  ] as const) {
    const { port } = site.addresses[service][0]!;
    const socket = connectTls({
      port,
      host: '127.0.0.1',
      servername: 'localhost',
      ca: certificate,
    });
    const [first] = (await once(socket, 'data')) as [Buffer];
    assert.match(String(first), greeting);
    socket.destroy();
  }
});

test('the folder of the mailboxes may itself be a link', async (context) => {
  const folder = makeFolder(context);
  mkdirSync(join(folder, 'real'));
  symlinkSync(join(folder, 'real'), join(folder, 'mail'));
  const site = await startSite(context, {}, folder);
  assert.match(await (await site.smtp()).send(['ale@poul.org'], 'Subject: x\r\n\r\n'), /^250 /);
});
