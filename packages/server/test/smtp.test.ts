import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { TestClock } from './test-clock.ts';
import { makeFolder, md5, PASSWORDS, startSite } from './site.ts';

const MESSAGE = 'From: ann@example.net\r\nSubject: ciao\r\n\r\nBody.\r\n..dot';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const plain = (user: string, password: string): string => base64(`\0${user}\0${password}`);

/** The header block of a stored message, unfolded; and what follows it. */
function parts(stored: string): { fields: string[]; body: string } {
  const end = stored.indexOf('\n\n');
  return {
    fields: stored
      .slice(0, end)
      .replaceAll(/\n(?=[ \t])/g, '')
      .split('\n'),
    body: stored.slice(end + 2),
  };
}

test('a message lies in the mailbox when 250 is said, headers in the order of Exim', async (context) => {
  const site = await startSite(context);
  const talk = await site.smtp();
  const reply = await talk.send(['ale+tag@poul.org'], MESSAGE);
  assert.match(reply, /^250 2\.0\.0 OK id=\w+$/);
  const [stored, ...others] = site.mailbox('ale');
  assert.deepEqual(others, []);
  const id = reply.split('=')[1];
  const { fields, body } = parts(stored!);
  assert.equal(body, 'Body.\n.dot\n');
  assert.match(fields[2]!, /^Delivery-date: \w{3}, \d\d \w{3} \d{4} [\d:]{8} [+-]\d{4}$/);
  assert.match(
    fields[3]!,
    new RegExp(
      `^Received: from \\[127\\.0\\.0\\.1\\] \\(helo=client\\.example\\)\tby poul\\.org with esmtp \\(Postino\\)\t\\(envelope-from <ann@example\\.net>\\)\tid ${id}\tfor ale\\+tag@poul\\.org;\t\\w{3}, `,
    ),
  );
  assert.deepEqual(
    [...fields.slice(0, 2), ...fields.slice(4)],
    [
      'Return-path: <ann@example.net>',
      'Envelope-to: ale+tag@poul.org',
      'From: ann@example.net',
      'Subject: ciao',
    ],
  );
});

test('several recipients: each mailbox once, with the addresses that led to it, and Received names none of them', async (context) => {
  const site = await startSite(context);
  const talk = await site.smtp();
  assert.match(
    await talk.send(['both@poul.org', 'ale+x@poul.org', 'Postmaster'], MESSAGE, ''),
    /^250 /,
  );
  const [ale, ...more] = site.mailbox('ale');
  assert.deepEqual(more, []);
  assert.match(
    ale!,
    /^Return-path: <>\nEnvelope-to: both@poul\.org,\n ale\+x@poul\.org,\n Postmaster\n/,
  );
  assert.doesNotMatch(ale!, /\tfor |envelope-from/);
  const [bino, ...others] = site.mailbox('bino');
  assert.deepEqual(others, []);
  assert.match(bino!, /^Return-path: <>\nEnvelope-to: both@poul\.org\n/);
  assert.deepEqual(readdirSync(join(site.folder, 'data/queue/entries')), []);
});

test('an alias may throw mail away', async (context) => {
  const site = await startSite(context);
  const talk = await site.smtp();
  assert.match(await talk.send(['nobody@poul.org'], MESSAGE), /^250 /);
  assert.ok(!existsSync(join(site.folder, 'mail/ale')));
});

for (const [what, message, stored] of [
  ['ends its last line', 'From: a@b\r\n\r\nBody.\r\n.dot\r\n', 'From: a@b\n\nBody.\n.dot\n'],
  ['ends within a line', 'From: a@b\r\n\r\nBody.\r\n.', 'From: a@b\n\nBody.\n.\n'],
  ['ends within its header', 'From: a@b', 'From: a@b\n\n'],
  ['is empty', '', '\n'],
] as const) {
  test(`a message in chunks that ${what} is stored as DATA would have it, and read by POP3`, async (context) => {
    const site = await startSite(context);
    const talk = await site.smtp();
    assert.match(await talk.say('EHLO client.example'), /^250-CHUNKING$/m);
    for (let cut = 0; cut <= message.length; cut += 3) {
      await talk.say('MAIL FROM:<ann@example.net>');
      await talk.say('RCPT TO:<ale@poul.org>');
      talk.write(`BDAT ${cut}\r\n${message.slice(0, cut)}`);
      assert.match(await talk.hear(), /^250 /);
      talk.write(`BDAT ${message.length - cut} LAST\r\n${message.slice(cut)}`);
      assert.match(await talk.hear(), /^250 2\.0\.0 OK id=/);
    }
    assert.equal(site.mailbox('ale').length, Math.floor(message.length / 3) + 1);
    for (const one of site.mailbox('ale')) {
      assert.equal(one.slice(one.indexOf('\n\tfor ale@')).replace(/^.*\n.*\n.*\n/, ''), stored);
    }
    const pop3 = await site.pop3();
    await pop3.say('USER ale');
    assert.match(await pop3.say(`PASS ${PASSWORDS.ale}`), /^\+OK/);
    pop3.write('RETR 1\r\n');
    assert.ok((await pop3.hearAll()).endsWith(`\n${stored.replace(/\n\./g, '\n..')}.`));
  });
}

test('CHUNKING may be turned off', async (context) => {
  const site = await startSite(context, { smtp: { chunking: false } });
  const talk = await site.smtp();
  assert.doesNotMatch(await talk.say('EHLO client.example'), /CHUNKING/);
  assert.match(await talk.say('BDAT 0 LAST'), /^50[03] /);
});

test('hostile 46: fields that only we may write are removed before ours are added', async (context) => {
  const site = await startSite(context);
  const forged = [
    'Return-Path: <forged@example.net>',
    'envelope-to: forged@example.net',
    'DELIVERY-DATE: yesterday,\r\n and folded',
    'X-Warning: forged',
    'Authentication-Results: poul.org; spf=pass',
    'Authentication-Results: other.example; spf=pass',
  ].join('\r\n');
  const talk = await site.smtp();
  assert.match(await talk.send(['ale@poul.org'], `${forged}\r\n${MESSAGE}`), /^250 /);
  const [stored] = site.mailbox('ale');
  assert.doesNotMatch(stored!, /forged|yesterday|folded|poul\.org; spf/);
  assert.match(stored!, /^Authentication-Results: other\.example/m);
});

const ODD: readonly (readonly [what: string, sent: string, stored: string])[] = [
  ['no blank line', 'Subject: x', 'Subject: x\n\n'],
  ['a first line that is no field', 'hello there\r\nSubject: x', '\nhello there\nSubject: x\n'],
  [
    'a line without colon among the fields',
    'A: b\r\nno colon\r\nC: d\r\n\r\nx',
    'A: b\n\nno colon\nC: d\n\nx\n',
  ],
  ['a space before the first field', ' Subject: x\r\n\r\ny', '\n Subject: x\n\ny\n'],
  ['an empty message', '', '\n'],
  [
    'a line of 100 000 octets',
    `A: ${'x'.repeat(100_000)}\r\n\r\ny`,
    `A: ${'x'.repeat(100_000)}\n\ny\n`,
  ],
  ['9 000 fields', `${'A: b\r\n'.repeat(9000)}\r\ny`, `${'A: b\n'.repeat(9000)}\ny\n`],
];
for (const [what, sent, expected] of ODD) {
  test(`hostile 47: ${what}`, async (context) => {
    const site = await startSite(context);
    const talk = await site.smtp();
    assert.match(await talk.send(['ale@poul.org'], sent), /^250 /);
    const stored = site.mailbox('ale')[0]!;
    assert.equal(stored.replace(/^Return-path[^]*?Received[^;]*;\n\t[^\n]*\n/, ''), expected);
  });
}

for (const [what, header] of [
  ['over the limit of octets', `A: ${'x'.repeat(1100)}\r\n`],
  ['of over 10 000 fields', 'A: b\r\n'.repeat(10_001)],
] as const) {
  test(`hostile 47: a header ${what} is refused after the end, and nothing is kept`, async (context) => {
    const limits = { header_size: what.includes('octets') ? '1KB' : '1MB' };
    const site = await startSite(context, { limits });
    const talk = await site.smtp();
    assert.match(await talk.send(['ale@poul.org'], `${header}\r\nbody`), /^552 5\.3\.4 /);
    assert.match(await talk.say('NOOP'), /^250 /);
    assert.ok(!existsSync(join(site.folder, 'mail/ale')));
  });
}

test('hostile 48: too many Received fields are a loop, folded ones counted once, in any case', async (context) => {
  const site = await startSite(context, { limits: { received: 3 } });
  const talk = await site.smtp();
  const loop = 'Received: a\r\nRECEIVED: b\r\n\tReceived: no field\r\nreceived : c\r\n';
  assert.match(await talk.send(['ale@poul.org'], `${loop}${MESSAGE}`), /^250 /);
  assert.match(
    await talk.send(['ale@poul.org'], `${loop}Received: d\r\n${MESSAGE}`),
    /^550 5\.4\.6 /,
  );
  assert.equal(site.mailbox('ale').length, 1);
});

test('hostile 52: a local part that could be a path is refused before a path is made', async (context) => {
  const site = await startSite(context);
  const talk = await site.smtp();
  await talk.say('EHLO client.example');
  await talk.say('MAIL FROM:<ann@example.net>');
  const locals = [
    '"../../etc/passwd"',
    '../../etc/passwd',
    '"."',
    '".."',
    'a/b',
    '"a/b"',
    '-rf',
    '|sh',
    '/var/x',
    '"C:"',
    '.',
    '..',
    '"ale/../bino"',
    'ale/',
    '"a\\\\b"',
  ];
  for (const local of locals)
    assert.match(
      await talk.say(`RCPT TO:<${local}@poul.org>`),
      /^(?:550 5\.1\.1|501 5\.1\.3) /,
      local,
    );
  talk.write('RCPT TO:<a\0b@poul.org>\r\n');
  assert.match(await talk.hear(), /^50[01] /);
  assert.deepEqual(readdirSync(join(site.folder, 'mail')), []);
});

test('hostile 52: a suffix is never used in a path', async (context) => {
  const site = await startSite(context);
  const talk = await site.smtp();
  assert.match(
    await talk.send(['ale+../../x@poul.org', 'ale-/etc/passwd@poul.org'], MESSAGE),
    /^250 /,
  );
  assert.deepEqual(readdirSync(join(site.folder, 'mail')), ['ale']);
});

test('a link in the place of a mailbox is not followed', async (context) => {
  const folder = makeFolder(context);
  mkdirSync(join(folder, 'mail'));
  mkdirSync(join(folder, 'elsewhere'));
  symlinkSync(join(folder, 'elsewhere'), join(folder, 'mail/ale'));
  const site = await startSite(context, {}, folder);
  const talk = await site.smtp();
  assert.match(await talk.send(['ale@poul.org'], MESSAGE), /^451 /);
  assert.deepEqual(readdirSync(join(folder, 'elsewhere')), []);
});

test('hostile 57: nobody relays', async (context) => {
  const site = await startSite(context);
  const talk = await site.smtp();
  await talk.say('EHLO client.example');
  await talk.say('MAIL FROM:<ann@example.net>');
  for (const path of [
    'bob@example.com',
    '"a@b"@example.com',
    '@poul.org:bob@example.com',
    'bob@[192.0.2.1]',
    'bob@sub.poul.org',
  ])
    assert.equal(await talk.say(`RCPT TO:<${path}>`), '550 5.7.1 relay not permitted', path);
  for (const path of [
    'a%example.com@poul.org',
    'example.com!a@poul.org',
    '"a@example.com"@poul.org',
    '@example.com:nope@poul.org',
  ])
    assert.match(await talk.say(`RCPT TO:<${path}>`), /^550 5\.1\.1 /, path);
  assert.match(await talk.say('RCPT TO:<a@example.com@poul.org>'), /^501 5\.1\.3 /);
  assert.match(await talk.say('RCPT TO:<@example.com:ale@POUL.org>'), /^250 /);
});

test('hostile 60: a disk without room is told before 250, and nothing is kept', async (context) => {
  const site = await startSite(context, { limits: { disk_reserve: '999999999GB' } });
  const talk = await site.smtp();
  await talk.say('EHLO client.example');
  assert.match(await talk.say('MAIL FROM:<ann@example.net>'), /^452 4\.3\.1 /);
  assert.match(await talk.say('NOOP'), /^250 /);
});

test('hostile 60: a mailbox that cannot be written to means 451, and nothing is kept', async (context) => {
  const folder = makeFolder(context);
  mkdirSync(join(folder, 'mail'));
  writeFileSync(join(folder, 'mail/ale'), 'this is no folder');
  const site = await startSite(context, {}, folder);
  const talk = await site.smtp();
  assert.match(await talk.send(['ale@poul.org'], MESSAGE), /^451 /);
  assert.match(await talk.send(['bino@poul.org'], MESSAGE), /^250 /);
  assert.deepEqual(readdirSync(join(folder, 'data/queue/entries')), []);
});

test('hostile 59: what the queue has taken comes later, once, though a mailbox was in the way', async (context) => {
  const folder = makeFolder(context);
  mkdirSync(join(folder, 'mail'));
  writeFileSync(join(folder, 'mail/bino'), 'this is no folder');
  const first = await startSite(context, {}, folder);
  const talk = await first.smtp();
  assert.match(await talk.send(['both@poul.org', 'ale@poul.org'], MESSAGE), /^250 /);
  await first.close();
  assert.equal(first.mailbox('ale').length, 1);
  assert.equal(readdirSync(join(folder, 'data/queue/entries')).length, 1);
  rmSync(join(folder, 'mail/bino'));
  const clock = new TestClock();
  clock.pass(3_600_000);
  const second = await startSite(context, {}, folder, { clock });
  assert.equal(second.mailbox('ale').length, 1);
  const [stored, ...others] = second.mailbox('bino');
  assert.deepEqual(others, []);
  assert.match(stored!, /^Return-path: <ann@example\.net>\nEnvelope-to: both@poul\.org\n/);
  assert.deepEqual(readdirSync(join(folder, 'data/queue/entries')), []);
});

test('a message above a megabyte passes through a file that has no name', async (context) => {
  const site = await startSite(context);
  const talk = await site.smtp();
  const body = `${'0123456789abcdef'.repeat(4)}\r\n`.repeat(40_000);
  assert.match(
    await talk.send(['ale@poul.org'], `Subject: large\r\n\r\n${body}.`.replace(/\.$/, 'end')),
    /^250 /,
  );
  assert.ok(site.mailbox('ale')[0]!.endsWith(`${body.replaceAll('\r\n', '\n')}end\n`));
  assert.deepEqual(readdirSync(join(site.folder, 'data/incoming')), []);
});

test('a message over the size is refused, and the session goes on', async (context) => {
  const site = await startSite(context, { smtp: { max_message_size: '1KB' } });
  const talk = await site.smtp();
  assert.match(await talk.say('EHLO client.example'), /^250-SIZE 1024$/m);
  assert.match(await talk.say('MAIL FROM:<ann@example.net> SIZE=1025'), /^552 5\.3\.4 /);
  assert.match(await talk.send(['ale@poul.org'], 'x'.repeat(1100)), /^552 5\.3\.4 /);
  assert.match(await talk.send(['ale@poul.org'], 'x'), /^250 /);
});

test('passwords: right, wrong, by LOGIN, and of no consequence without TLS', async (context) => {
  const site = await startSite(context);
  const talk = await site.smtp();
  await talk.say('EHLO client.example');
  assert.match(await talk.say(`AUTH PLAIN ${plain('ale', 'wrong')}`), /^535 5\.7\.8 /);
  assert.match(await talk.say(`AUTH PLAIN ${base64('nonsense')}`), /^501 5\.5\.2 /);
  assert.equal(await talk.say('AUTH LOGIN'), `334 ${base64('Username:')}`);
  assert.equal(await talk.say(base64('ALE')), `334 ${base64('Password:')}`);
  assert.match(await talk.say(base64(PASSWORDS.ale)), /^235 /);
  assert.match(await talk.send(['bino@poul.org'], MESSAGE), /^250 /);
  assert.match(site.mailbox('bino')[0]!, /with esmtpa /);
  assert.ok(site.log.some(({ msg, user }) => msg === 'message' && user === 'ale'));

  const strict = await startSite(context, { smtp: { allow_plaintext_auth: false } });
  const refused = await strict.smtp();
  assert.doesNotMatch(await refused.say('EHLO client.example'), /AUTH/);
  assert.match(await refused.say(`AUTH PLAIN ${plain('ale', PASSWORDS.ale)}`), /^5(?:03|38|30) /);
});

test('no password is ever in the log', async (context) => {
  const site = await startSite(context);
  const smtp = await site.smtp();
  await smtp.say('EHLO client.example');
  await smtp.say(`AUTH PLAIN ${plain('ale', 'wrongpassword')}`);
  await smtp.say(`AUTH PLAIN ${plain('ale', PASSWORDS.ale)}`);
  const pop3 = await site.pop3();
  await pop3.say('USER ale');
  await pop3.say('PASS wrongpassword');
  await pop3.say('USER ale');
  await pop3.say(`PASS ${PASSWORDS.ale}`);
  const log = JSON.stringify(site.log);
  for (const secret of [
    'wrongpassword',
    PASSWORDS.ale,
    md5(PASSWORDS.ale),
    plain('ale', PASSWORDS.ale),
  ])
    assert.ok(!log.includes(secret), secret);
});

test('connections over the limit are told so', async (context) => {
  const site = await startSite(context, { limits: { connections_per_address: 1 } });
  await site.smtp();
  const second = await site.smtp();
  assert.equal(await second.hear(), '');
  assert.ok(second.ended);
  assert.ok(site.log.some(({ msg }) => msg === 'too many connections'));
});

test('users who come, and aliases that change, are seen without a restart', async (context) => {
  const site = await startSite(context);
  const talk = await site.smtp();
  assert.match(await talk.send(['carla@poul.org'], MESSAGE), /^503 /);
  const users = ['ale', 'carla'].map((user) => `${user}:${md5('x')}::\n`);
  writeFileSync(join(site.folder, 'passwd'), users.join(''));
  assert.match(await talk.send(['carla@poul.org'], MESSAGE), /^250 /);
});

test('a file mode that others may read, as configured', async (context) => {
  const site = await startSite(context, { maildir: { mode: '0660' } });
  const talk = await site.smtp();
  assert.match(await talk.send(['ale@poul.org'], MESSAGE), /^250 /);
  const folder = join(site.folder, 'mail/ale/new');
  assert.equal(statSync(join(folder, readdirSync(folder)[0]!)).mode & 0o777, 0o660);
});

test('a mailbox over its quota takes no more: 452 alone, kept in the queue beside others, 552 for what never fits', async (context) => {
  const site = await startSite(context, { maildir: { quota: '2KB' } });
  const talk = await site.smtp();
  const large = `Subject: large\r\n\r\n${'x'.repeat(900)}\r\n`;
  assert.match(await talk.send(['ale@poul.org'], large), /^250 /);
  assert.match(await talk.send(['ale@poul.org'], large), /^452 4\.2\.2 /);
  assert.match(await talk.send(['ale@poul.org', 'bino@poul.org'], large), /^250 /);
  assert.equal(site.mailbox('ale').length, 1);
  assert.equal(site.mailbox('bino').length, 1);
  assert.match(await talk.send(['ale@poul.org'], large.repeat(3)), /^552 5\.2\.2 /);
});

test('line ends and delivery headers as configured', async (context) => {
  const site = await startSite(context, {
    maildir: { line_ends: 'crlf', delivery_headers: ['Return-path'] },
  });
  const talk = await site.smtp();
  assert.match(await talk.send(['ale@poul.org'], MESSAGE), /^250 /);
  const [stored] = site.mailbox('ale') as [string];
  assert.match(stored, /^Return-path: <[^>]*>\r\nReceived: /);
  assert.ok(!/(^|[^\r])\n/.test(stored));
  assert.ok(stored.endsWith('\r\n\r\nBody.\r\n.dot\r\n'), stored);
});

test('stopping lets the message end that is under way, and says 421 then', async (context) => {
  const site = await startSite(context);
  const talk = await site.smtp();
  await talk.say('EHLO client.example');
  await talk.say('MAIL FROM:<ann@example.net>');
  await talk.say('RCPT TO:<ale@poul.org>');
  await talk.say('DATA');
  const closed = site.close();
  talk.write('Subject: late\r\n\r\nstill taken\r\n.\r\n');
  assert.match(await talk.hear(), /^250 /);
  assert.match(await talk.hear(), /^421 /);
  await closed;
  assert.equal(site.mailbox('ale').length, 1);
});
