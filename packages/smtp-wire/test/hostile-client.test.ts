import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Envelope } from '@postino/address';
import { connectSmtp, DEFAULT_CLIENT_LIMITS, type ContentFacts } from '@postino/smtp-wire';
import { asciiBytes, latin1, memoryWires } from '@postino/wire';
import { ClientDriver, ehlo, envelope, ready } from './client-driver.ts';

const STARTTLS = ehlo(['STARTTLS', 'PIPELINING']);
const BROKEN = /^close broken 451 4\.[57]\.0 \w+ local$/;

test('hostile 21: octets behind the 220 to STARTTLS end the connection, in one piece or in two', () => {
  for (const behind of [['220 go\r\n250 injected\r\n'], ['220 go\r\n2'], ['220 go\r\n', '2']]) {
    const driver = new ClientDriver();
    driver.feed('220 mx.example\r\n');
    driver.feed(STARTTLS);
    driver.said = '';
    // No handshake here: the driver shakes hands as soon as it is told to, so that what comes next is inside.
    const { client } = driver;
    const events = [];
    for (const piece of behind) {
      client.receive(asciiBytes(piece));
      for (let event; (event = client.next());) events.push(event.type);
    }
    assert.equal(events.at(-1), 'close');
    assert.ok(behind.length === 2 || !events.includes('startTls'), 'no handshake is begun');
    assert.throws(() => client.secured({ protocol: '', cipher: '', authorized: true }));
  }
});

test('hostile 21: octets that wait on the wire before the handshake end the connection', async () => {
  const [here, there] = memoryWires();
  const connected = connectSmtp(here, { hostname: 'me.example' });
  await there.write(asciiBytes('220 mx.example\r\n'));
  await there.read(0);
  await there.write(asciiBytes(STARTTLS));
  assert.equal(latin1(await octets(there)), 'STARTTLS\r\n');
  await there.write(asciiBytes('220 go\r\n'));
  await there.write(asciiBytes('250 injected\r\n'));
  const result = await connected;
  assert.ok('failure' in result);
  assert.equal(result.failure.phase, 'startTls');
  assert.equal(result.failure.reply.status, '4.7.0');
  assert.equal(here.tls, null);
});

async function octets(wire: ReturnType<typeof memoryWires>[0]): Promise<Uint8Array> {
  const got = await wire.read(0);
  assert.ok(got instanceof Uint8Array);
  return got;
}

test('hostile 22: a reply before its command, and one too many, end the connection', () => {
  const cases: [string, ClientDriver, string][] = [
    ['two greetings', new ClientDriver(), '220 a\r\n220 b\r\n'],
    ['a greeting and the answer to EHLO', new ClientDriver(), '220 a\r\n250 b\r\n'],
    ['a greeting and half an answer', new ClientDriver(), '220 a\r\n25'],
    ['one while nothing is asked', ready(), '250 surprise\r\n'],
    ['a refusal while nothing is asked', ready(), '550 surprise\r\n'],
  ];
  for (const [name, driver, said] of cases) {
    assert.equal(driver.feed(said), '', name);
    assert.match(driver.news().at(-1) ?? '', BROKEN, name);
  }
});

test('hostile 22: a reply that waits when a message is begun is not taken for that to MAIL', () => {
  const driver = ready(['PIPELINING']);
  driver.client.receive(asciiBytes('250 ok\r\n250 ok\r\n354 go\r\n'));
  driver.client.begin(envelope('a@b.example', ['c@d.example']));
  assert.equal(driver.pump(), '');
  assert.deepEqual(driver.news().slice(-3), [
    'recipient 0 451 4.5.0 mail local',
    'finished',
    'close broken 451 4.5.0 mail local',
  ]);
});

test('hostile 22: a 250 before the end of the content accepts nothing', () => {
  for (const early of [true, false]) {
    const driver = ready(['PIPELINING']);
    driver.call((client) => client.begin(envelope('a@b.example', ['c@d.example'])));
    driver.feed(`250 ok\r\n250 ok\r\n354 go\r\n${early ? '250 taken\r\n' : ''}`);
    if (!early) {
      driver.call((client) => client.content(asciiBytes('hello\r\n')));
      driver.feed('250 taken\r\n');
    }
    assert.deepEqual(driver.news().slice(-3), [
      'recipient 0 451 4.5.0 content local',
      'finished',
      'close broken 451 4.5.0 content local',
    ]);
  }
});

test('hostile 22: 250- that never ends, and a line that never ends, are bounded', () => {
  const { replyLine, replyLines } = DEFAULT_CLIENT_LIMITS;
  const endless: [string, number][] = [
    ['250-more\r\n', replyLines],
    ['250-\r\n', replyLines],
    ['2', replyLine + 1],
    ['250-' + 'x'.repeat(60), replyLine / 64 + 1],
  ];
  for (const [piece, most] of endless) {
    const driver = new ClientDriver();
    driver.feed('220 mx.example\r\n');
    let fed = 0;
    while (!driver.closed && fed <= most) {
      driver.feed(piece);
      fed++;
    }
    assert.match(driver.news().at(-1) ?? '', BROKEN, piece);
    assert.ok(fed <= most, `${piece} ended after ${fed}`);
  }
});

test('hostile 22: what is no SMTP ends the connection', () => {
  for (const said of [
    '+OK POP3 ready\r\n',
    'SSH-2.0-OpenSSH_9.6\r\n',
    '\x16\x03\x01\x00\r\n',
    '220 ok\n',
    '220 a\rb\r\n',
    '220 \0\r\n',
    '120 wait\r\n',
    '620 odd\r\n',
    '354 odd\r\n',
    '220-a\r\n250 b\r\n',
    '\r\n',
  ]) {
    const driver = new ClientDriver();
    driver.feed(said);
    assert.match(driver.news().at(-1) ?? '', BROKEN, said);
    assert.equal(driver.said, '');
  }
});

test('hostile 50: nothing that holds CR, LF or NUL reaches the wire through an argument', () => {
  const bad = ['\r\nRCPT TO:<x@y>', '\r', '\n', '\0'];
  for (const text of bad) {
    const path = { localPart: `a@b>${text}`, domain: 'b.example' };
    const good = { localPart: 'a', domain: 'b.example' };
    const to = [{ address: good }];
    // Some of these no caller with types could write: hence JSON.
    const envelopes: readonly Envelope[] = throughJson([
      { from: path, to },
      { from: { localPart: 'a', domain: `b.example${text}` }, to },
      { from: { localPart: 'a', domain: `[127.0.0.1]${text}` }, to },
      { from: good, to: [...to, { address: path }] },
      { from: good, to: [{ address: good, orcpt: `rfc822;${text}` }] },
      { from: good, to: [{ address: good, orcpt: `rfc${text};a@b` }] },
      { from: good, to, envid: text },
      { from: good, to, ret: `FULL${text}` },
      { from: good, to, body: `7BIT${text}` },
      { from: good, to: [{ address: good, notify: [`DELAY${text}`] }] },
    ]);
    const facts: ContentFacts = throughJson({ size: text });
    for (const extensions of [[], ['DSN', '8BITMIME', 'SMTPUTF8', 'PIPELINING']]) {
      const driver = ready(extensions);
      for (const wrong of envelopes)
        assert.throws(() => driver.client.begin(wrong), TypeError, JSON.stringify(wrong));
      assert.throws(() => driver.client.begin({ from: good, to }, facts), TypeError);
      assert.throws(() => driver.client.authenticate(`PLAIN${text}`, null), TypeError);
      assert.equal(driver.pump(), '');
      // And no harm was done.
      driver.call((client) => client.begin({ from: good, to }));
      assert.match(driver.said, /^MAIL FROM:<a@b.example>\r\n/);
    }
    assert.throws(() => new ClientDriver({ hostname: `me${text}` }), TypeError);
  }
});

function throughJson(value: unknown): ReturnType<typeof JSON.parse> {
  return JSON.parse(JSON.stringify(value));
}

test('hostile 50: an address with a quoted blank stays one argument', () => {
  const driver = ready();
  const said = driver.call((client) =>
    client.begin({
      from: { localPart: 'a b>"', domain: 'c.example' },
      to: [{ address: { localPart: 'x', domain: 'y' } }],
    }),
  );
  assert.equal(said, 'MAIL FROM:<"a b>\\""@c.example>\r\n');
});
