import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { NodeWire } from '@postino/node';
import { eventually, readOctets, readToEnd, sockets, tlsWires, wireAndSocket } from './pairs.ts';

const MEGABYTE = Buffer.alloc(1024 * 1024, 'x');

test('a peer that sends octet by octet is read octet by octet', async () => {
  const [wire, peer] = await wireAndSocket();
  let read = '';
  for (const octet of 'QUIT\r\n') {
    peer.write(octet);
    read += Buffer.from(await readOctets(wire, 1)).toString();
  }
  assert.equal(read, 'QUIT\r\n');
  wire.destroy();
});

test('a read times out, and what comes later is not lost', async () => {
  const [wire, peer] = await wireAndSocket();
  assert.equal(await wire.read(10), 'timeout');
  peer.write('late');
  assert.equal(Buffer.from(await readOctets(wire, 4)).toString(), 'late');
  assert.equal(await wire.read(10), 'timeout');
  wire.destroy();
});

test('a shorter wait after a longer one ends when it should, and a longer one too', async () => {
  const [wire, peer] = await wireAndSocket();
  const long = wire.read(60_000);
  peer.write('x');
  await long;
  assert.equal(await wire.read(10), 'timeout');
  const short = wire.read(20);
  peer.write('x');
  await short;
  const start = performance.now();
  assert.equal(await wire.read(60), 'timeout');
  assert.ok(performance.now() - start >= 59);
  wire.destroy();
});

test('the peer is held back while nobody reads, and loses nothing', async () => {
  const [wire, peer] = await wireAndSocket({ readHighWater: 1024 });
  const octets = 32 * MEGABYTE.length;
  for (let n = 0; n < 32; n++) peer.write(MEGABYTE);
  await eventually(() => wire.buffered() > 1024);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.ok(wire.buffered() < 512 * 1024, `${wire.buffered()} octets in memory`);
  assert.equal((await readOctets(wire, octets)).length, octets);
  wire.destroy();
});

test('a write resolves at once while the kernel takes it', async () => {
  const [wire] = await wireAndSocket();
  let written = false;
  void wire.write(Buffer.from('250 OK\r\n')).then(() => (written = true));
  await Promise.resolve();
  await Promise.resolve();
  assert.ok(written);
  wire.destroy();
});

for (const [name, pair] of [
  ['plain', wireAndSocket],
  ['TLS', tlsWires],
] as const) {
  test(`${name}: a peer that takes nothing fails the write, and the connection with it`, async () => {
    const [wire, peer] = await pair();
    if (!(peer instanceof NodeWire)) peer.pause();
    const flood = async (): Promise<never> => {
      for (;;) await wire.write(MEGABYTE, 30);
    };
    await assert.rejects(flood(), /took nothing/);
    await assert.rejects(wire.read(0), /took nothing/);
    await assert.rejects(wire.write(MEGABYTE), /took nothing/);
    peer.destroy();
  });
}

test('a peer that reads slowly gets all of a large write', async () => {
  const [wire, peer] = await wireAndSocket();
  let got = 0;
  peer.on('data', (chunk) => {
    got += chunk.length;
    peer.pause();
    setImmediate(() => peer.resume());
  });
  peer.on('end', () => peer.end());
  for (let n = 0; n < 8; n++) await wire.write(MEGABYTE, 10_000);
  await wire.close();
  assert.equal(got, 8 * MEGABYTE.length);
});

test('a write that was taken in the end leaves no timer behind', async () => {
  const [wire, peer] = await wireAndSocket();
  peer.resume();
  for (let n = 0; n < 8; n++) await wire.write(MEGABYTE, 1_000);
  assert.equal(await wire.read(1_200), 'timeout');
  wire.destroy();
});

test('a reset rejects a read that waits, with its code', async () => {
  const [wire, peer] = await wireAndSocket();
  const read = wire.read(0);
  peer.resetAndDestroy();
  await assert.rejects(read, { code: 'ECONNRESET' });
  await assert.rejects(wire.read(0), { code: 'ECONNRESET' });
});

test('a reset while nobody reads or writes is no uncaught error, and is told to who asks next', async () => {
  const [server, client] = await sockets();
  const wire = new NodeWire(server);
  client.resetAndDestroy();
  await eventually(() => server.closed);
  await assert.rejects(wire.write(Buffer.from('x')));
});

test('a peer that ends its side after QUIT still gets the answer', async () => {
  const [wire, peer] = await wireAndSocket();
  peer.end('QUIT\r\n');
  assert.equal((await readToEnd(wire)).toString(), 'QUIT\r\n');
  await wire.write(Buffer.from('221 bye\r\n'));
  const [answer] = await Promise.all([all(peer), wire.close()]);
  assert.equal(answer, '221 bye\r\n');
});

test('close() gives the peer the last words, though it has sent what we never read', async () => {
  const [wire, peer] = await wireAndSocket();
  peer.write(MEGABYTE);
  await eventually(() => wire.buffered() > 0);
  await wire.write(Buffer.from('421 enough\r\n'));
  const answer = all(peer);
  peer.on('end', () => peer.end());
  await wire.close();
  assert.equal(await answer, '421 enough\r\n');
});

test('close() does not wait for ever for a peer that keeps its side open', async () => {
  const [wire, peer] = await wireAndSocket({ closeTimeout: 20 });
  await wire.close();
  assert.equal(wire.close(), wire.close());
  peer.destroy();
});

test('a read that waits is rejected by close()', async () => {
  const [wire, peer] = await wireAndSocket({ closeTimeout: 20 });
  const read = assert.rejects(wire.read(0), /closed on our side/);
  await wire.close();
  await read;
  peer.destroy();
});

test('a cancel that serves many reads is listened to once', async () => {
  const [wire, peer] = await wireAndSocket();
  let listeners = 0;
  const cancel = { aborted: false, addEventListener: () => void listeners++ };
  for (let n = 0; n < 5; n++) {
    const read = wire.read(0, cancel);
    peer.write('x');
    await read;
  }
  assert.equal(listeners, 1);
  wire.destroy();
});

test('an IPv4 peer on an IPv6 listener is an IPv4 peer', async () => {
  const [server, client] = await sockets('::');
  assert.equal(new NodeWire(server).peer.address, '127.0.0.1');
  client.destroy();
  server.destroy();
});

async function all(peer: Socket): Promise<string> {
  let text = '';
  for await (const chunk of peer) text += chunk;
  return text;
}
