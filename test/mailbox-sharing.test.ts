/**
 * One Maildir for Dovecot, Exim, mutt and us, in turn: what one delivers, flags, moves and removes, the others see. What
 * is not installed is skipped with a word; with POSTINO_REQUIRE_CLIENTS=1, which CI sets, that is a failure.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { DOVECOT_UIDL, Maildir, type Entry, type MaildirOptions } from '@postino/maildir';
import { MailPrograms, missingPrograms } from './mail-programs.ts';

const required = process.env['POSTINO_REQUIRE_CLIENTS'] === '1';
/** Whoever the others are, they may do all with what we make. */
const SHARED = { mode: 0o666 };

function sharingTest(
  name: string,
  body: (programs: MailPrograms, maildir: Maildir) => Promise<void>,
  options: MaildirOptions = {},
): void {
  const skip =
    missingPrograms.length > 0 && !required && `${missingPrograms.join(', ')} not installed`;
  test(name, { skip }, async (t: TestContext) => {
    assert.deepEqual(
      missingPrograms,
      [],
      'not installed, and POSTINO_REQUIRE_CLIENTS=1 demands it',
    );
    const programs = new MailPrograms(t);
    await body(programs, await Maildir.create(programs.box, { ...SHARED, ...options }));
  });
}

const message = (subject: string): Uint8Array =>
  Buffer.from(`From: ann@example.net\r\nSubject: ${subject}\r\n\r\nHello.\r\n`);

async function textOf(maildir: Maildir, entry: Entry): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of maildir.read(entry)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

/** Flags by subject. */
async function seen(maildir: Maildir): Promise<Record<string, string>> {
  const pairs = (await maildir.list()).map(async (entry) => {
    const [, subject = ''] = /^Subject: (.*)\r$/m.exec(await textOf(maildir, entry)) ?? [];
    return [subject, entry.flags] as const;
  });
  return Object.fromEntries(await Promise.all(pairs));
}

/** The lines of an answer that have more than one. */
const listing = (answer: string): string[] =>
  answer.split('\r\n').filter((line) => /^\d/.test(line));

sharingTest(
  'what we deliver Dovecot reads, and what each flags the other sees',
  async (programs, maildir) => {
    const entry = await maildir.deliver(message('one'));
    await maildir.deliver(message('two'));
    const fetched = await programs.doveadm('fetch', 'hdr.subject size.virtual', 'all');
    assert.equal(
      fetched.match(new RegExp(`size.virtual: ${entry.size}$`, 'gm'))?.length,
      2,
      fetched,
    );
    await programs.doveadm('flags', 'add', '\\Flagged \\Seen', 'subject', 'two');
    assert.deepEqual(await seen(maildir), { one: '', two: 'FS' });
    await maildir.flag(entry, 'R');
    assert.match(await programs.doveadm('fetch', 'flags', 'subject', 'one'), /^flags: \\Answered/m);
    await programs.doveadm('expunge', 'mailbox', 'INBOX', 'subject', 'two');
    assert.deepEqual(await seen(maildir), { one: 'R' });
    await maildir.remove(entry);
    assert.doesNotMatch(await programs.doveadm('fetch', 'uid', 'all'), /uid/);
  },
);

sharingTest(
  'folders have the same names for Dovecot and for us, and mail moves between them',
  async (programs, maildir) => {
    await maildir.deliver(message('moves'));
    await maildir.createFolder(['Entwürfe & mehr', '日本']);
    await programs.doveadm('mailbox', 'create', 'Über.~x&');
    const listed = (await programs.doveadm('mailbox', 'list')).trimEnd().split('\n');
    const folders = (await maildir.folders()).map((path) => path.join('.'));
    assert.deepEqual(folders.toSorted(), ['Entwürfe & mehr.日本', 'Über.~x&']);
    for (const name of folders) assert.ok(listed.includes(name), `${name} in ${listed.join()}`);
    await programs.doveadm('move', 'Über.~x&', 'mailbox', 'INBOX', 'all');
    assert.deepEqual(await maildir.list(), []);
    assert.deepEqual(await seen(await maildir.folder(['Über', '~x&'])), { moves: '' });
  },
);

sharingTest(
  "Exim's messages have the size that Dovecot tells, found once, and its three fields",
  async (programs, maildir) => {
    await programs.exim('Subject: exim\n\nhello\n.dot\n');
    const [entry] = (await maildir.list()) as [Entry];
    const text = await textOf(maildir, entry);
    assert.match(
      text,
      /^Return-path: <ann@example.net>\r\nEnvelope-to: ale@exim.example\r\nDelivery-date: /,
    );
    assert.equal(text.length, entry.size);
    assert.deepEqual(listing(await programs.pop3('LIST', 'QUIT')), [`1 ${entry.size}`]);
    assert.match(
      readFileSync(join(programs.box, 'postino-sizes'), 'utf8'),
      new RegExp(`^${entry.size} `, 'm'),
    );
  },
);

sharingTest('mutt flags and deletes what we deliver', async (programs, maildir) => {
  await maildir.deliver(message('keep'));
  await maildir.deliver(message('away'));
  await programs.mutt('<limit>~s<space>keep<enter><set-flag>!<quit>');
  assert.deepEqual(await seen(maildir), { keep: 'F', away: '' });
  await programs.mutt('<delete-pattern>~s<space>away<enter><quit>');
  assert.deepEqual(Object.keys(await seen(maildir)), ['keep']);
  assert.match(await programs.doveadm('fetch', 'flags', 'all'), /\\Flagged/);
});

sharingTest(
  "unique-ids are those that Dovecot's POP3 gave, and its list stays as it was",
  async (programs, maildir) => {
    for (const subject of ['one', 'two', 'three']) await maildir.deliver(message(subject));
    await programs.exim('Subject: four\n\nhello\n');
    const given = listing(await programs.pop3('UIDL', 'QUIT')).map((line) => line.split(' ')[1]);
    const list = readFileSync(join(programs.box, 'dovecot-uidlist'));
    const late = await maildir.deliver(message('after the move'));
    const uids = (await maildir.list()).map(({ uid }) => uid);
    assert.equal(given.length, 4);
    assert.deepEqual(new Set(uids), new Set([...given, late.uid]));
    assert.deepEqual(readFileSync(join(programs.box, 'dovecot-uidlist')), list);
  },
  { uidl: DOVECOT_UIDL },
);
