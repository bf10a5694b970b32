import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectSmtp } from '@postino/smtp-wire';
import { asciiBytes, CancelSource, memoryWires, StateError, type Wire } from '@postino/wire';
import { ehlo, envelope, ME, outcome } from './client-driver.ts';
import { connectionOf, content, failureOf, MESSAGE, Peer, ready, TAKEN } from './peer.ts';

test('a message, and its results', async () => {
  const { peer, connection } = await ready();
  const sent = connection.send(MESSAGE, content('he', 'llo\r\n'));
  assert.match(await peer.hear(), /^MAIL.*\r\nRCPT.*\r\nRCPT.*\r\nDATA\r\n$/s);
  await peer.say('250 ok\r\n250 ok\r\n550 5.1.1 no\r\n354 go\r\n');
  let heard = '';
  while (!heard.endsWith('\r\n.\r\n')) heard += await peer.hear();
  assert.equal(heard, 'hello\r\n.\r\n');
  await peer.say('250 2.0.0 taken\r\n');
  const results = await sent;
  assert.deepEqual(results.map(outcome), ['250 2.0.0 content', '550 5.1.1 rcpt']);
  assert.deepEqual(
    results.map(({ recipient }) => recipient),
    MESSAGE.to,
  );
  assert.equal(connection.end, null);
  assert.equal(connection.extensions.pipelining, true);
  const closed = connection.close();
  assert.equal(await peer.hear(), 'QUIT\r\n');
  await peer.say('221 bye\r\n');
  await closed;
  assert.deepEqual(connection.end, { type: 'close', reason: 'quit', failure: null });
  await connection.close();
  await assert.rejects(connection.send(MESSAGE, content()), StateError);
});

test('an envelope that cannot be written rejects, and the connection lives', async () => {
  const { connection } = await ready();
  await assert.rejects(connection.send(envelope('', []), content()), TypeError);
  assert.equal(connection.end, null);
});

test('content is not read when nobody takes the message', async () => {
  const { peer, connection } = await ready();
  let read = false;
  const sent = connection.send(MESSAGE, {
    [Symbol.asyncIterator]() {
      read = true;
      return content();
    },
  });
  await peer.hear();
  await peer.say('250 ok\r\n550 no\r\n550 no\r\n503 no\r\n');
  assert.deepEqual((await sent).map(outcome), ['550 rcpt', '550 rcpt']);
  assert.equal(read, false);
});

test('the server refuses in the middle: its word is the result, and no more content is read', async () => {
  const { peer, connection } = await ready();
  let closed = false;
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield asciiBytes('more\r\n');
    } finally {
      closed = true;
    }
  }
  const sent = connection.send(MESSAGE, endless());
  await peer.hear();
  await peer.say(TAKEN);
  await peer.hear();
  await peer.say('552 5.3.4 enough\r\n');
  assert.deepEqual((await sent).map(outcome), ['552 5.3.4 content', '552 5.3.4 content']);
  assert.equal(closed, true);
  assert.equal(connection.end?.reason, 'refused');
});

/** A wire that rejects those writes, by their number, that it is told to. */
function failing(wire: Wire, fails: (write: number) => boolean): Wire {
  let writes = 0;
  return {
    peer: wire.peer,
    local: wire.local,
    tls: null,
    read: (timeout) => wire.read(timeout),
    write: (bytes) => (fails(++writes) ? Promise.reject(new Error('EPIPE')) : wire.write(bytes)),
    buffered: () => wire.buffered(),
    startTls: () => wire.startTls(),
    close: () => wire.close(),
    destroy: () => wire.destroy(),
  };
}

test('behind a piece that could not be written nothing is written', async () => {
  const peer = new Peer();
  const wire = failing(peer.client, (write) => write === 3);
  const connection = connectionOf(await peer.connect({ limits: { window: 50 } }, wire));
  const sent = connection.send(MESSAGE, content('x'));
  assert.equal(await peer.hear(), 'MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\n');
  const heard = peer.hear().catch(() => 'cut');
  void peer.say('250 ok\r\n');
  void peer.say('250 ok\r\n');
  assert.deepEqual((await sent).map(outcome), ['451 4.4.2 rcpt local', '451 4.4.2 rcpt local']);
  assert.equal(await heard, 'cut');
});

test('a server that says why and hangs up is heard, though nothing can be written any more', async () => {
  const peer = new Peer();
  let broken = false;
  const wire = failing(peer.client, () => broken);
  const connection = connectionOf(await peer.connect({}, wire));
  async function* long(): AsyncGenerator<Uint8Array> {
    yield asciiBytes('one\r\n');
    broken = true;
    await peer.say('554 5.7.1 spam\r\n');
    yield asciiBytes('two\r\n');
    yield asciiBytes('three\r\n');
  }
  const sent = connection.send(MESSAGE, long());
  await peer.hear();
  await peer.say(TAKEN);
  assert.deepEqual((await sent).map(outcome), ['554 5.7.1 content', '554 5.7.1 content']);
});

test('a refusal that is there when the content ends', async () => {
  const { peer, connection } = await ready();
  async function* late(): AsyncGenerator<Uint8Array> {
    await peer.say('554 5.7.1 spam\r\n');
    yield asciiBytes('all\r\n');
  }
  const sent = connection.send(MESSAGE, late());
  await peer.hear();
  await peer.say(TAKEN);
  assert.deepEqual((await sent).map(outcome), ['554 5.7.1 content', '554 5.7.1 content']);
});

test('nothing can be written and nothing was said: 451 with the reason', async () => {
  const { peer, connection } = await ready();
  peer.wire.destroy();
  const results = await connection.send(MESSAGE, content('x'));
  assert.deepEqual(results.map(outcome), ['451 4.4.2 mail local', '451 4.4.2 mail local']);
  assert.equal(results[0]?.reply.text, 'the connection is broken');
  assert.equal(connection.end?.reason, 'aborted');
});

async function* torn(): AsyncGenerator<Uint8Array> {
  yield asciiBytes('half a mess');
  throw new Error('EIO');
}

test('content that cannot be read rejects, and the connection is cut in the middle', async () => {
  const { peer, connection } = await ready();
  const sent = connection.send(MESSAGE, torn());
  const rejected = assert.rejects(sent, /EIO/);
  await peer.hear();
  await peer.say(TAKEN);
  await rejected;
  assert.equal(connection.end?.reason, 'aborted');
  // The end of data never came.
  assert.equal(await peer.hear().catch(() => 'cut'), 'cut');
});

test('content with a bare line end: 554, and the server sees no end', async () => {
  const { peer, connection } = await ready();
  const sent = connection.send(MESSAGE, content('a\r\n', 'b\n.\r\n', 'c'));
  await peer.hear();
  await peer.say(TAKEN);
  assert.deepEqual((await sent).map(outcome), [
    '554 5.6.0 content local',
    '554 5.6.0 content local',
  ]);
});

test('the end of the server, and its silence', async () => {
  for (const [how, reason] of [
    ['close', 'closed'],
    ['expire', 'timeout'],
  ] as const) {
    const { peer, connection } = await ready();
    const sent = connection.send(MESSAGE, content('x'));
    await peer.hear();
    await peer.say('250 ok\r\n550 no\r\n');
    if (how === 'close') await peer.wire.close();
    else await new Promise((resolve) => setImmediate(resolve));
    if (how === 'expire') peer.client.expire();
    assert.deepEqual((await sent).map(outcome), ['550 rcpt', '451 4.4.2 rcpt local']);
    assert.equal(connection.end?.reason, reason);
  }
});

test('421 behind 354 in one chunk', async () => {
  const { peer, connection } = await ready();
  const sent = connection.send(MESSAGE, content('x'));
  await peer.hear();
  await peer.say(`${TAKEN}421 4.3.2 bye\r\n`);
  assert.deepEqual((await sent).map(outcome), ['421 4.3.2 content', '421 4.3.2 content']);
  assert.equal(connection.end?.reason, 'shutdown');
});

test('hostile 22: a reply that came while the connection was idle is not taken for that to MAIL', async () => {
  const { peer, connection } = await ready();
  await peer.say(TAKEN);
  const results = await connection.send(MESSAGE, content('x'));
  assert.deepEqual(results.map(outcome), ['451 4.5.0 mail local', '451 4.5.0 mail local']);
  assert.equal(connection.end?.reason, 'broken');
});

test('a connection that the server closed while it was idle', async () => {
  const { peer, connection } = await ready();
  await peer.say('421 4.4.2 idle too long\r\n');
  await peer.wire.close();
  const results = await connection.send(MESSAGE, content('x'));
  assert.deepEqual(results.map(outcome), ['421 4.4.2 mail', '421 4.4.2 mail']);
  await connection.close();
});

test('cancel cuts the connection, whatever it is at; cancelled before, there is none', async () => {
  const cancel = new CancelSource();
  const { peer, connection } = await ready({ cancel });
  const sent = connection.send(MESSAGE, content('x'));
  await peer.hear();
  cancel.fire();
  const results = await sent;
  assert.deepEqual(results.map(outcome), ['451 4.4.2 mail local', '451 4.4.2 mail local']);
  assert.equal(results[0]?.reply.text, 'cancelled on our side');
  const [here] = memoryWires();
  const connected = await connectSmtp(here, { hostname: ME, cancel });
  assert.equal(failureOf(connected), '451 4.4.2 connect local');
});

test('cancel says QUIT where that is a command, and does not wait for the answer', async () => {
  const idle = new CancelSource();
  const { peer, connection } = await ready({ cancel: idle });
  idle.fire();
  assert.equal(await peer.hear(), 'QUIT\r\n');
  await connection.close();
  assert.equal(connection.end?.reason, 'cancelled');
  assert.equal(connection.end?.failure?.reply.text, 'cancelled on our side');

  // Within an envelope, before the word that makes content of what follows.
  const cancel = new CancelSource();
  const busy = await ready({ cancel, limits: { window: 1 } });
  const sent = busy.connection.send(MESSAGE, content('x'));
  assert.match(await busy.peer.hear(), /^MAIL/);
  await busy.peer.say('250 ok\r\n');
  assert.match(await busy.peer.hear(), /^RCPT/);
  await busy.peer.say('550 no\r\n');
  assert.match(await busy.peer.hear(), /^RCPT/);
  await new Promise((resolve) => setImmediate(resolve)); // the client waits for the answer
  cancel.fire();
  assert.deepEqual((await sent).map(outcome), ['550 rcpt', '451 4.4.2 rcpt local']);
  assert.equal(await busy.peer.hear(), 'QUIT\r\n');
  assert.equal(busy.connection.end?.reason, 'cancelled');
});

test('cancel cuts the connection where a QUIT would be content, or cannot be written', async () => {
  const cancel = new CancelSource();
  const { peer, connection } = await ready({ cancel });
  async function* endless(): AsyncGenerator<Uint8Array> {
    yield asciiBytes('a line\r\n');
    cancel.fire();
    yield asciiBytes('another\r\n');
  }
  const sent = connection.send(MESSAGE, endless());
  await peer.hear();
  await peer.say(TAKEN);
  assert.deepEqual((await sent).map(outcome), [
    '451 4.4.2 content local',
    '451 4.4.2 content local',
  ]);
  assert.equal(connection.end?.reason, 'aborted');
});

test('a handshake that fails is a failure of its own phase', async () => {
  const peer = new Peer();
  const wire: Wire = {
    ...failing(peer.client, () => false),
    startTls: () => Promise.reject(new Error('certificate has expired')),
  };
  const connected = connectSmtp(wire, { hostname: ME });
  await peer.say('220 mx.example\r\n');
  await peer.hear();
  await peer.say(ehlo(['STARTTLS']));
  await peer.hear();
  await peer.say('220 go\r\n');
  const result = await connected;
  assert.equal(failureOf(result), '451 4.4.2 startTls local');
  assert.ok('failure' in result);
  assert.equal(result.failure.reply.text, 'certificate has expired');
});

test('a server that is ready and hangs up in one breath', async () => {
  const peer = new Peer();
  const connected = connectSmtp(peer.client, { hostname: ME });
  await peer.say('220 mx.example\r\n');
  await peer.hear();
  await peer.say('250 mx.example\r\n421 4.3.2 bye\r\n');
  assert.equal(failureOf(await connected), '421 4.3.2 connect');
});

test('a greeting that refuses', async () => {
  const peer = new Peer();
  const connected = connectSmtp(peer.client, { hostname: ME });
  await peer.say('554 5.7.1 not you\r\n');
  assert.equal(await peer.hear(), 'QUIT\r\n');
  await peer.say('221 bye\r\n');
  assert.equal(failureOf(await connected), '554 5.7.1 connect');
  assert.equal(await peer.wire.read(0), null);
});

test('TLS that stood from the start', async () => {
  const peer = new Peer();
  await peer.client.startTls();
  const connection = connectionOf(await peer.connect({ startTls: 'required' }));
  assert.notEqual(connection.tls, null);
});
