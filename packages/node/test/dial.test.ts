import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, test } from 'node:test';
import { dial } from '@postino/node';

const listener = createServer((socket) => socket.end('220 mx\r\n'));
listener.listen(0, '127.0.0.1');
await once(listener, 'listening');
after(() => void listener.close());
const address = listener.address();
assert.ok(address && typeof address === 'object');
const HERE = { address: '127.0.0.1', port: address.port };

test('a connection is a wire', async () => {
  const wire = await dial(HERE, { localAddress: '127.0.0.1' });
  assert.deepEqual(wire.peer, HERE);
  assert.equal(Buffer.from((await wire.read(0)) ?? '').toString(), '220 mx\r\n');
  await wire.close();
});

test('nobody there is a rejection', async () => {
  const gone = createServer().listen(0, '127.0.0.1');
  await once(gone, 'listening');
  const closed = gone.address();
  assert.ok(closed && typeof closed === 'object');
  await new Promise((resolve) => gone.close(resolve));
  await assert.rejects(dial({ ...HERE, port: closed.port }), { code: 'ECONNREFUSED' });
});

test('a cancel before the connection stands is a rejection', async () => {
  await assert.rejects(dial(HERE, { cancel: AbortSignal.abort() }), /cancelled/);
  const cancel = new AbortController();
  const dialled = assert.rejects(dial(HERE, { cancel: cancel.signal }), /cancelled/);
  cancel.abort();
  await dialled;
});

test('a cancel after it leaves the wire alone', async () => {
  const cancel = new AbortController();
  const wire = await dial(HERE, { cancel: cancel.signal });
  cancel.abort();
  assert.ok(await wire.read(0));
  await wire.close();
});

test('no connection in time is a rejection', async () => {
  const dialled = assert.rejects(dial(HERE, { connectTimeout: 1 }), /none in 1 ms/);
  // Time passes while nothing can happen; then timers come before sockets.
  const start = performance.now();
  while (performance.now() - start < 5);
  await dialled;
});
