/** nodemailer, the client that most Node programs send with, against the whole server. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, beforeEach, test } from 'node:test';
import { createTransport } from 'nodemailer';
import { PASSWORDS, Site, type Server, type User } from './running-server.ts';

let site: Site;
let server: Server;
before(async () => {
  site = new Site();
  server = await site.start();
});
after(async () => {
  assert.equal(await server.stop(), 0);
  site.remove();
});

const seen: Record<User, number> = { ale: 0, daniele: 0 };
beforeEach(() => {
  for (const user of ['ale', 'daniele'] as const) seen[user] = site.mailbox(user).length;
});

/** What has come since the test began, as soon as it is so many messages. */
async function arrived(user: User, messages = 1): Promise<string[]> {
  for (;;) {
    const now = site.mailbox(user).slice(seen[user]);
    if (now.length >= messages) return now;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

type Options = NonNullable<Exclude<Parameters<typeof createTransport>[0], string>>;

/** STARTTLS demanded, our certificate trusted, nobody logged in, unless said otherwise. */
function transport(options: Record<string, unknown> = {}): ReturnType<typeof createTransport> {
  return createTransport({
    host: 'localhost',
    port: server.ports.smtp,
    name: 'client.example',
    requireTLS: true,
    tls: { ca: readFileSync(site.certificate, 'utf8') },
    ...options,
  } as Options);
}

const LETTER = {
  from: 'ann@example.net',
  to: 'ale@poul.org',
  subject: 'ciao',
  text: 'Hello.\n.dot\n',
};

test('nodemailer sends over STARTTLS, over implicit TLS and in the clear', async () => {
  for (const [options, protocol] of [
    [{}, 'esmtps'],
    [{ port: server.ports.smtps, secure: true }, 'esmtps'],
    [{ requireTLS: false, ignoreTLS: true }, 'esmtp'],
  ] as const) {
    seen.ale = site.mailbox('ale').length;
    const sent = await transport(options).sendMail(LETTER);
    assert.match(sent.response, /^250 2\.0\.0 OK id=/);
    const [stored] = await arrived('ale');
    assert.match(stored!, new RegExp(`\\n\\tby poul\\.org with ${protocol}[ \\n]`));
    assert.match(stored!, /\n\nHello\.\n\.dot\n$/);
  }
});

test('nodemailer trusts no certificate that nobody signed', async () => {
  await assert.rejects(transport({ tls: {} }).sendMail(LETTER), /certificate/);
});

for (const method of ['PLAIN', 'LOGIN'] as const) {
  test(`nodemailer logs in with ${method}, and not with a wrong password`, async () => {
    const auth = { user: 'daniele', pass: PASSWORDS.daniele, method };
    const letter = { ...LETTER, from: 'daniele@poul.org' };
    await transport({ auth, authMethod: method }).sendMail(letter);
    const [stored] = await arrived('ale');
    assert.match(stored!, /\n\tby poul\.org with esmtpsa[ \n]/);
    const wrong = transport({ auth: { ...auth, pass: 'wrong' }, authMethod: method });
    await assert.rejects(wrong.sendMail(letter), { code: 'EAUTH', responseCode: 535 });
  });
}

test('nodemailer is not offered to log in in the clear, and keeps its password', async () => {
  const auth = { user: 'daniele', pass: PASSWORDS.daniele };
  await transport({ auth, requireTLS: false, ignoreTLS: true }).sendMail(LETTER);
  const [stored] = await arrived('ale');
  assert.match(stored!, /\n\tby poul\.org with esmtp[ \n]/);
});

test('nodemailer hears of each recipient alone', async () => {
  const sent = await transport().sendMail({
    ...LETTER,
    to: ['ale@poul.org', 'nobody@poul.org', 'bob@abroad.example'],
  });
  assert.deepEqual(sent.accepted, ['ale@poul.org']);
  assert.deepEqual(sent.rejected, ['nobody@poul.org', 'bob@abroad.example']);
  await arrived('ale');
});

test('nodemailer sends attachments of any octets, and they are read back', async () => {
  const octets = randomBytes(300_000);
  await transport().sendMail({
    ...LETTER,
    html: '<p>Hello.</p>',
    attachments: [
      { filename: 'noise.bin', content: octets },
      { filename: 'perché.txt', content: '.\n..\n', contentTransferEncoding: '7bit' },
    ],
  });
  const [stored = ''] = await arrived('ale');
  const [, base64 = ''] =
    /name=noise\.bin\n(?:[\w-]+: [^]*?\n)*?\n([\w+/=\n]+)\n--/.exec(stored) ?? [];
  assert.equal(hash(Buffer.from(base64, 'base64')), hash(octets));
  assert.match(stored, /\n\.\n\.\.\n/);
});

test('nodemailer sends to and from names that are not ASCII (SMTPUTF8)', async () => {
  const sent = await transport().sendMail({
    ...LETTER,
    from: 'jürgen@example.net',
    to: 'ale+caffè@poul.org',
  });
  assert.deepEqual(sent.rejected, []);
  const [stored = ''] = await arrived('ale');
  const text = Buffer.from(stored, 'latin1').toString();
  assert.match(text, /^Return-path: <jürgen@example\.net>\nEnvelope-to: ale\+caffè@poul\.org\n/);
  assert.match(text, /\n\tby poul\.org with utf8smtps[ \n]/);
});

test('nodemailer asks to hear of success (DSN), and hears', async () => {
  const sent = await transport({
    auth: { user: 'daniele', pass: PASSWORDS.daniele },
  }).sendMail({
    ...LETTER,
    from: 'daniele@poul.org',
    dsn: {
      id: 'order-66',
      return: 'headers',
      notify: ['success', 'failure'],
      recipient: 'x@y.example',
    },
  });
  assert.deepEqual(sent.rejected, []);
  const [report = ''] = await arrived('daniele');
  assert.match(report, /^Return-path: <>\n/);
  assert.match(report, /^Original-Envelope-Id: order-66$/m);
  assert.match(report, /^Action: delivered$/m);
  assert.match(report, /^Original-Recipient: rfc822; ?x@y\.example$/im);
});

test('nodemailer sends a hundred messages through a pool', async () => {
  const pool = transport({ pool: true, maxConnections: 3, maxMessages: 20 });
  const subjects = Array.from({ length: 100 }, (_, index) => `message ${index}`);
  await Promise.all(subjects.map((subject) => pool.sendMail({ ...LETTER, subject })));
  pool.close();
  const stored = await arrived('ale', 100);
  const came = stored.map((text) => /^Subject: (.*)$/m.exec(text)?.[1]);
  assert.deepEqual(new Set(came), new Set(subjects));
  assert.equal(stored.length, 100);
});

function hash(octets: Uint8Array): string {
  return createHash('sha256').update(octets).digest('hex');
}
