import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { connect as tlsConnect, TLSSocket } from 'node:tls';
import { X509Certificate } from 'node:crypto';
import { Certificates, NodeWire, selfSigned } from '@postino/node';
import {
  eventually,
  identity,
  nodeWires,
  readOctets,
  sockets,
  testCertificates,
  tlsWires,
  wireAndSocket,
} from './pairs.ts';

const certificates = await testCertificates();

test('both sides know what the handshake settled', async () => {
  const [server, client] = await nodeWires();
  await Promise.all([
    server.startTls(),
    client.startTls({ serverName: 'localhost', verify: 'none' }),
  ]);
  for (const { tls } of [server, client]) {
    assert.equal(tls?.protocol, 'TLSv1.3');
    assert.equal(tls.cipher, 'TLS_AES_256_GCM_SHA384');
    assert.equal(tls.serverName, 'localhost');
    assert.equal(tls.authorized, false);
  }
  const der = new X509Certificate(identity.certificate).raw;
  assert.deepEqual(client.tls?.peerCertificate, der);
  assert.equal(server.tls?.peerCertificate, undefined);
  const label = 'EXPORTER-Channel-Binding';
  const key = client.tls?.exporter?.(label, 32);
  assert.equal(key?.length, 32);
  assert.deepEqual(server.tls?.exporter?.(label, 32), key);
  server.destroy();
  client.destroy();
});

for (const [title, options, fault] of [
  ['a certificate that no authority vouches for', { serverName: 'localhost' }, /self-signed/],
  ['another name', { serverName: 'mx.example' }, /mx\.example/],
] as const) {
  test(`verifying refuses ${title}`, async () => {
    const authorities = title === 'another name' ? { authorities: [identity.certificate] } : {};
    const [server, client] = await pair(authorities);
    const accepted = server.startTls().catch(() => {});
    await assert.rejects(client.startTls({ ...options, verify: 'pki' }), fault);
    await accepted;
    server.destroy();
  });
}

test('verifying is what a client does when nothing else is said, by address where no name is given', async () => {
  const [server, client] = await pair({ authorities: [identity.certificate] });
  const [, tls] = await Promise.all([server.startTls(), client.startTls()]);
  assert.equal(tls.authorized, true);
  server.destroy();
  client.destroy();
});

test('TLS 1.1 is refused', async () => {
  const [wire, peer] = await wireAndSocket({ certificates });
  const old = tlsConnect({
    socket: peer,
    rejectUnauthorized: false,
    minVersion: 'TLSv1',
    maxVersion: 'TLSv1.1',
    ciphers: 'ALL:@SECLEVEL=0',
  });
  old.on('error', () => {});
  await assert.rejects(wire.startTls(), /unsupported protocol/);
});

test("TLS 1.2: the server's order of ciphers decides", async () => {
  const [wire, peer] = await wireAndSocket({ certificates });
  const client = tlsConnect({
    socket: peer,
    rejectUnauthorized: false,
    maxVersion: 'TLSv1.2',
    ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384',
  });
  await Promise.all([wire.startTls(), once(client, 'secureConnect')]);
  assert.equal(wire.tls?.cipher, 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384');
  assert.equal(wire.tls.protocol, 'TLSv1.2');
  wire.destroy();
});

test('TLS 1.2: a cipher without forward secrecy or AEAD is refused', async () => {
  const [wire, peer] = await wireAndSocket({ certificates });
  const client = tlsConnect({
    socket: peer,
    rejectUnauthorized: false,
    maxVersion: 'TLSv1.2',
    ciphers: 'ECDHE-ECDSA-AES256-SHA384:ECDHE-ECDSA-AES256-SHA',
  });
  client.on('error', () => {});
  await assert.rejects(wire.startTls(), /no shared cipher/);
});

test('hostile 18: what a client sends behind STARTTLS never arrives, not even half of it', async () => {
  const [wire, peer] = await wireAndSocket({ certificates });
  peer.write('STARTTLS\r\nRSET\r\nMAIL FR');
  await readOctets(wire, 23);
  peer.write('OM:<eve@example.org>\r\n');
  await eventually(() => wire.buffered() === 22);
  const accepted = wire.startTls();
  const client = tlsConnect({ socket: peer, rejectUnauthorized: false });
  await Promise.all([accepted, once(client, 'secureConnect')]);
  assert.equal(wire.buffered(), 0);
  client.write('EHLO');
  assert.equal((await readOctets(wire, 4)).toString(), 'EHLO');
  wire.destroy();
});

test('what lies in the stream of a socket that is held back is dropped too', async () => {
  const [wire, peer] = await wireAndSocket({ certificates, readHighWater: 1 });
  peer.write('STARTTLS\r\n');
  await eventually(() => wire.buffered() === 10);
  peer.write('RSET\r\n');
  await eventually(() => wire.buffered() === 16);
  const client = tlsConnect({ socket: peer, rejectUnauthorized: false });
  await Promise.all([wire.startTls(), once(client, 'secureConnect')]);
  client.write('EHLO');
  assert.equal((await readOctets(wire, 4)).toString(), 'EHLO');
  wire.destroy();
});

test('hostile 21: what a server sends ahead of the handshake is seen by buffered(), and dropped', async () => {
  const [socket, peer] = await sockets();
  const wire = new NodeWire(socket);
  peer.write('220 go\r\n250 injected\r\n');
  await eventually(() => wire.buffered() === 22);
  const requested = wire.startTls({ verify: 'none' });
  const server = new TLSSocket(peer, {
    isServer: true,
    secureContext: await certificates.current(),
  });
  await Promise.all([requested, once(server, 'secure')]);
  assert.equal(wire.buffered(), 0);
  server.write('250 mx');
  assert.equal((await readOctets(wire, 6)).toString(), '250 mx');
  wire.destroy();
});

test('plain HTTP on a TLS port is a rejected handshake and nothing more', async () => {
  const [wire, peer] = await wireAndSocket({ certificates });
  peer.write('GET / HTTP/1.1\r\nHost: mx.example\r\n\r\n');
  await assert.rejects(
    wire.startTls(),
    /TLS handshake failed: .*(http request|wrong version|packet length)/,
  );
  await assert.rejects(wire.read(0), /TLS handshake failed/);
  assert.equal(wire.tls, null);
});

test('a peer that says nothing fails the handshake in time', async () => {
  const [wire, peer] = await wireAndSocket({ certificates, handshakeTimeout: 20 });
  await assert.rejects(wire.startTls(), /not done in 20 ms/);
  peer.destroy();
});

test('a peer that leaves in the middle of the handshake fails it at once', async () => {
  for (const leave of ['end', 'destroy', 'resetAndDestroy'] as const) {
    const [wire, peer] = await wireAndSocket({ certificates });
    peer.write(Buffer.of(0x16, 3, 1));
    const accepted = assert.rejects(wire.startTls(), /TLS handshake failed/);
    setImmediate(() => peer[leave]());
    await accepted;
  }
});

test('a peer that ended its side before STARTTLS gets no handshake', async () => {
  const [wire, peer] = await wireAndSocket({ certificates });
  peer.end();
  assert.equal(await wire.read(0), null);
  await assert.rejects(wire.startTls(), /ended its side/);
});

test('destroy() in the middle of a handshake rejects it', async () => {
  const [wire, peer] = await wireAndSocket({ certificates });
  const accepted = assert.rejects(wire.startTls());
  wire.destroy();
  await accepted;
  peer.destroy();
});

test('TLS is started once, with no read waiting, and never on a closed wire', async () => {
  const [server, client] = await tlsWires();
  await assert.rejects(server.startTls(), { name: 'StateError' });
  server.destroy();
  await assert.rejects(server.startTls(), /cut on our side/);
  client.destroy();
  const [wire, peer] = await wireAndSocket({ certificates });
  const read = wire.read(0);
  await assert.rejects(wire.startTls(), { name: 'StateError' });
  peer.write('x');
  await read;
  await assert.rejects(wire.startTls({ verify: 'pki' }), TypeError);
  await assert.rejects(wire.startTls({ verify: [] }), TypeError);
  wire.destroy();
});

test('close_notify is the end of a TLS connection, and the last words come before it', async () => {
  const [server, client] = await tlsWires();
  await server.write(Buffer.alloc(300_000, 'x'));
  const closing = server.close();
  assert.equal((await readOctets(client, Infinity)).length, 300_000);
  await client.close();
  await closing;
});

async function pair(options: { authorities?: string[] }): Promise<[NodeWire, NodeWire]> {
  const [server, client] = await sockets();
  return [new NodeWire(server, { certificates }), new NodeWire(client, options)];
}

test('a self-signed certificate is well formed for names, addresses and distant years', () => {
  for (const year of [2026, 2049, 2050]) {
    const now = new Date(Date.UTC(year, 5, 1));
    const { certificate, key } = selfSigned(['mx.example', '192.0.2.1', '2001:db8::c0:2'], {
      now,
      days: 30,
    });
    const parsed = new X509Certificate(certificate);
    assert.ok(parsed.verify(parsed.publicKey));
    assert.equal(parsed.subject, 'CN=mx.example');
    assert.equal(parsed.issuer, parsed.subject);
    assert.equal(
      parsed.subjectAltName,
      'DNS:mx.example, IP Address:192.0.2.1, IP Address:2001:DB8:0:0:0:0:C0:2',
    );
    assert.equal(parsed.validFromDate.getTime(), now.getTime());
    assert.equal(parsed.validToDate.getTime(), now.getTime() + 30 * 86_400_000);
    assert.match(key, /BEGIN PRIVATE KEY/);
  }
  assert.throws(() => selfSigned(['bücher.example']), TypeError);
});

test('a certificate from text needs no file', async () => {
  const { certificate, key } = identity;
  await Certificates.open({ certificate: certificate + key });
  await Certificates.open({ certificate: key + certificate });
});
