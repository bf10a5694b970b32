/** The examples for Node, each with a real counterpart on the loopback. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { generateKey, txtStrings, verify } from '@postino/dkim';
import { zone } from '@postino/dns';
import { selfSigned } from '@postino/node';
import { createTransport } from 'nodemailer';
import { check, describe } from '../../examples/check-message/check.ts';
import { createInbox } from '../../examples/fastify-inbox/inbox.ts';
import { Maildrops } from '../../examples/pop3-database/maildrops.ts';
import { createRelay } from '../../examples/signing-relay/relay.ts';
import { Inbox } from '../../examples/test-inbox/inbox.ts';
import { programTest } from '../program-test.ts';

const command = promisify(execFile);
const LETTER = { from: 'ann@example.net', to: 'ale@example.org', subject: 'ciao', text: 'Hello.' };

function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'postino-example-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function startInbox(context: TestContext): Promise<Inbox> {
  const inbox = await Inbox.start();
  context.after(() => inbox.stop());
  return inbox;
}

test('test-inbox: what nodemailer sends is waited for', async (context) => {
  const inbox = await startInbox(context);
  const arrived = inbox.message(({ to }) => to.includes('ale@example.org'));
  const client = createTransport({ host: '127.0.0.1', port: inbox.port, ignoreTLS: true });
  await client.sendMail({ ...LETTER, to: 'bob@example.org' });
  await client.sendMail(LETTER);
  const { from, to, content } = await arrived;
  assert.deepEqual({ from, to }, { from: 'ann@example.net', to: ['ale@example.org'] });
  assert.match(content, /^Subject: ciao\r$/m);
  assert.equal(inbox.messages.length, 2);
});

test('test-inbox: a wait can be given up', async (context) => {
  const inbox = await startInbox(context);
  await assert.rejects(
    inbox.message(() => true, AbortSignal.abort()),
    { name: 'AbortError' },
  );
});

test('fastify-inbox: mail is refused, or stored and shown', async (context) => {
  const addresses = new Set(['ale@example.org']);
  const options = { folder: join(temporaryFolder(context), 'mail'), addresses };
  const { web, smtp } = await createInbox({ ...options, hostname: 'web.test' });
  context.after(() => web.close());
  const { port } = await smtp.listen({ port: 0, host: '127.0.0.1' });
  const client = createTransport({ host: '127.0.0.1', port, ignoreTLS: true });

  await assert.rejects(client.sendMail({ ...LETTER, to: 'bob@example.org' }), /No such user/);
  const twice = { envelope: LETTER, raw: 'From: a@b.c\r\nFrom: d@e.f\r\n\r\nHello.\r\n' };
  await assert.rejects(client.sendMail(twice), /One From field/);
  const attachments = [{ content: Buffer.alloc(300_000, 'x') }]; // many chunks
  await client.sendMail({ ...LETTER, attachments });
  await client.sendMail({ envelope: LETTER, raw: 'From: ann@example.net\r\n' }); // a header alone

  const list = (await web.inject('/messages')).json<{ uid: string; size: number }[]>();
  assert.equal(list.length, 2);
  const shown = await web.inject(`/messages/${list[0]!.uid}`);
  assert.equal(shown.headers['content-type'], 'message/rfc822');
  assert.equal(shown.rawPayload.length, list[0]!.size);
  assert.match(shown.payload, /^From: ann@example\.net\r\n/);
  assert.equal((await web.inject('/messages/none')).statusCode, 404);
});

test('signing-relay: who logs in is signed for and handed on', async (context) => {
  const inbox = await startInbox(context);
  const { privateKey, record } = await generateKey({ algorithm: 'ed25519' });
  const tls = selfSigned(['localhost']);
  const relay = createRelay({
    hostname: 'relay.test',
    tls,
    verify: (user, password) => user === 'ann' && Buffer.from(password).toString() === 'secret',
    dkim: { domain: 'example.net', selector: 'mail', key: privateKey },
    smarthost: { host: '127.0.0.1', port: inbox.port },
  });
  context.after(() => relay.close());
  const { port } = await relay.listen({ port: 0, host: '127.0.0.1' });
  const server = { host: 'localhost', port, requireTLS: true, tls: { ca: tls.certificate } };

  await assert.rejects(createTransport(server).sendMail(LETTER), /Authentication required/);
  const wrong = { ...server, auth: { user: 'ann', pass: 'wrong' } };
  await assert.rejects(createTransport(wrong).sendMail(LETTER), { responseCode: 535 });
  const client = createTransport({ ...server, auth: { user: 'ann', pass: 'secret' } });
  await assert.rejects(client.sendMail({ envelope: LETTER, raw: 'To: ale\r\n\r\n' }), /From field/);
  await client.sendMail({ ...LETTER, bcc: 'ale@example.org' });

  const [received] = inbox.messages;
  assert.doesNotMatch(received!.content, /^Bcc:/im);
  const resolver = zone({ 'mail._domainkey.example.net': { TXT: [txtStrings(record)] } });
  const [signature] = await verify(Buffer.from(received!.content), { resolver });
  assert.equal(signature?.result, 'pass');
});

test('check-message: a file in, a verdict out', async (context) => {
  const file = join(temporaryFolder(context), 'message.eml');
  writeFileSync(file, 'From: Ann <ann@example.net>\r\nSubject: ciao\r\n\r\nHello.\r\n');
  const resolver = zone({
    'example.net': { TXT: ['v=spf1 ip4:192.0.2.1 -all'] },
    '_dmarc.example.net': { TXT: ['v=DMARC1; p=reject'] },
  });
  const client = { ip: '192.0.2.1', helo: 'mail.example.net', sender: 'ann@example.net' };
  const good = await check(file, client, resolver);
  assert.equal(
    describe(good, 'mx.test').replaceAll(/\r\n\t/g, ' '),
    'Authentication-Results: mx.test; spf=pass smtp.mailfrom=example.net; dmarc=pass header.from=example.net\r\n',
  );
  const bad = await check(file, { ...client, ip: '192.0.2.2' }, resolver);
  assert.equal(bad.spf.result, 'fail');
  assert.equal(bad.dmarc.disposition, 'reject');
});

programTest('curl', { name: 'fetches and removes what pop3-database keeps' }, async (context) => {
  const maildrops = new Maildrops(join(temporaryFolder(context), 'mail.db'));
  const server = maildrops.server(selfSigned(['localhost']));
  context.after(() => maildrops.close());
  context.after(() => server.close());
  const { port } = await server.listen({ port: 0, host: '127.0.0.1', implicitTls: true });
  maildrops.addUser('ale', 'secret');
  maildrops.deliver('ale', Buffer.from('Subject: one\r\n\r\n.dot\r\n'));
  maildrops.deliver('ale', Buffer.from('Subject: two\r\n\r\n'));
  maildrops.deliver('bob', Buffer.from('Subject: of another\r\n\r\n'));

  const curl = async (path: string, user: string, ...more: string[]): Promise<string> => {
    const url = `pop3s://127.0.0.1:${port}/${path}`;
    return (await command('curl', ['-sk', '--user', user, url, ...more])).stdout;
  };
  await assert.rejects(curl('', 'ale:wrong'), { code: 67 }); // the login was denied
  await assert.rejects(curl('', 'eve:secret'), { code: 67 });
  assert.equal(await curl('', 'ale:secret'), '1 22\r\n2 16\r\n');
  assert.equal(await curl('1', 'ale:secret'), 'Subject: one\r\n\r\n.dot\r\n');
  await curl('1', 'ale:secret', '--request', 'DELE', '--list-only');
  assert.equal(await curl('', 'ale:secret', '--request', 'UIDL'), '1 2\r\n');
});
