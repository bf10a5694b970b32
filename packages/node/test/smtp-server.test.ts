import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { SmtpApp } from '@postino/smtp-wire';
import { createSmtpServer, dial, type NodeWire, type SmtpListenerOptions } from '@postino/node';
import { eventually, identity } from './pairs.ts';

const HOST = '127.0.0.1';
const cleanups: (() => unknown)[] = [];
after(() => Promise.all(cleanups.map((cleanup) => cleanup())));

/** Says this, line by line, waiting for the last line of each reply; gives all the replies. */
async function talk(wire: NodeWire, ...lines: string[]): Promise<string> {
  let said = '';
  for (const line of lines) {
    await wire.write(Buffer.from(`${line}\r\n`));
    said += await reply(wire);
  }
  return said;
}

/** One reply, with all its lines; what the end brings when there is none. */
async function reply(wire: NodeWire): Promise<string> {
  let text = '';
  while (!/^\d{3} .*\r\n$/m.test(text)) {
    const got = await wire.read(0);
    if (!(got instanceof Uint8Array)) break;
    text += Buffer.from(got).toString();
  }
  return text;
}

const accepting: SmtpApp = { rcpt: () => undefined, message: () => undefined };

async function started(
  options: Partial<SmtpListenerOptions>,
  app: SmtpApp = accepting,
  implicitTls = false,
) {
  const server = createSmtpServer(
    { hostname: 'mx.example.org', grace: 5_000, ...options },
    () => app,
  );
  const { port } = await server.listen({ port: 0, host: HOST, implicitTls });
  const wire = await dial({ address: HOST, port }, { authorities: [identity.certificate] });
  cleanups.push(
    () => wire.destroy(),
    () => server.close(),
  );
  return { server, wire };
}

const MAIL = [
  'MAIL FROM:<bob@example.net>',
  'RCPT TO:<ale@example.org>',
  'DATA',
  'Subject: hi\r\n\r\nHello.\r\n.',
];

test('a message comes in, and the end of the session is told', async () => {
  const ends: string[] = [];
  let content = '';
  const app: SmtpApp = {
    ...accepting,
    content: (bytes) => void (content += Buffer.from(bytes).toString()),
  };
  const { wire } = await started(
    { onEnd: (connection, end) => ends.push(`${connection.peer.address} ${end}`) },
    app,
  );
  assert.match(await reply(wire), /^220 mx\.example\.org /);
  const said = await talk(wire, 'EHLO client.example', ...MAIL, 'QUIT');
  assert.match(said, /^354 [\s\S]*^250 [\s\S]*^221 /m);
  assert.doesNotMatch(said, /STARTTLS/);
  await wire.close();
  assert.equal(content, 'Subject: hi\r\n\r\nHello.\r\n');
  await eventually(() => ends.length > 0);
  assert.deepEqual(ends, [`${HOST} quit`]);
});

test('STARTTLS is offered with a certificate, and forgets what came before it', async () => {
  const { wire } = await started({ tls: identity });
  await reply(wire);
  assert.match(await talk(wire, 'EHLO client.example'), /250[- ]STARTTLS/);
  await wire.write(Buffer.from('MAIL FROM:<bob@example.net>\r\n'));
  await reply(wire);
  await talk(wire, 'RSET', 'STARTTLS');
  await wire.startTls();
  assert.match(await talk(wire, 'MAIL FROM:<bob@example.net>'), /^503 /);
  assert.doesNotMatch(await talk(wire, 'EHLO client.example'), /STARTTLS/);
  assert.match(await talk(wire, ...MAIL), /^250 .*\r\n$/m);
  await talk(wire, 'QUIT');
  await wire.close();
});

test('implicit TLS: the session begins under it', async () => {
  const { wire } = await started({ tls: identity }, accepting, true);
  await wire.startTls();
  assert.match(await reply(wire), /^220 /);
  assert.doesNotMatch(await talk(wire, 'EHLO client.example'), /STARTTLS/);
  await talk(wire, 'QUIT');
  await wire.close();
});

test('close() tells an idle client 421, and lets a message in flight end', async () => {
  const { server, wire } = await started({});
  await reply(wire);
  await talk(wire, 'EHLO client.example', ...MAIL.slice(0, 3));
  await wire.write(Buffer.from('Subject: hi\r\n'));
  const closing = server.close();
  await wire.write(Buffer.from('\r\nHello.\r\n.\r\n'));
  let rest = '';
  for (let got; (got = await reply(wire));) rest += got;
  assert.match(rest, /^250 [^\r]*\r\n421 /m);
  await wire.close();
  await closing;
});

test('one connection too many hears 421 and the host name', async () => {
  const { server } = await started({ connections: { total: 1 } });
  const { port } = await server.listen({ port: 0, host: HOST });
  const second = await dial({ address: HOST, port });
  assert.match(await reply(second), /^421 mx\.example\.org .*too many connections/);
  await second.close();
});

test('an application that cannot be made costs its own session only', async () => {
  const errors: string[] = [];
  const server = createSmtpServer(
    { hostname: 'mx.example.org', onError: (error) => errors.push(String(error)) },
    () => {
      throw new Error('no room');
    },
  );
  cleanups.push(() => server.close());
  const { port } = await server.listen({ port: 0, host: HOST });
  const wire = await dial({ address: HOST, port });
  assert.equal(await wire.read(0).catch(() => null), null);
  await eventually(() => errors.length > 0);
  assert.deepEqual(errors, ['Error: no room']);
  wire.destroy();
});

test('a bad option is our own fault, at once', () => {
  assert.throws(() => createSmtpServer({ hostname: 'two words' }, () => accepting), TypeError);
  assert.throws(
    () => createSmtpServer({ hostname: 'mx', connections: { total: 0 } }, () => accepting),
    TypeError,
  );
});
