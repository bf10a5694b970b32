import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  connectSmtp,
  run,
  SmtpServer,
  type MessageAnswer,
  type SmtpServerOptions,
} from '@postino/smtp-wire';
import { asciiBytes, memoryWires } from '@postino/wire';
import { codes, Driver, HOST } from './session.ts';

const LMTP = { protocol: 'lmtp' } as const;
const OVER_QUOTA = { code: 452, status: '4.2.2', text: 'mailbox full' } as const;

/** A session that asks `message`, after RCPT of two. */
function asking(options: Partial<SmtpServerOptions> = LMTP): SmtpServer {
  const driver = new Driver(options);
  driver.pump();
  driver.feed(options.protocol === 'lmtp' ? 'LHLO c.example\r\n' : 'EHLO c.example\r\n');
  driver.feed('MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nRCPT TO:<e@d.example>\r\n');
  driver.feed('DATA\r\n');
  driver.server.receive(asciiBytes('.\r\n'));
  assert.deepEqual(driver.server.next(), { type: 'message', size: 0 });
  return driver.server;
}

function said(server: SmtpServer): string {
  const event = server.next();
  assert.equal(event?.type, 'send');
  return event?.type === 'send' ? Buffer.from(event.bytes).toString() : '';
}

test('acceptEach gives each recipient their reply, and the session goes on', () => {
  const server = asking();
  server.acceptEach([{ code: 250, text: 'kept' }, OVER_QUOTA]);
  assert.equal(said(server), '250 2.0.0 kept\r\n452 4.2.2 mailbox full\r\n');
  assert.equal(server.next(), null);
  server.receive(asciiBytes('MAIL FROM:<a@b.example>\r\n'));
  assert.equal(server.next()?.type, 'mail');
});

test('acceptEach throws where it does not fit, and the question stays open', () => {
  const server = asking();
  const ok = { code: 250, text: 'kept' };
  for (const replies of [[], [ok], [ok, ok, ok], [ok, { code: 354, text: '' }]])
    assert.throws(() => server.acceptEach(replies), TypeError);
  server.accept();
  assert.deepEqual(codes(said(server)), [250, 250]);
  assert.throws(() => server.acceptEach([ok, ok]), { name: 'StateError' });
  assert.throws(() => asking({}).acceptEach([ok]), TypeError);
});

test('a 421 among the replies ends the session behind them', () => {
  const server = asking();
  server.acceptEach([{ code: 421, text: 'gone' }, OVER_QUOTA]);
  assert.deepEqual(codes(said(server)), [421, 452]);
  assert.deepEqual(server.next(), { type: 'close', reason: 'refused' });
});

const recipient = (localPart: string) => ({ address: { localPart, domain: 'd.example' } });

/** What a client hears of two recipients when the application answers so. */
async function sent(answer: MessageAnswer, chunking: boolean): Promise<number[]> {
  const [near, far] = memoryWires();
  const app = { rcpt: () => undefined, message: () => answer };
  const ended = run(new SmtpServer({ ...LMTP, hostname: HOST, chunking }), far, app);
  const connected = await connectSmtp(near, { ...LMTP, hostname: 'me.example' });
  assert.ok('connection' in connected);
  const results = await connected.connection.send(
    { from: { localPart: 'a', domain: 'b.example' }, to: [recipient('c'), recipient('e')] },
    (async function* () {
      yield asciiBytes('hello\r\n');
    })(),
  );
  await connected.connection.close();
  await ended;
  return results.map(({ reply }) => reply.code);
}

test('the application answers message once for all, or by an array of one answer each', async () => {
  for (const chunking of [false, true]) {
    assert.deepEqual(await sent(undefined, chunking), [250, 250]);
    assert.deepEqual(await sent(OVER_QUOTA, chunking), [452, 452]);
    assert.deepEqual(await sent([OVER_QUOTA, undefined], chunking), [452, 250]);
    // One answer too few is a fault of the application.
    assert.deepEqual(await sent([undefined], chunking), [451, 451]);
  }
});
