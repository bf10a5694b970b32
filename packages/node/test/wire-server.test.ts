import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { connect as tlsConnect } from 'node:tls';
import { asciiBytes, type Cancel, type Wire } from '@postino/wire';
import { ConnectionLimits, WireServer, type Service, type WireServerOptions } from '@postino/node';
import { eventually, identity } from './pairs.ts';

const HOST = '127.0.0.1';
const made: { servers: WireServer[]; sockets: Socket[] } = { servers: [], sockets: [] };
after(async () => {
  for (const socket of made.sockets) socket.destroy();
  await Promise.all(made.servers.map((server) => server.close()));
});

/** Says hello, then says back what it hears; says bye when it is to stop. */
const echo: Service = {
  refusal: asciiBytes('421 full\r\n'),
  async serve(wire: Wire, stop: Cancel): Promise<void> {
    await wire.write(asciiBytes('220\r\n'));
    for (;;) {
      const got = await wire.read(0, stop);
      if (got === null) return wire.close();
      if (!(got instanceof Uint8Array)) break;
      await wire.write(got);
    }
    await wire.write(asciiBytes('421 bye\r\n'));
    await wire.close();
  },
};

function newServer(options: WireServerOptions = {}, service = echo): WireServer {
  const server = new WireServer(service, { grace: 5_000, ...options });
  made.servers.push(server);
  return server;
}

/** A client that ends when the server does, and remembers what it heard. */
function client(port: number, host = HOST): Socket & { heard: string } {
  const socket = Object.assign(connect({ port, host }), { heard: '' });
  socket.on('data', (chunk) => (socket.heard += String(chunk)));
  socket.on('error', () => {});
  made.sockets.push(socket);
  return socket;
}

test('connections are served, each by itself', async () => {
  const server = newServer();
  const { port } = await server.listen({ port: 0, host: HOST });
  const clients = [client(port), client(port)];
  clients.forEach((socket, n) => socket.write(`${n}`));
  await eventually(() => clients.every((socket, n) => socket.heard === `220\r\n${n}`));
  assert.equal(server.connections, 2);
  clients[0]?.end();
  await eventually(() => server.connections === 1);
});

test('a client that ends its side first still gets its answer', async () => {
  const late: Service = {
    ...echo,
    async serve(wire) {
      while ((await wire.read(0)) !== null);
      await wire.write(asciiBytes('221 late\r\n'));
      await wire.close();
    },
  };
  const { port } = await newServer({}, late).listen({ port: 0, host: HOST });
  const socket = client(port);
  socket.end('QUIT\r\n');
  await once(socket, 'close');
  assert.equal(socket.heard, '221 late\r\n');
});

test('who connects to a bound port is served from start() on', async () => {
  const server = newServer();
  const { port } = await server.bind({ port: 0, host: HOST });
  const early = client(port);
  await eventually(() => server.connections === 1);
  early.write('x');
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(early.heard, '');
  server.start();
  await eventually(() => early.heard === '220\r\nx');
});

test('one address too many hears the refusal, and there is room again when one leaves', async () => {
  const refused: string[] = [];
  const server = newServer({
    connections: { perAddress: 1 },
    onRefuse: (peer) => refused.push(peer.address),
  });
  const { port } = await server.listen({ port: 0, host: HOST });
  const first = client(port);
  await once(first, 'data');
  const second = client(port);
  await once(second, 'close');
  assert.equal(second.heard, '421 full\r\n');
  assert.deepEqual(refused, [HOST]);
  first.destroy();
  await eventually(() => server.connections === 0);
  const third = client(port);
  await once(third, 'data');
  assert.equal(third.heard, '220\r\n');
});

test('listeners and servers may share their limits; implicit TLS is refused without a word', async () => {
  const connections = new ConnectionLimits({ total: 1 });
  const plain = newServer({ connections });
  const tls = newServer({ connections, tls: identity });
  const { port } = await plain.listen({ port: 0, host: HOST });
  const first = client(port);
  await once(first, 'data');
  const { port: tlsPort } = await tls.listen({ port: 0, host: HOST, implicitTls: true });
  const second = client(tlsPort);
  await once(second, 'close');
  assert.equal(second.heard, '');
});

test('close() asks sessions to end, waits for them, and takes nobody new', async () => {
  const server = newServer();
  const { port } = await server.listen({ port: 0, host: HOST });
  const idle = client(port);
  await once(idle, 'data');
  await server.close();
  await eventually(() => idle.heard === '220\r\n421 bye\r\n');
  assert.equal(server.connections, 0);
  const late = client(port);
  assert.equal(await new Promise((resolve) => late.on('close', resolve)), true);
});

test('close() serves who waits for start(), with the stop already given', async () => {
  const server = newServer();
  const { port } = await server.bind({ port: 0, host: HOST });
  const waiting = client(port);
  await eventually(() => server.connections === 1);
  await server.close();
  await eventually(() => waiting.heard === '220\r\n421 bye\r\n');
});

test('close() cuts what does not end within the grace', async () => {
  const deaf: Service = { ...echo, serve: (wire) => wire.read(0) };
  const server = newServer({ grace: 20 }, deaf);
  const { port } = await server.listen({ port: 0, host: HOST });
  const stubborn = client(port);
  await eventually(() => server.connections === 1);
  await Promise.all([server.close(), once(stubborn, 'close')]);
  await eventually(() => server.connections === 0);
});

test('close() does not wait for a handshake', async () => {
  const server = newServer({ tls: identity });
  const { port } = await server.listen({ port: 0, host: HOST, implicitTls: true });
  const silent = client(port);
  await eventually(() => server.connections === 1);
  await Promise.all([server.close(), once(silent, 'close')]);
});

test('a session that fails is told, and the others go on', async () => {
  const errors: unknown[] = [];
  let session = 0;
  const service: Service = {
    ...echo,
    async serve(wire, stop) {
      if (session++ === 0) throw new Error('boom');
      await echo.serve(wire, stop);
    },
  };
  const server = newServer(
    { onError: (error, peer) => errors.push([String(error), peer?.address]) },
    service,
  );
  const { port } = await server.listen({ port: 0, host: HOST });
  await once(client(port), 'close');
  assert.deepEqual(errors, [['Error: boom', HOST]]);
  const next = client(port);
  await once(next, 'data');
  assert.equal(next.heard, '220\r\n');
});

test('implicit TLS: a browser, a scanner and silence hurt nobody', async () => {
  const errors: string[] = [];
  const server = newServer({
    tls: identity,
    wire: { handshakeTimeout: 50 },
    onError: (error) => errors.push(String(error)),
  });
  const { port } = await server.listen({ port: 0, host: HOST, implicitTls: true });
  const browser = client(port);
  browser.write('GET / HTTP/1.1\r\n\r\n');
  const scanner = client(port);
  scanner.on('connect', () => scanner.resetAndDestroy());
  const silent = client(port);
  await Promise.all([browser, silent].map((socket) => once(socket, 'close')));
  await eventually(() => server.connections === 0);
  assert.ok(
    errors.length >= 2 && errors.every((error) => /TLS handshake failed|ECONNRESET/.test(error)),
    errors.join('\n'),
  );
  const honest = tlsConnect({ port, host: HOST, ca: identity.certificate });
  const [greeting] = await once(honest, 'data');
  assert.equal(String(greeting), '220\r\n');
  honest.destroy();
});

test('a port that is taken, a certificate that is none, and implicit TLS without one fail at the start', async () => {
  const taken = createServer().listen(0, HOST);
  await once(taken, 'listening');
  const address = taken.address();
  assert.ok(address && typeof address === 'object');
  await assert.rejects(newServer().listen({ port: address.port, host: HOST }), {
    code: 'EADDRINUSE',
  });
  taken.close();
  const broken = newServer({ tls: { certificate: '/nowhere.pem' } });
  await assert.rejects(broken.listen({ port: 0, host: HOST }), /cannot read \/nowhere\.pem/);
  await assert.rejects(newServer().listen({ port: 0, host: HOST, implicitTls: true }), TypeError);
});

test('the same port serves both families, each by its own listener', async (t) => {
  const server = newServer();
  const { port } = await server.listen({ port: 0, host: HOST });
  try {
    await server.listen({ port, host: '::' });
  } catch (error) {
    if (/EAFNOSUPPORT|EADDRNOTAVAIL/.test(String(error))) return t.skip('no IPv6 here');
    throw error;
  }
  for (const host of [HOST, '::1']) {
    const socket = client(port, host);
    await once(socket, 'data');
    assert.equal(socket.heard, '220\r\n');
  }
});

test('1,000 idle connections are held, and let go of together', async () => {
  const server = newServer({ connections: { perAddress: Infinity } });
  const { port } = await server.listen({ port: 0, host: HOST });
  // In parts, because the system's queue of connections to accept is shorter.
  for (let part = 0; part < 4; part++) {
    const clients = Array.from({ length: 250 }, () => client(port));
    await Promise.all(clients.map((socket) => once(socket, 'data')));
  }
  assert.equal(server.connections, 1_000);
  await server.close();
  assert.equal(server.connections, 0);
});
