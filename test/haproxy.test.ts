/** HAProxy before SMTP, SMTPS and POP3: the server knows who is behind it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { connect as tlsConnect } from 'node:tls';
import {
  createPop3Server,
  createSmtpServer,
  selfSigned,
  type Connection,
  type WireServer,
} from '@postino/node';
import { startHaproxy } from './haproxy.ts';
import { programTest } from './program-test.ts';

const identity = selfSigned(['localhost']);
const options = { tls: identity, proxyProtocol: { trusted: new Set(['127.0.0.1']) } };
/** Where the client is; HAProxy is at 127.0.0.1. */
const CLIENT = '127.0.0.2';

type MakeServer = (seen: (connection: Connection) => void) => WireServer;
const smtp: MakeServer = (seen) =>
  createSmtpServer({ hostname: 'mx.example.org', ...options }, (connection) => {
    seen(connection);
    return { rcpt: () => undefined, message: () => undefined };
  });
const pop3: MakeServer = (seen) =>
  createPop3Server(options, (connection) => {
    seen(connection);
    const no = { text: 'No.' };
    return { login: () => no, retrieve: () => no, update: () => undefined };
  });

const services = [
  { name: 'SMTP', make: smtp, implicitTls: false, greeting: /^220 mx\.example\.org/ },
  { name: 'SMTPS', make: smtp, implicitTls: true, greeting: /^220 mx\.example\.org/ },
  { name: 'POP3', make: pop3, implicitTls: false, greeting: /^\+OK/ },
];
// Its look whether the server is there has a header too.
const words = ['send-proxy check', 'send-proxy-v2 check', 'send-proxy-v2 proxy-v2-options crc32c'];
for (const word of words) {
  for (const { name, make, implicitTls, greeting } of services) {
    programTest('haproxy', { name: `with ${word} before ${name}` }, async (context) => {
      const seen: Connection[] = [];
      const server = make(({ peer, local, tls }) => seen.push({ peer, local, tls }));
      context.after(() => server.close());
      const { port } = await server.listen({ port: 0, host: '127.0.0.1', implicitTls });
      const front = await startHaproxy(context, port, word);
      const [socket, hears] = await client(context, front, implicitTls);
      assert.match(hears, greeting);
      const behind = seen.find(({ peer }) => peer.address === CLIENT);
      assert.equal(behind?.peer.port, socket.localPort);
      assert.deepEqual(behind?.local, { address: '127.0.0.1', port: front });
    });
  }
}

/** Connects, and hears the first words. */
async function client(
  context: TestContext,
  port: number,
  implicitTls: boolean,
): Promise<[Socket, string]> {
  const plain = connect({ port, host: '127.0.0.1', localAddress: CLIENT });
  const socket = implicitTls
    ? tlsConnect({ socket: plain, ca: identity.certificate, servername: 'localhost' })
    : plain;
  context.after(() => {
    socket.destroy();
    plain.destroy();
  });
  const [heard] = await once(socket, 'data');
  return [plain, String(heard)];
}
