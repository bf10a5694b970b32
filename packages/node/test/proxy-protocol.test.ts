import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { connect as tlsConnect } from 'node:tls';
import { asciiBytes, formatProxyHeader, type Proxied, type Wire } from '@postino/wire';
import {
  createPop3Server,
  createSmtpServer,
  WireServer,
  type Service,
  type WireServerOptions,
} from '@postino/node';
import { eventually, identity } from './pairs.ts';

const HOST = '127.0.0.1';
const made: { servers: WireServer[]; sockets: Socket[] } = { servers: [], sockets: [] };
after(async () => {
  for (const socket of made.sockets) socket.destroy();
  await Promise.all(made.servers.map((server) => server.close()));
});

const trusted = new Set([HOST]);
const V1: Proxied = {
  type: 'proxied',
  version: 1,
  source: { address: '192.0.2.7', port: 4711 },
  destination: { address: '198.51.100.25', port: 25 },
  tlvs: [],
};
const V2: Proxied = { ...V1, version: 2, tlvs: [{ type: 4, value: new Uint8Array(40) }] };

/** Says who is there, then says back what it hears. */
const telling: Service = {
  refusal: asciiBytes('421 full\r\n'),
  async serve(wire: Wire): Promise<void> {
    const { peer, local } = wire;
    await wire.write(asciiBytes(`${peer.address}:${peer.port} ${local.address}:${local.port}\r\n`));
    for (let got; (got = await wire.read(0)) instanceof Uint8Array;) await wire.write(got);
    await wire.close();
  },
};

/** A server that listens, and what it told of. */
async function listening(
  options: WireServerOptions = {},
  { implicitTls = false } = {},
): Promise<{ server: WireServer; port: number; errors: string[]; refused: string[] }> {
  const errors: string[] = [];
  const refused: string[] = [];
  const server = new WireServer(telling, {
    proxyProtocol: { trusted },
    onError: (error) => errors.push(String(error)),
    onRefuse: (peer) => refused.push(peer.address),
    ...options,
  });
  made.servers.push(server);
  const { port } = await server.listen({ port: 0, host: HOST, implicitTls });
  return { server, port, errors, refused };
}

/** A connection that remembers what it heard, once it has said this. */
function client(port: number, ...said: Uint8Array[]): Socket & { heard: string } {
  const socket = Object.assign(connect({ port, host: HOST }), { heard: '' });
  socket.on('data', (chunk) => (socket.heard += String(chunk)));
  socket.on('error', () => {});
  made.sockets.push(socket);
  for (const bytes of said) socket.write(bytes);
  return socket;
}

const THERE = '192.0.2.7:4711 198.51.100.25:25\r\n';

for (const [name, header] of Object.entries({ V1, V2 })) {
  test(`PROXY ${name}: the wire stands for whom the proxy says, and what follows is the protocol's`, async () => {
    const { port } = await listening();
    const bytes = formatProxyHeader(header, { checksum: true });
    const atOnce = client(port, Buffer.concat([bytes, asciiBytes('hello')]));
    await eventually(() => atOnce.heard === `${THERE}hello`);
    const slow = client(port);
    for (const octet of bytes) {
      slow.write(Uint8Array.of(octet));
      await new Promise(setImmediate);
    }
    await eventually(() => slow.heard === THERE);
  });

  test(`PROXY ${name} stands before TLS; the handshake may come in the same packet`, async () => {
    const { port } = await listening({ tls: identity }, { implicitTls: true });
    const socket = client(port);
    await once(socket, 'connect');
    socket.cork();
    socket.write(formatProxyHeader(header));
    const secure = tlsConnect({ socket, ca: identity.certificate, servername: 'localhost' });
    made.sockets.push(secure);
    setImmediate(() => socket.uncork());
    const [heard] = await once(secure, 'data');
    assert.equal(String(heard), THERE);
  });
}

test('PROXY: an address mapped into IPv6 is the IPv4 address', async () => {
  const { port } = await listening();
  const mapped = 'PROXY TCP6 ::ffff:192.0.2.7 ::ffff:198.51.100.25 4711 25\r\n';
  const socket = client(port, asciiBytes(mapped));
  await eventually(() => socket.heard === THERE);
});

test('PROXY: with LOCAL and UNKNOWN the addresses of the connection stand', async () => {
  const { port } = await listening();
  for (const header of [
    { type: 'local', version: 2 },
    { type: 'unknown', version: 1 },
    { type: 'unknown', version: 2 },
  ] as const) {
    const socket = client(port, formatProxyHeader(header));
    await eventually(() => socket.heard.endsWith('\r\n'));
    assert.equal(socket.heard, `${HOST}:${socket.localPort} ${HOST}:${port}\r\n`);
  }
});

test('PROXY: who is not trusted is not believed: his header is of the protocol', async () => {
  const { port } = await listening({ proxyProtocol: { trusted: new Set(['192.0.2.1']) } });
  const socket = client(port, formatProxyHeader(V1));
  await eventually(() => socket.heard.split('\r\n').length === 3);
  const [who, said] = socket.heard.split('\r\n');
  assert.equal(who, `${HOST}:${socket.localPort} ${HOST}:${port}`);
  assert.equal(`${said}\r\n`, Buffer.from(formatProxyHeader(V1)).toString());
});

test('PROXY: a second header is not looked at', async () => {
  const { port } = await listening();
  const second = { ...V1, source: { address: '203.0.113.9', port: 1 } };
  const both = Buffer.concat([formatProxyHeader(V1), formatProxyHeader(second)]);
  const socket = client(port, both);
  const said = Buffer.from(formatProxyHeader(second)).toString();
  await eventually(() => socket.heard === `${THERE}${said}`);
});

test('PROXY: a proxy that sends no header, half of one, or none in time is cut before a word', async () => {
  const { port, errors } = await listening({ proxyProtocol: { trusted, timeout: 50 } });
  const wrong = client(port, asciiBytes('EHLO a\r\n'));
  const half = client(port, formatProxyHeader(V2).subarray(0, 20));
  half.end();
  const silent = client(port);
  const all = [wrong, half, silent];
  await Promise.all(all.map((socket) => eventually(() => socket.closed)));
  assert.deepEqual(
    all.map(({ heard }) => heard),
    ['', '', ''],
  );
  assert.deepEqual(errors.toSorted(), [
    'Error: no PROXY header: it ends within',
    'Error: no PROXY header: signature',
    'Error: no PROXY header: timeout',
  ]);
});

test('PROXY: the time is for the whole header, however slowly it drips', async () => {
  const { port, errors } = await listening({ proxyProtocol: { trusted, timeout: 100 } });
  const dripping = client(port);
  const drip = setInterval(() => dripping.write('PROXY '[dripping.bytesWritten] ?? 'x'), 5);
  await eventually(() => dripping.closed);
  clearInterval(drip);
  assert.match(errors[0] ?? '', /no PROXY header: (timeout|tooLong)/);
});

test('PROXY: a look whether we are there, without a word, is no failure', async () => {
  const { server, port, errors } = await listening();
  const look = client(port);
  look.end();
  await once(look, 'close');
  await eventually(() => server.connections === 0);
  assert.deepEqual(errors, []);
});

function from(address: string): Uint8Array {
  return formatProxyHeader({ ...V1, source: { address, port: 1 } });
}

test('PROXY: limits count who is behind the proxy, not the proxy', async () => {
  const limits = { total: 4, perAddress: 1 };
  const { server, port, refused } = await listening({ connections: limits });
  const first = client(port, from('192.0.2.1'));
  const other = client(port, from('192.0.2.2'));
  await eventually(() => first.heard !== '' && other.heard !== '');
  const again = client(port, from('192.0.2.1'));
  await once(again, 'close');
  assert.equal(again.heard, '421 full\r\n');
  assert.deepEqual(refused, ['192.0.2.1']);
  first.destroy();
  await eventually(() => server.connections === 1);
  const then = client(port, from('192.0.2.1'));
  await eventually(() => then.heard !== '');
  assert.match(then.heard, /^192\.0\.2\.1:1 /);
});

test('PROXY: close() does not wait for a header', async () => {
  const { server, port } = await listening();
  const silent = client(port);
  await eventually(() => server.connections === 1);
  await Promise.all([server.close(), eventually(() => silent.closed)]);
});

test('PROXY: the applications of SMTP and POP3 see who is behind it', async () => {
  const seen: string[] = [];
  const options = { proxyProtocol: { trusted } };
  const smtp = createSmtpServer({ hostname: 'mx.example.org', ...options }, ({ peer }) => {
    seen.push(`smtp ${peer.address}`);
    return { rcpt: () => undefined, message: () => undefined };
  });
  const pop3 = createPop3Server(options, ({ peer }) => {
    seen.push(`pop3 ${peer.address}`);
    return {
      login: () => ({ text: 'No.' }),
      retrieve: () => ({ text: 'No.' }),
      update: () => undefined,
    };
  });
  made.servers.push(smtp, pop3);
  for (const [server, greeting] of [[smtp, /^220 mx/] as const, [pop3, /^\+OK/] as const]) {
    const { port } = await server.listen({ port: 0, host: HOST });
    const socket = client(port, formatProxyHeader(V1));
    await eventually(() => socket.heard.endsWith('\r\n'));
    assert.match(socket.heard, greeting);
  }
  assert.deepEqual(seen, ['smtp 192.0.2.7', 'pop3 192.0.2.7']);
});

test('who speaks TLS before start() is heard then', async () => {
  const server = new WireServer(telling, { tls: identity });
  made.servers.push(server);
  const { port } = await server.bind({ port: 0, host: HOST, implicitTls: true });
  const early = tlsConnect({ port, host: HOST, ca: identity.certificate });
  made.sockets.push(early);
  await Promise.all([once(early, 'connect'), eventually(() => server.connections === 1)]);
  // Its first octets are on their way; where they come later still, there is nothing to lose.
  await new Promise((resolve) => setTimeout(resolve, 20));
  server.start();
  const [heard] = await once(early, 'data');
  assert.match(String(heard), /^127\.0\.0\.1:/);
});
