/** The control socket, asked by people who do not mean well, or are broken. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { newQueueId } from '@postino/queue';
import { askServer } from '../src/control/ask-server.ts';
import { ControlSocket, controlPath } from '../src/control/control-socket.ts';
import type { QueueAnswer } from '../src/control/queue-answer.ts';
import type { QueueRequest } from '../src/control/queue-request.ts';
import { makeFolder, startSite } from './site.ts';

type Perform = (request: QueueRequest) => AsyncGenerator<QueueAnswer, void, undefined>;

const LIST = '{"type":"list","select":{}}\n';
const NONE = '{"type":"end"}\n';
const REFUSED = `{"type":"refused","reason":"this is no request"}\n${NONE}`;

interface Opened {
  readonly path: string;
  readonly requests: QueueRequest[];
  close(): Promise<void>;
}

/** A socket behind which somebody notes what is asked. */
async function opened(
  context: TestContext,
  { perform, patience = 60_000 }: { perform?: Perform; patience?: number } = {},
): Promise<Opened> {
  const folder = makeFolder(context);
  const requests: QueueRequest[] = [];
  const noted: Perform = async function* (request) {
    requests.push(request);
    if (perform) yield* perform(request);
  };
  const socket = await ControlSocket.open(folder, { desk: { perform: noted }, patience });
  context.after(() => socket.close());
  return { path: controlPath(folder), requests, close: () => socket.close() };
}

function client(context: TestContext, path: string): Socket {
  const socket = connect({ path, allowHalfOpen: true });
  // What is written to somebody who has closed already is lost.
  socket.on('error', () => {});
  context.after(() => socket.destroy());
  return socket;
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => void socket.resume().once('close', () => resolve()));
}

/** What is answered to these octets until the socket is closed. */
async function answerTo(context: TestContext, path: string, ...octets: string[]): Promise<string> {
  const socket = client(context, path);
  const answer = text(socket).catch(() => '');
  for (const piece of octets) socket.write(piece, 'latin1');
  return answer;
}

const GARBAGE: readonly (readonly [what: string, line: string])[] = [
  ['nothing', ''],
  ['octets that are no text', '\xff\xfe\0\x80'],
  ['no JSON', '{"type":"list"'],
  ['no object', '[]'],
  ['null', 'null'],
  ['an unknown type', '{"type":"stop"}'],
  ['a type of no text', '{"type":{"toString":1},"select":{}}'],
  ['a key too many', '{"type":"list","select":{},"x":1}'],
  ['a prototype', '{"type":"list","select":{"__proto__":{"held":true}}}'],
  ['a path for an id', '{"type":"show","id":"../../etc/passwd"}'],
  ['no selection', '{"type":"remove","bounce":false}'],
  ['a null for an id', '{"type":"hold","select":{"ids":[null]}}'],
  ['an age below zero', '{"type":"list","select":{"older":-1}}'],
  ['deep nesting', '['.repeat(30_000)],
  ['HTTP', 'GET /metrics HTTP/1.1\r'],
];

test('what is no request is refused, and nobody is asked', async (context) => {
  const { path, requests } = await opened(context);
  for (const [what, line] of GARBAGE)
    assert.equal(await answerTo(context, path, `${line}\n`), REFUSED, what);
  assert.deepEqual(requests, []);
});

test('a request is heard however it is cut, and only the first of a connection', async (context) => {
  const { path, requests } = await opened(context);
  assert.equal(await answerTo(context, path, ...LIST.match(/[^]/g)!), NONE);
  assert.equal(await answerTo(context, path, LIST + LIST.replace('list', 'hold')), NONE);
  assert.deepEqual(requests, [JSON.parse(LIST), JSON.parse(LIST)]);
});

test('a line that never ends is cut off, long before it fills the memory', async (context) => {
  const { path, requests } = await opened(context);
  const socket = client(context, path);
  const piece = Buffer.alloc(64 << 10, 'x');
  // It writes as long as there is room, and again when there is.
  const feed = (): void => {
    while (socket.writable && socket.write(piece));
  };
  socket.on('drain', feed);
  feed();
  await closed(socket);
  assert.ok(socket.bytesWritten < 16 << 20, `${socket.bytesWritten} octets were taken`);
  assert.equal(await answerTo(context, path, LIST), NONE);
  assert.equal(requests.length, 1);
});

test('half a line: who ends there is let go, who waits there is sent away', async (context) => {
  const patient = await opened(context);
  const socket = client(context, patient.path);
  socket.end('{"type":');
  assert.equal(await text(socket), '');
  const impatient = await opened(context, { patience: 50 });
  assert.equal(await answerTo(context, impatient.path, '{"type":'), '');
  const trickle = client(context, impatient.path);
  // An octet now and then does not buy more time.
  const timer = setInterval(() => trickle.write(' '), 5);
  context.after(() => clearInterval(timer));
  await closed(trickle);
});

test('who takes no answers is sent away, and holds nothing', async (context) => {
  const ended = Promise.withResolvers<void>();
  const { path } = await opened(context, {
    patience: 50,
    async *perform() {
      try {
        for (;;) yield { type: 'content', base64: 'x'.repeat(1 << 16) };
      } finally {
        ended.resolve();
      }
    },
  });
  const socket = client(context, path);
  socket.write(LIST);
  await ended.promise;
});

test('who asks and leaves leaves nothing behind', async (context) => {
  const ended = Promise.withResolvers<void>();
  const { path } = await opened(context, {
    async *perform() {
      try {
        for (;;) yield { type: 'content', base64: 'x'.repeat(1 << 16) };
      } finally {
        ended.resolve();
      }
    },
  });
  const socket = client(context, path);
  socket.write(LIST);
  await once(socket, 'readable');
  socket.destroy();
  await ended.promise;
});

test('many at once: some are let go at the door, and the others are answered', async (context) => {
  const { path, requests } = await opened(context);
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => answerTo(context, path, LIST)),
  );
  assert.ok(answers.every((answer) => answer === NONE || answer === ''));
  assert.ok(answers.includes(NONE));
  const before = requests.length;
  assert.equal(await answerTo(context, path, LIST), NONE);
  assert.equal(requests.length, before + 1);
});

test('trouble is told, and the next one is served', async (context) => {
  const { path } = await opened(context, {
    // oxlint-disable-next-line require-yield -- it fails before
    async *perform() {
      throw new Error('the disk is full');
    },
  });
  for (let times = 0; times < 2; times++) {
    const answers = askServer(path, { type: 'list', select: {} });
    assert.deepEqual((await answers.next()).value, {
      type: 'refused',
      reason: 'the disk is full',
    });
  }
});

test('a server that ends in the middle is complained about, and waits for what it does', async (context) => {
  const go = Promise.withResolvers<void>();
  let finished = false;
  const server = await opened(context, {
    async *perform() {
      yield { type: 'done', id: newQueueId() };
      await go.promise;
      finished = true;
    },
  });
  const answers = askServer(server.path, { type: 'hold', select: {} });
  await answers.next();
  const closing = server.close();
  await assert.rejects(answers.next(), /^Error: the server ended before all was done; /);
  assert.ok(!finished);
  go.resolve();
  await closing;
  assert.ok(finished);
  assert.ok(!existsSync(server.path));
});

test('for its user alone, where an old one was, and away when the server ends', async (context) => {
  const folder = makeFolder(context);
  const data = join(folder, 'data');
  mkdirSync(join(data, 'control.new'), { recursive: true });
  writeFileSync(join(data, 'control.new', 's'), 'of a server that died');
  writeFileSync(controlPath(data), 'of a server that died');
  const site = await startSite(context, {}, folder);
  const { mode } = lstatSync(controlPath(data));
  assert.equal(mode & 0o777, 0o600);
  assert.ok(lstatSync(controlPath(data)).isSocket());
  assert.equal(await answerTo(context, controlPath(data), LIST), NONE);
  await site.close();
  assert.deepEqual(
    readdirSync(data).filter((name) => name.startsWith('control')),
    [],
  );
});

test('without a place for the socket the server runs, and says what cannot be done', async (context) => {
  const folder = makeFolder(context);
  mkdirSync(join(folder, 'data', 'control'), { recursive: true });
  writeFileSync(join(folder, 'data', 'control', 'x'), '');
  const site = await startSite(context, {}, folder);
  assert.ok(site.log.some(({ msg }) => String(msg).startsWith('no control socket; ')));
  const talk = await site.smtp();
  assert.match(await talk.send(['ale@poul.org'], 'Subject: ciao\r\n\r\nHi'), /^250 /);
});
