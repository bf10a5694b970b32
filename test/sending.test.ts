/** What sockets do to mail on its way out: resets, hosts that are dead at one address, our own address, waiting connections. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import type { Envelope } from '@postino/address';
import { Delivery, type DeliveryOptions, type RecipientResult } from '@postino/delivery';
import { zone } from '@postino/dns';
import { dial } from '@postino/node';

/** What a host answers: a verb, or `.` for the end of the content, `greeting` for its first word. */
const ANSWERS: Readonly<Record<string, string>> = {
  greeting: '220 mx.peer.example',
  DATA: '354 go on',
  QUIT: '221 bye',
};

interface HostOptions {
  readonly address?: string;
  /** Else one that is free. */
  readonly port?: number;
  /** Resets the connection instead of answering this. */
  readonly resetAt?: string;
  readonly answers?: Readonly<Record<string, string>>;
}

/** A host that says these things, one line after the other. */
class Host {
  readonly port: number;
  /** Where connections came from. */
  readonly peers: readonly string[];
  readonly #server: Server;
  readonly #sockets: Set<Socket>;

  private constructor(server: Server, peers: readonly string[], sockets: Set<Socket>) {
    this.port = (server.address() as AddressInfo).port;
    this.peers = peers;
    this.#server = server;
    this.#sockets = sockets;
  }

  /** Listens until the test ends. */
  static async listen(context: TestContext, options: HostOptions = {}): Promise<Host> {
    const peers: string[] = [];
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      peers.push(socket.remoteAddress!);
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => {});
      serve(socket, options);
    });
    server.listen(options.port ?? 0, options.address ?? '127.0.0.1');
    await once(server, 'listening');
    const host = new Host(server, peers, sockets);
    context.after(() => host.close());
    return host;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    if (this.#server.listening) await once(this.#server.close(), 'close');
  }

  /** Ends its side of the connections that stand. */
  async hangUp(): Promise<void> {
    for (const socket of this.#sockets) await once(socket.end(), 'finish');
  }
}

function serve(socket: Socket, { resetAt, answers = {} }: HostOptions): void {
  const answer = (what: string): void => {
    if (what === resetAt) socket.resetAndDestroy();
    else socket.write(`${answers[what] ?? ANSWERS[what] ?? '250 ok'}\r\n`);
    if (what === 'QUIT') socket.end();
  };
  let heard = '';
  let inContent = false;
  socket.on('data', (bytes: Buffer) => {
    heard += bytes.toString('latin1');
    for (;;) {
      const end = inContent ? '\r\n.\r\n' : '\r\n';
      const at = heard.indexOf(end);
      if (at < 0 && inContent && resetAt === 'content') socket.resetAndDestroy();
      if (at < 0) return;
      const what = inContent ? '.' : heard.slice(0, at).split(' ', 1)[0]!;
      heard = heard.slice(at + end.length);
      inContent = what === 'DATA';
      answer(what);
    }
  });
  answer('greeting');
}

const TEXT = 'Subject: hello\r\n\r\nHello.\r\n';

function message(size = TEXT.length): { size: number; read(): AsyncGenerator<Buffer> } {
  return {
    size,
    read: async function* () {
      yield Buffer.from(TEXT);
      for (let left = size - TEXT.length; left > 0; left -= 1000)
        yield Buffer.from(`${'x'.repeat(998)}\r\n`);
    },
  };
}

function envelopeTo(...localParts: readonly string[]): Envelope {
  const to = localParts.map((localPart) => ({ address: { localPart, domain: 'peer.example' } }));
  return { from: { localPart: 'a', domain: 'us.example' }, to };
}

interface Addresses {
  readonly A?: string[];
  readonly AAAA?: string[];
}

/** Our side; `peer.example` has hosts of these addresses, the first one first. */
function deliveryTo(
  context: TestContext,
  port: number,
  {
    hosts = [{ A: ['127.0.0.1'] }],
    ...options
  }: Partial<DeliveryOptions> & { hosts?: Addresses[] } = {},
): Delivery {
  const delivery = new Delivery({
    hostname: 'us.example',
    resolver: zone({
      'peer.example': { MX: hosts.map((_, n) => [n, `mx${n}.peer.example`]) },
      ...Object.fromEntries(hosts.map((host, n) => [`mx${n}.peer.example`, host])),
    }),
    dial,
    port,
    ignoreTargetHosts: [],
    ...options,
  });
  context.after(() => delivery.close());
  return delivery;
}

function short({ status, reply, phase, unknown }: RecipientResult): string {
  return `${status} ${reply.code} ${phase}${unknown ? ' unknown' : ''}`;
}

function notLinux(): string | false {
  return process.platform !== 'linux' && 'only Linux has all of 127.0.0.0/8';
}

/** Two hosts with one port, one of which resets connections; null where there is no IPv6. */
async function bothAt(
  context: TestContext,
  { dead, living, resetAt = 'greeting' }: { dead: string; living: string; resetAt?: string },
): Promise<{ port: number; dead: Host; living: Host } | null> {
  for (;;) {
    try {
      const first = await Host.listen(context, { address: living });
      const { port } = first;
      const second = await Host.listen(context, { address: dead, port, resetAt });
      return { port, dead: second, living: first };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // The port may be taken at the other address.
      if (code !== 'EADDRINUSE') return null;
    }
  }
}

const RESETS: readonly (readonly [at: string, expected: string])[] = [
  ['greeting', 'deferred 451 connect'],
  ['EHLO', 'deferred 451 hello'],
  ['MAIL', 'deferred 451 mail'],
  ['RCPT', 'deferred 451 rcpt'],
  ['DATA', 'deferred 451 data'],
  ['content', 'deferred 451 content'],
  // Nobody knows whether it has arrived: it is tried again, and never called delivered.
  ['.', 'deferred 451 content unknown'],
];

for (const [resetAt, expected] of RESETS) {
  test(`a connection reset at ${resetAt}: ${expected}`, async (context) => {
    const { port } = await Host.listen(context, { resetAt });
    const delivery = deliveryTo(context, port);
    // More than all buffers on the way hold, where the reset is to be seen while it is sent.
    const size = resetAt === 'content' ? 20_000_000 : TEXT.length;
    const [result] = await delivery.deliver(message(size), envelopeTo('b'));
    assert.equal(short(result!), expected);
    assert.equal(result!.local, true);
    assert.match(String(result!.reply.text), /ECONNRESET|EPIPE|closed/);
  });
}

test('a reset leaves what was known of each recipient', async (context) => {
  const { port } = await Host.listen(context, {
    resetAt: 'DATA',
    answers: { RCPT: '550 5.1.1 no' },
  });
  const delivery = deliveryTo(context, port);
  const refused = await delivery.deliver(message(), envelopeTo('b', 'c'));
  assert.deepEqual(refused.map(short), ['failed 550 rcpt', 'failed 550 rcpt']);
});

test(
  'after a reset another host is asked, unless the message may have arrived',
  { skip: notLinux() },
  async (context) => {
    for (const [resetAt, expected] of [
      ['RCPT', 'delivered 250 content'],
      ['.', 'deferred 451 content unknown'],
    ] as const) {
      const pair = await bothAt(context, { dead: '127.0.0.1', living: '127.0.0.2', resetAt });
      assert.ok(pair);
      const hosts = [{ A: ['127.0.0.1'] }, { A: ['127.0.0.2'] }];
      const delivery = deliveryTo(context, pair.port, { hosts });
      const [result] = await delivery.deliver(message(), envelopeTo('b'));
      assert.equal(short(result!), expected);
      assert.equal(pair.dead.peers.length, 1);
      assert.equal(pair.living.peers.length, resetAt === 'RCPT' ? 1 : 0);
    }
  },
);

test('mail leaves from the address that is ours', { skip: notLinux() }, async (context) => {
  const host = await Host.listen(context);
  const delivery = deliveryTo(context, host.port, { interface: ['127.0.0.2', '::1'] });
  const [result] = await delivery.deliver(message(), envelopeTo('b'));
  assert.equal(result?.status, 'delivered');
  assert.deepEqual(host.peers, ['127.0.0.2']);

  const wrong = deliveryTo(context, host.port, { interface: '192.0.2.1' });
  const [deferred] = await wrong.deliver(message(), envelopeTo('b'));
  assert.equal(short(deferred!), 'deferred 451 connect');
  assert.match(String(deferred!.reply.text), /EADDRNOTAVAIL/);
});

test('a host that is dead at one of its addresses is reached at the other', async (context) => {
  const hosts = [{ A: ['127.0.0.1'], AAAA: ['::1'] }];
  for (const [dead, living] of [
    ['::1', '127.0.0.1'],
    ['127.0.0.1', '::1'],
  ] as const) {
    const pair = await bothAt(context, { dead, living });
    if (!pair) return context.skip('there is no IPv6');
    const delivery = deliveryTo(context, pair.port, { hosts });
    for (let n = 0; n < 2; n++) {
      const [result] = await delivery.deliver(message(), envelopeTo('b'));
      assert.equal(result?.status, 'delivered');
      assert.equal(result.address, living);
      await delivery.expire(Infinity);
    }
    // IPv6 comes first; the second message goes where the first got through.
    assert.equal(pair.dead.peers.length, dead === '::1' ? 1 : 0);
    assert.equal(pair.living.peers.length, 2);
  }
});

test('a connection serves many messages, and one that the host has left is followed by another', async (context) => {
  const host = await Host.listen(context);
  const delivery = deliveryTo(context, host.port);
  const send = async (): Promise<void> => {
    const results = await delivery.deliver(message(), envelopeTo('b', 'c'));
    assert.deepEqual(results.map(short), ['delivered 250 content', 'delivered 250 content']);
  };
  for (let n = 0; n < 3; n++) await send();
  assert.equal(host.peers.length, 1);
  await host.hangUp();
  await send();
  await send();
  assert.equal(host.peers.length, 2);
});
