/** Wires for the tests, over real loopback sockets. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { after } from 'node:test';
import type { Wire } from '@postino/wire';
import { Certificates, NodeWire, selfSigned, type NodeWireOptions } from '@postino/node';

export const identity = selfSigned(['localhost', '127.0.0.1']);

/** Certificates out of `identity`. */
export function testCertificates(): Promise<Certificates> {
  return Certificates.open(identity);
}

/** So that a test that fails does not keep the process alive. */
const made: Socket[] = [];
after(() => {
  for (const socket of made) socket.destroy();
});

/** Two sockets that end in each other: the accepted one and the connecting one. */
export async function sockets(host = '127.0.0.1'): Promise<[Socket, Socket]> {
  const accepted = Promise.withResolvers<Socket>();
  const listener = createServer({ allowHalfOpen: true }, accepted.resolve);
  listener.listen(0, host);
  await once(listener, 'listening');
  const address = listener.address();
  assert.ok(address && typeof address === 'object');
  const client = connect({ host: '127.0.0.1', port: address.port, allowHalfOpen: true });
  await once(client, 'connect');
  const server = await accepted.promise;
  listener.close();
  made.push(server, client);
  return [server, client];
}

/** A wire and the bare socket at its other end. */
export async function wireAndSocket(options: NodeWireOptions = {}): Promise<[NodeWire, Socket]> {
  const [server, client] = await sockets();
  client.on('error', () => {});
  return [new NodeWire(server, options), client];
}

/** A server's wire and a client's. */
export async function nodeWires(options: NodeWireOptions = {}): Promise<[NodeWire, NodeWire]> {
  const [server, client] = await sockets();
  const certificates = await testCertificates();
  return [new NodeWire(server, { certificates, ...options }), new NodeWire(client, options)];
}

/** The same under TLS already. */
export async function tlsWires(options: NodeWireOptions = {}): Promise<[NodeWire, NodeWire]> {
  const [server, client] = await nodeWires(options);
  await Promise.all([server.startTls(), client.startTls({ verify: 'none' })]);
  return [server, client];
}

/** Reads until this many octets are there, or the end. */
export async function readOctets(wire: Wire, octets: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for (let got = 0; got < octets;) {
    const chunk = await wire.read(0);
    if (!(chunk instanceof Uint8Array)) break;
    chunks.push(chunk);
    got += chunk.length;
  }
  return Buffer.concat(chunks);
}

/** All that comes before the end. */
export function readToEnd(wire: Wire): Promise<Buffer> {
  return readOctets(wire, Infinity);
}

/** Waits until `is` holds, for things that the kernel does in its own time. */
export async function eventually(is: () => boolean): Promise<void> {
  while (!is()) await new Promise((resolve) => setTimeout(resolve, 1));
}
