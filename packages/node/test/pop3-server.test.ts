import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Pop3App } from '@postino/pop3-wire';
import { createPop3Server, dial, type NodeWire } from '@postino/node';
import { eventually, identity } from './pairs.ts';

const HOST = '127.0.0.1';
const MESSAGE = Buffer.from('Subject: hi\r\n\r\nHello.\r\n');

const app: Pop3App = {
  login: (user) =>
    user === 'ale' ? { entries: [{ size: MESSAGE.length, uid: 'one' }] } : { text: 'No.' },
  retrieve: () => ({ size: MESSAGE.length, content: [MESSAGE] }),
  update: () => undefined,
};

const ends: string[] = [];
const server = createPop3Server(
  { tls: identity, grace: 5_000, onEnd: (_, end) => ends.push(end) },
  () => app,
);
const { port } = await server.listen({ port: 0, host: HOST });
const { port: tlsPort } = await server.listen({ port: 0, host: HOST, implicitTls: true });
after(() => server.close());

/** Says this and reads until the end of what is expected. */
async function talk(wire: NodeWire, line: string, end: RegExp): Promise<string> {
  if (line) await wire.write(Buffer.from(`${line}\r\n`));
  let text = '';
  while (!end.test(text)) {
    const got = await wire.read(0);
    if (!(got instanceof Uint8Array)) break;
    text += Buffer.from(got).toString();
  }
  return text;
}

const LINE = /\r\n$/;
const LINES = /\r\n\.\r\n$/;

test('STLS, login, a message, and the end is told', async () => {
  const wire = await dial({ address: HOST, port });
  assert.match(await talk(wire, '', LINE), /^\+OK/);
  assert.match(await talk(wire, 'CAPA', LINES), /^STLS\r$/m);
  assert.match(await talk(wire, 'STLS', LINE), /^\+OK/);
  await wire.startTls({ verify: 'none' });
  assert.doesNotMatch(await talk(wire, 'CAPA', LINES), /STLS/);
  await talk(wire, 'USER ale', LINE);
  assert.match(await talk(wire, 'PASS x', LINE), /^\+OK/);
  assert.ok((await talk(wire, 'RETR 1', LINES)).endsWith(`${MESSAGE.toString()}.\r\n`));
  assert.match(await talk(wire, 'QUIT', LINE), /^\+OK/);
  await wire.close();
  await eventually(() => ends.length > 0);
  assert.deepEqual(ends, ['quit']);
});

test('implicit TLS, on another port of the same server', async () => {
  const wire = await dial({ address: HOST, port: tlsPort });
  await wire.startTls({ verify: 'none' });
  assert.match(await talk(wire, '', LINE), /^\+OK/);
  assert.match(await talk(wire, 'QUIT', LINE), /^\+OK/);
  await wire.close();
});

test('close() ends an idle session with a word', async () => {
  const own = createPop3Server({ grace: 5_000 }, () => app);
  const address = await own.listen({ port: 0, host: HOST });
  const wire = await dial({ address: HOST, port: address.port });
  await talk(wire, '', LINE);
  const closing = own.close();
  assert.match(await talk(wire, '', LINE), /^-ERR \[SYS\/TEMP\]/);
  await wire.close();
  await closing;
});

test('a client that asks for a message and takes nothing of it is cut off', async () => {
  const octets = 64 * 1024 * 1024;
  let isReleased = false;
  async function* content(): AsyncGenerator<Uint8Array> {
    const line = Buffer.from(`${'x'.repeat(998)}\r\n`.repeat(64));
    try {
      for (let sent = 0; sent < octets; sent += line.length) yield line;
    } finally {
      isReleased = true;
    }
  }
  const ended: string[] = [];
  const own = createPop3Server(
    { writeTimeout: 200, allowPlaintextAuth: true, onEnd: (_, end) => ended.push(end) },
    () => ({ ...app, retrieve: () => ({ size: octets, content: content() }) }),
  );
  const address = await own.listen({ port: 0, host: HOST });
  const wire = await dial({ address: HOST, port: address.port });
  await wire.write(Buffer.from('USER ale\r\nPASS x\r\nRETR 1\r\n'));
  await eventually(() => ended.length > 0);
  assert.deepEqual([ended, isReleased], [['broken'], true]);
  wire.destroy();
  await own.close();
});
