import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { nodeResolver } from '@postino/node';

/** Asks for an address of each name while a server answers every question with these flags and this answer. */
async function ask(flags: number, answer: Buffer): Promise<string[]> {
  const server = createSocket('udp4');
  server.on('message', (question, from) => {
    // The end of the question: its name, type and class.
    const end = question.indexOf(0, 12) + 5;
    const header = Buffer.from(question.subarray(0, 12));
    header.writeUInt16BE(flags, 2);
    header.writeUInt16BE(answer.length > 0 ? 1 : 0, 6);
    header.writeUInt32BE(0, 8);
    server.send(
      Buffer.concat([header, question.subarray(12, end), answer]),
      from.port,
      from.address,
    );
  });
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  const resolver = nodeResolver({
    servers: [`127.0.0.1:${server.address().port}`],
    tries: 1,
    timeout: 1_000,
  });
  return resolver.resolve4('mx.example.org').finally(() => server.close());
}

test('the servers given are asked, on their ports', async () => {
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1]);
  assert.deepEqual(await ask(0x8180, record), ['192.0.2.1']);
});

test('no such name, no such record and trouble are told apart by code', async () => {
  await assert.rejects(ask(0x8183, Buffer.alloc(0)), { code: 'ENOTFOUND' });
  await assert.rejects(ask(0x8180, Buffer.alloc(0)), { code: 'ENODATA' });
  await assert.rejects(ask(0x8182, Buffer.alloc(0)), { code: 'ESERVFAIL' });
});

test('a server that is no address is our own fault', () => {
  assert.throws(() => nodeResolver({ servers: ['dns.example.org'] }), TypeError);
});

test('what is open can be given up, long before its time is over', async (context) => {
  const silent = createSocket('udp4').bind(0, '127.0.0.1');
  await once(silent, 'listening');
  context.after(() => silent.close());
  const servers = [`127.0.0.1:${silent.address().port}`];
  const resolver = nodeResolver({ servers, timeout: 1_000_000 });
  const answer = resolver.resolve4('mx.example.org');
  await once(silent, 'message');
  resolver.cancel();
  await assert.rejects(answer, { code: 'ECANCELLED' });
});
