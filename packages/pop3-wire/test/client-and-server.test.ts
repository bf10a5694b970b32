import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asciiBytes, CancelSource, latin1, latin1Bytes, memoryWires } from '@postino/wire';
import type { Sink, Wire } from '@postino/wire';
import fc from 'fast-check';
import { connectPop3, Pop3Server, run } from '../src/index.ts';
import type { ConnectPop3Options, Pop3App, Pop3Connection, SessionEnd } from '../src/index.ts';

const LOGIN = { user: 'u', password: 'p' };

function app(messages: readonly string[], removed: number[] = []): Pop3App {
  return {
    login: (user, password) =>
      user === 'u' && latin1(password) === 'p'
        ? { entries: messages.map((text, n) => ({ size: text.length, uid: `uid-${n}` })) }
        : { text: 'Authentication failed.' },
    retrieve: (index) => ({
      size: messages[index]!.length,
      content: [latin1Bytes(messages[index]!)],
    }),
    update: (indexes) => void removed.push(...indexes),
  };
}

/** A wire whose reads come in pieces of so many octets, again and again in this order. */
function cut(wire: Wire, sizes: readonly number[]): Wire {
  let held: Uint8Array = new Uint8Array(0);
  let turn = 0;
  return {
    peer: wire.peer,
    local: wire.local,
    get tls() {
      return wire.tls;
    },
    async read(timeout, cancel) {
      if (held.length === 0) {
        const heard = await wire.read(timeout, cancel);
        if (!(heard instanceof Uint8Array)) return heard;
        held = heard;
      }
      const size = sizes[turn++ % sizes.length]!;
      const piece = held.subarray(0, size);
      held = held.subarray(size);
      return piece;
    },
    write: (bytes, timeout) => wire.write(bytes, timeout),
    buffered: () => held.length + wire.buffered(),
    startTls: (options) => wire.startTls(options),
    close: () => wire.close(),
    destroy: () => wire.destroy(),
  };
}

interface Talk {
  readonly connected: Awaited<ReturnType<typeof connectPop3>>;
  readonly ended: Promise<SessionEnd>;
}

async function talk(
  given: Pop3App,
  options: ConnectPop3Options = { login: LOGIN },
  sizes: readonly number[] = [100_000],
): Promise<Talk> {
  const [near, far] = memoryWires();
  const session = new Pop3Server({ startTls: true, mechanisms: ['PLAIN'] });
  const ended = run(session, cut(near, sizes), given);
  return { connected: await connectPop3(cut(far, sizes), options), ended };
}

function opened({ connected }: Talk): Pop3Connection {
  assert.ok('connection' in connected, JSON.stringify(connected));
  return connected.connection;
}

function text(): Sink<string> & { readonly aborted: () => boolean } {
  let kept = '';
  let aborted = false;
  return {
    write: (bytes) => void (kept += latin1(bytes)),
    end: async () => kept,
    abort: async () => void (aborted = true),
    aborted: () => aborted,
  };
}

const line = fc.string({ unit: fc.constantFrom('.', 'a', 'é', ' '), maxLength: 6 });
const message = fc
  .array(line, { minLength: 1, maxLength: 6 })
  .map((lines) => `${lines.join('\r\n')}\r\n`);

test('a maildrop is fetched octet for octet and emptied, through random cuts', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(message, { maxLength: 4 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 }),
      async (messages, sizes) => {
        const removed: number[] = [];
        const held = await talk(app(messages, removed), { login: LOGIN }, sizes);
        const maildrop = opened(held);
        const list = await maildrop.list();
        assert.ok('messages' in list);
        assert.deepEqual(
          list.messages,
          messages.map((content, n) => ({ number: n + 1, size: content.length, uid: `uid-${n}` })),
        );
        for (const { number } of list.messages) {
          assert.deepEqual(await maildrop.retrieve(number, text()), { kept: messages[number - 1] });
          assert.equal(await maildrop.mark(number), null);
        }
        assert.equal(await maildrop.quit(), null);
        assert.equal(await held.ended, 'quit');
        assert.deepEqual(
          removed,
          messages.map((_, n) => n),
        );
      },
    ),
  );
});

test('without marks nothing is removed; TOP, RSET and NOOP', async () => {
  const removed: number[] = [];
  const held = await talk(app(['A: 1\r\n\r\none\r\ntwo\r\n'], removed));
  const maildrop = opened(held);
  assert.deepEqual(await maildrop.top(1, 1, text()), { kept: 'A: 1\r\n\r\none\r\n' });
  assert.equal(await maildrop.mark(1), null);
  assert.equal(await maildrop.unmark(), null);
  assert.equal(await maildrop.noop(), null);
  assert.equal((await maildrop.mark(2))?.status?.ok, false);
  assert.equal(await maildrop.quit(), null);
  assert.equal(await held.ended, 'quit');
  assert.deepEqual(removed, []);
});

test('a wrong password, and no way to log in', async () => {
  const wrong = await talk(app([]), { login: { user: 'u', password: 'x' } });
  assert.ok('failure' in wrong.connected);
  assert.equal(wrong.connected.failure.status?.code, 'AUTH');
  assert.equal(await wrong.ended, 'quit');
  const none = await talk(app([]), {});
  assert.ok('failure' in none.connected);
});

test('a mechanism that the server offers is taken before a password', async () => {
  const given: Pop3App = {
    ...app([]),
    auth: (mechanism, initial) =>
      mechanism === 'PLAIN' && latin1(initial!) === '\0u\0p'
        ? { user: 'u', entries: [] }
        : { text: 'no' },
  };
  const plain = { mechanism: 'PLAIN', start: () => latin1Bytes('\0u\0p'), step: () => null };
  const held = await talk(given, { mechanisms: [plain] });
  assert.equal(await opened(held).quit(), null);
});

test('a yes of a server that has not proved itself is a failure', async () => {
  const given: Pop3App = { ...app([]), auth: () => ({ user: 'u', entries: [] }) };
  const plain = { mechanism: 'PLAIN', start: () => latin1Bytes('x'), step: () => null };
  const refused = await talk(given, { mechanisms: [{ ...plain, verified: false }] });
  assert.ok('failure' in refused.connected);
  assert.match(refused.connected.failure.text, /proved/);
  assert.equal(await refused.ended, 'quit');
  const taken = await talk(given, { mechanisms: [{ ...plain, verified: true }] });
  assert.equal(await opened(taken).quit(), null);
});

test('without TLS nobody logs in, unless that is asked for', async () => {
  for (const [startTls, wanted] of [
    ['required', false],
    ['offered', true],
    ['never', true],
  ] as const) {
    const [near, far] = memoryWires();
    const ended = run(new Pop3Server({ allowPlaintextAuth: true }), near, app([]));
    const connected = await connectPop3(far, { login: LOGIN, startTls });
    assert.equal('connection' in connected, wanted);
    if ('connection' in connected) await connected.connection.quit();
    assert.equal(await ended, 'quit');
  }
});

test('a message that breaks off is not kept, and every later command fails', async () => {
  const given: Pop3App = {
    ...app(['A: 1\r\n\r\n']),
    retrieve: () => ({ size: 100, content: half() }),
  };
  const maildrop = opened(await talk(given));
  const sink = text();
  const got = await maildrop.retrieve(1, sink);
  assert.ok('failure' in got);
  assert.equal(got.failure.end, 'closed');
  assert.ok(sink.aborted());
  assert.equal((await maildrop.mark(1))?.end, 'closed');
});

async function* half(): AsyncGenerator<Uint8Array> {
  yield asciiBytes('A: 1\r\n\r\n');
  throw new Error('disk');
}

test('a sink that fails rejects and cuts the connection: nothing is removed', async () => {
  const removed: number[] = [];
  const held = await talk(app(['A: 1\r\n\r\n', 'A: 2\r\n\r\n'], removed));
  const maildrop = opened(held);
  assert.equal(await maildrop.mark(2), null);
  const full: Sink<never> = {
    write: () => Promise.reject(new Error('disk full')),
    end: () => assert.fail('kept'),
    abort: async () => {},
  };
  await assert.rejects(maildrop.retrieve(1, full), /disk full/);
  assert.notEqual(await held.ended, 'quit');
  assert.deepEqual(removed, []);
});

test('a cancel cuts the connection', async () => {
  const cancel = new CancelSource();
  const held = await talk(app([]), { login: LOGIN, cancel });
  const maildrop = opened(held);
  cancel.fire();
  assert.equal((await maildrop.noop())?.end, 'aborted');
  assert.notEqual(await held.ended, 'quit');
});
