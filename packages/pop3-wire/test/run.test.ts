import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asciiBytes, latin1, memoryWires } from '@postino/wire';
import type { MemoryWire, Wire } from '@postino/wire';
import { Pop3Server, run } from '../src/index.ts';
import type {
  Pop3App,
  Pop3Context,
  Pop3ServerOptions,
  RunOptions,
  SessionEnd,
} from '../src/index.ts';

const LOGIN = 'USER u\r\nPASS p\r\n';
const LOGGED_IN = '+OK Postino ready.\r\n+OK\r\n+OK Logged in.\r\n';
const MESSAGES = ['A: 1\r\n\r\none\r\n', 'A: 2\r\n\r\ntwo\r\n'];

function app(more: Partial<Pop3App> = {}): Pop3App {
  return {
    login: () => ({ entries: MESSAGES.map((text, n) => ({ size: text.length, uid: `uid-${n}` })) }),
    retrieve: (index) => ({ size: 13, content: [asciiBytes(MESSAGES[index] ?? '')] }),
    update() {},
    ...more,
  };
}

function broken(): never {
  assert.fail('broken');
}

async function* half(): AsyncGenerator<Uint8Array> {
  yield asciiBytes('A: 1\r\n\r\n');
  throw new Error('disk');
}

interface Talk {
  readonly said: string;
  readonly end: SessionEnd;
  readonly errors: readonly unknown[];
  readonly writes: number;
}

/** Runs a session against a client who says all of this at once and then reads to the end. */
async function talk(
  text: string,
  given: Pop3App = app(),
  more: { options?: Pop3ServerOptions; run?: RunOptions } = {},
): Promise<Talk> {
  const [near, far] = memoryWires();
  const errors: unknown[] = [];
  await far.write(asciiBytes(text));
  const session = new Pop3Server({ allowPlaintextAuth: true, ...more.options });
  const ended = run(session, near, given, { onError: (error) => errors.push(error), ...more.run });
  const heard = await listen(far);
  return { said: heard.join(''), end: await ended, errors, writes: heard.length };
}

async function listen(wire: Wire): Promise<string[]> {
  const heard: string[] = [];
  for (let chunk; (chunk = await wire.read(0)) instanceof Uint8Array;) heard.push(latin1(chunk));
  return heard;
}

async function hear(wire: Wire): Promise<string> {
  const chunk = await wire.read(0);
  assert.ok(chunk instanceof Uint8Array);
  return latin1(chunk);
}

test('run: a whole session, pipelined, leaves in two writes', async () => {
  const { said, end, errors, writes } = await talk(
    `${LOGIN}RETR 1\r\nRETR 2\r\nDELE 1\r\nQUIT\r\n`,
  );
  assert.equal(
    said,
    `${LOGGED_IN}+OK 13 octets\r\n${MESSAGES[0]}.\r\n+OK 13 octets\r\n${MESSAGES[1]}.\r\n` +
      '+OK Marked to be deleted.\r\n+OK Logging out, messages deleted.\r\n',
  );
  assert.equal(end, 'quit');
  assert.deepEqual(errors, []);
  assert.equal(writes, 2);
});

test('run: async answers without a real wait do not cost a write each', async () => {
  const given = app({
    retrieve: async (index) => ({ size: 13, content: [asciiBytes(MESSAGES[index] ?? '')] }),
  });
  const { writes } = await talk(`${LOGIN}${'RETR 1\r\n'.repeat(50)}QUIT\r\n`, given);
  assert.equal(writes, 2);
});

test('run: what was said leaves while a slow answer is awaited', async () => {
  const [near, far] = memoryWires();
  const slow = Promise.withResolvers<void>();
  const given = app({ update: () => slow.promise });
  const ended = run(new Pop3Server({ allowPlaintextAuth: true }), near, given);
  await hear(far);
  await far.write(asciiBytes(`${LOGIN}NOOP\r\nQUIT\r\n`));
  assert.equal(await hear(far), '+OK\r\n+OK Logged in.\r\n+OK\r\n');
  slow.resolve();
  assert.equal(await hear(far), '+OK Logging out.\r\n');
  assert.equal(await ended, 'quit');
});

for (const [name, given] of [
  ['throws', broken],
  ['rejects', () => Promise.reject(new Error('broken'))],
  ['answers nonsense', async () => ({ size: Number.NaN, content: [] })],
] as const) {
  test(`run: a retrieve that ${name} is -ERR [SYS/TEMP], and the session stays`, async () => {
    const { said, errors } = await talk(
      `${LOGIN}RETR 1\r\nNOOP\r\nQUIT\r\n`,
      app({ retrieve: given }),
    );
    assert.equal(
      said,
      `${LOGGED_IN}-ERR [SYS/TEMP] Temporary failure, try again later.\r\n+OK\r\n+OK Logging out.\r\n`,
    );
    assert.equal(errors.length, 1);
  });
}

test('run: a login or an update that throws is -ERR [SYS/TEMP] too', async () => {
  const { said } = await talk(`${LOGIN}QUIT\r\n`, app({ login: broken }));
  assert.match(said, /-ERR \[SYS\/TEMP\] [^\r]*\r\n\+OK Logging out\.\r\n$/);
  const { said: bye } = await talk(`${LOGIN}DELE 1\r\nQUIT\r\n`, app({ update: broken }));
  assert.match(bye, /-ERR \[SYS\/TEMP\] [^\r]*\r\n$/);
});

test('run: content that breaks off ends the connection without the dot', async () => {
  const given = app({ retrieve: () => ({ size: 13, content: half() }) });
  const { said, end, errors } = await talk(`${LOGIN}RETR 1\r\nNOOP\r\nQUIT\r\n`, given);
  assert.equal(said, `${LOGGED_IN}+OK 13 octets\r\nA: 1\r\n\r\n`);
  assert.equal(end, 'failed');
  assert.match(String(errors[0]), /disk/);
});

test('run: TOP lets go of content that it does not want', async () => {
  let pieces = 0;
  let isReleased = false;
  async function* content() {
    try {
      for (;;) yield asciiBytes(pieces++ === 0 ? 'A: 1\r\n\r\n' : 'line\r\n');
    } finally {
      isReleased = true;
    }
  }
  const given = app({ retrieve: () => ({ size: 13, content: content() }) });
  const { said } = await talk(`${LOGIN}TOP 1 2\r\nQUIT\r\n`, given);
  assert.equal(said, `${LOGGED_IN}+OK\r\nA: 1\r\n\r\nline\r\nline\r\n.\r\n+OK Logging out.\r\n`);
  assert.deepEqual([pieces, isReleased], [3, true]);
});

test('run: content is read as fast as the client takes it', async () => {
  const [near, far] = memoryWires();
  const doors: (() => void)[] = [];
  const slow: Wire = Object.create(near, {
    write: {
      value: async (bytes: Uint8Array) => {
        await near.write(bytes);
        if (bytes.length > 1000) await new Promise<void>((resolve) => doors.push(resolve));
      },
    },
    ...bound(near),
  });
  let read = 0;
  async function* content() {
    for (; read < 5; read++) yield new Uint8Array(100_000).fill(0x61);
  }
  const given = app({ retrieve: () => ({ size: 500_002, content: content() }) });
  const ended = run(new Pop3Server({ allowPlaintextAuth: true }), slow, given);
  await far.write(asciiBytes(`${LOGIN}RETR 1\r\nQUIT\r\n`));
  for (let n = 0; n < 5; n++) {
    while (doors.length === 0) await hear(far);
    assert.equal(read, n);
    doors.shift()?.();
    await new Promise(setImmediate);
  }
  await listen(far);
  assert.equal(await ended, 'quit');
});

/** The methods of a memory wire, for an object that only looks like one. */
function bound(wire: MemoryWire): PropertyDescriptorMap {
  return {
    read: { value: wire.read.bind(wire) },
    close: { value: wire.close.bind(wire) },
    destroy: { value: wire.destroy.bind(wire) },
  };
}

test('run: a broken wire ends the session, the content and the wait', async () => {
  const [near, far] = memoryWires();
  let isReleased = false;
  const closed: Pop3Context[] = [];
  async function* content() {
    try {
      for (;;) {
        yield new Uint8Array(100_000);
        far.destroy();
      }
    } finally {
      isReleased = true;
    }
  }
  const given = app({
    retrieve: () => ({ size: 13, content: content() }),
    closed: (context) => void closed.push(context),
  });
  await far.write(asciiBytes(`${LOGIN}DELE 1\r\nRETR 2\r\nQUIT\r\n`));
  assert.equal(await run(new Pop3Server({ allowPlaintextAuth: true }), near, given), 'broken');
  assert.equal(isReleased, true);
  assert.equal(closed.length, 1);
  assert.equal(closed[0]?.cancel.aborted, true);
  assert.equal(closed[0]?.user, 'u');
});

test('run: an answer that nobody waits for any more is told so, and closed() comes after it', async () => {
  const [near, far] = memoryWires();
  const order: string[] = [];
  const given = app({
    update: (_indexes, { cancel }) => {
      far.destroy();
      const cancelled = Promise.withResolvers<void>();
      cancel.addEventListener('abort', () => cancelled.resolve());
      return cancelled.promise.then(() => void order.push('answered'));
    },
    closed: () => void order.push('closed'),
  });
  await far.write(asciiBytes(`${LOGIN}QUIT\r\n`));
  assert.equal(await run(new Pop3Server({ allowPlaintextAuth: true }), near, given), 'broken');
  assert.deepEqual(order, ['answered', 'closed']);
});

/** An app that answers this question when told, and what it saw. */
function slowApp(slow: 'login' | 'retrieve' | 'update') {
  const answer = Promise.withResolvers<void>();
  const seen: string[] = [];
  const wait = async <T>(context: Pop3Context, then: () => T): Promise<T> => {
    context.cancel.addEventListener('abort', () => seen.push('cancelled'));
    await answer.promise;
    seen.push('answered');
    return then();
  };
  const opened = { entries: MESSAGES.map((text, n) => ({ size: text.length, uid: `uid-${n}` })) };
  async function* content(): AsyncGenerator<Uint8Array> {
    try {
      yield asciiBytes(MESSAGES[0]!);
    } finally {
      seen.push('released');
    }
  }
  const slowly: Partial<Pop3App> = {
    login: (_user, _password, context) => wait(context, () => opened),
    retrieve: (_index, context) => wait(context, () => ({ size: 13, content: content() })),
    update: (_indexes, context) => wait(context, () => undefined),
  };
  const given = app({ [slow]: slowly[slow], closed: () => void seen.push('closed') });
  return { answer, seen, given };
}

/** A session that has been asked, and waits for the application. */
async function asked(given: Pop3App, text: string, options: RunOptions = {}) {
  const [near, far] = memoryWires();
  const errors: unknown[] = [];
  const ended = run(new Pop3Server({ allowPlaintextAuth: true }), near, given, {
    onError: (error) => errors.push(error),
    ...options,
  });
  assert.equal(await hear(far), '+OK Postino ready.\r\n');
  await far.write(asciiBytes(text));
  await hear(far);
  await new Promise(setImmediate);
  return { near, far, ended, errors };
}

test('run: a message that is not there in time is -ERR [SYS/TEMP], and the session stays', async () => {
  const { answer, seen, given } = slowApp('retrieve');
  const { near, far, ended, errors } = await asked(given, `${LOGIN}RETR 1\r\n`);
  near.expire();
  assert.equal(await hear(far), '-ERR [SYS/TEMP] Temporary failure, try again later.\r\n');
  assert.deepEqual(seen, ['cancelled']);
  assert.match(String(errors), /no answer to retrieve in time/);
  answer.resolve();
  await new Promise(setImmediate);
  assert.deepEqual(seen, ['cancelled', 'answered', 'released']);
  await far.write(asciiBytes('NOOP\r\nQUIT\r\n'));
  assert.equal((await listen(far)).join(''), '+OK\r\n+OK Logging out.\r\n');
  assert.equal(await ended, 'quit');
});

for (const [slow, text, end] of [
  ['login', LOGIN, 'refused'],
  ['update', `${LOGIN}DELE 1\r\nQUIT\r\n`, 'quit'],
] as const) {
  test(`run: a ${slow} that takes too long ends the session, and closed() comes after its answer`, async () => {
    const { answer, seen, given } = slowApp(slow);
    const { near, far, ended } = await asked(given, text);
    near.expire();
    assert.equal(
      (await listen(far)).join(''),
      '-ERR [SYS/TEMP] Temporary failure, try again later.\r\n',
    );
    assert.equal(await ended, end);
    assert.deepEqual(seen, ['cancelled']);
    answer.resolve();
    await new Promise(setImmediate);
    assert.deepEqual(seen, ['cancelled', 'answered', 'closed']);
  });
}

test('run: a client that leaves while its message is looked for is noticed', async () => {
  const { answer, seen, given } = slowApp('retrieve');
  const { far, ended } = await asked(given, `${LOGIN}RETR 1\r\n`);
  assert.deepEqual(seen, []);
  await far.close();
  await new Promise(setImmediate);
  assert.deepEqual(seen, ['cancelled']);
  answer.resolve();
  assert.equal(await ended, 'closed');
  assert.deepEqual(seen, ['cancelled', 'answered', 'released', 'closed']);
});

test('run: a client that breaks off while its message is looked for leaves nothing open', async () => {
  const { answer, seen, given } = slowApp('retrieve');
  const { far, ended } = await asked(given, `${LOGIN}RETR 1\r\n`);
  far.destroy();
  await new Promise(setImmediate);
  assert.deepEqual(seen, ['cancelled']);
  answer.resolve();
  assert.equal(await ended, 'broken');
  assert.deepEqual(seen, ['cancelled', 'answered', 'released', 'closed']);
});

test('run: a client that says QUIT and leaves has its messages removed all the same', async () => {
  const { answer, seen, given } = slowApp('update');
  const { far, ended } = await asked(given, `${LOGIN}DELE 1\r\nQUIT\r\n`);
  await far.close();
  await new Promise(setImmediate);
  assert.deepEqual(seen, []);
  answer.resolve();
  assert.equal(await ended, 'quit');
  assert.deepEqual(seen, ['answered', 'cancelled', 'closed']);
});

test('run: what comes while an answer is pending is kept, in order, and winds up the clock', async () => {
  const { answer, given } = slowApp('retrieve');
  const { far, ended } = await asked(given, `${LOGIN}RETR 1\r\n`);
  for (const line of ['NO', 'OP\r\n', 'STAT\r\nQU', 'IT\r\n']) await far.write(asciiBytes(line));
  answer.resolve();
  assert.equal(
    (await listen(far)).join(''),
    `+OK 13 octets\r\n${MESSAGES[0]}.\r\n+OK\r\n+OK 2 26\r\n+OK Logging out.\r\n`,
  );
  assert.equal(await ended, 'quit');
});

test('run: what lies behind STLS is seen, though both came in pieces while an answer was pending', async () => {
  const { answer, given } = slowApp('login');
  const [near, far] = memoryWires();
  const session = new Pop3Server({ allowPlaintextAuth: true, startTls: true });
  const refusing = { ...given, login: async () => (await answer.promise, { text: 'No.' }) };
  const ended = run(session, near, refusing);
  await far.write(asciiBytes(LOGIN));
  await hear(far);
  await hear(far);
  await far.write(asciiBytes('STLS\r\n'));
  await far.write(asciiBytes('CAPA\r\n'));
  await new Promise(setImmediate);
  answer.resolve();
  assert.match((await listen(far)).join(''), /-ERR \[AUTH\] No\.\r\n-ERR Nothing may follow STLS/);
  assert.equal(await ended, 'unsynchronized');
});

test('run: no more than 16 KB are read ahead while an answer is pending', async () => {
  const { answer, given } = slowApp('retrieve');
  const { near, far, ended } = await asked(given, `${LOGIN}RETR 1\r\n`);
  for (let n = 0; n < 10; n++) await far.write(asciiBytes('NOOP\r\n'.repeat(1000)));
  await new Promise(setImmediate);
  assert.equal(near.buffered(), 7 * 6000);
  answer.resolve();
  await far.close();
  const said = (await listen(far)).join('');
  assert.equal(said.match(/^\+OK\r$/gm)?.length, 10_000);
  assert.equal(await ended, 'closed');
});

test('run: silence ends the session without a word', async () => {
  const [near, far] = memoryWires();
  const ended = run(new Pop3Server(), near, app());
  assert.equal(await hear(far), '+OK Postino ready.\r\n');
  await new Promise(setImmediate);
  near.expire();
  assert.deepEqual(await listen(far), []);
  assert.equal(await ended, 'timeout');
});

test('run: a client that leaves removes nothing', async () => {
  const [near, far] = memoryWires();
  let updates = 0;
  const given = app({ update: () => void updates++ });
  const ended = run(new Pop3Server({ allowPlaintextAuth: true }), near, given);
  await far.write(asciiBytes(`${LOGIN}DELE 1\r\n`));
  await far.close();
  assert.equal(await ended, 'closed');
  assert.equal(updates, 0);
});

test('run: stop ends a session that waits, and one that has not begun', async () => {
  for (const isEarly of [true, false]) {
    const [near, far] = memoryWires();
    const stop = new AbortController();
    if (isEarly) stop.abort();
    const ended = run(new Pop3Server(), near, app(), { stop: stop.signal });
    if (!isEarly) {
      await hear(far);
      await new Promise(setImmediate);
      stop.abort();
    }
    assert.match((await listen(far)).join(''), /-ERR \[SYS\/TEMP\] Server shutting down\.\r\n$/);
    assert.equal(await ended, 'shutdown');
  }
});

test('run: STLS, then a login over TLS; the context knows', async () => {
  const [near, far] = memoryWires();
  const contexts: (string | undefined)[] = [];
  const given = app({
    login: (user, _password, { tls }) => {
      contexts.push(tls?.protocol);
      return { entries: [], user: `${user}@example.org` };
    },
    update: (_indexes, { user }) => void contexts.push(user),
  });
  const ended = run(new Pop3Server({ startTls: true }), near, given);
  await hear(far);
  await far.write(asciiBytes('STLS\r\n'));
  assert.equal(await hear(far), '+OK Begin TLS negotiation now.\r\n');
  await new Promise(setImmediate);
  await far.write(asciiBytes(`${LOGIN}QUIT\r\n`));
  await listen(far);
  assert.equal(await ended, 'quit');
  assert.deepEqual(contexts, ['TLSv1.3', 'u@example.org']);
});

test('run: AUTH by the application, with a challenge, a cancel and a success', async () => {
  const calls: string[] = [];
  const given = app({
    auth: (mechanism, initial) => {
      calls.push(`${mechanism} ${initial && latin1(initial)}`);
      return { challenge: asciiBytes('who?') };
    },
    authResponse: async (bytes) => {
      calls.push(latin1(bytes));
      return { entries: [], user: 'u' };
    },
    authCancelled: () => assert.fail('forgetful'),
  });
  const text = 'AUTH SCRAM-SHA-256\r\n*\r\nAUTH SCRAM-SHA-256 aQ==\r\nbWU=\r\nQUIT\r\n';
  const { said, errors } = await talk(text, given, { options: { mechanisms: ['SCRAM-SHA-256'] } });
  assert.equal(
    said,
    '+OK Postino ready.\r\n+ d2hvPw==\r\n-ERR Authentication aborted by client.\r\n' +
      '+ d2hvPw==\r\n+OK Logged in.\r\n+OK Logging out.\r\n',
  );
  assert.deepEqual(calls, ['SCRAM-SHA-256 null', 'SCRAM-SHA-256 i', 'me']);
  assert.equal(errors.length, 1);
});

test('run: mechanisms that nobody carries out are refused', async () => {
  const { said } = await talk('AUTH PLAIN\r\nQUIT\r\n', app(), {
    options: { mechanisms: ['PLAIN'] },
  });
  assert.match(said, /-ERR \[AUTH\] Unsupported authentication mechanism\.\r\n/);
});

test('the application learns whether UTF-8 was asked for', async () => {
  const seen: boolean[] = [];
  const given = app({
    login: (_user, _password, context) => (seen.push(context.utf8), { text: 'no' }),
  });
  const { said } = await talk(`${LOGIN}UTF8\r\n${LOGIN}QUIT\r\n`, given, {
    options: { utf8: true },
  });
  assert.match(said, /UTF8 enabled/);
  assert.deepEqual(seen, [false, true]);
});

test('days and seconds that are no numbers are a TypeError', () => {
  assert.throws(() => new Pop3Server({ expire: -1 }), TypeError);
  assert.throws(() => new Pop3Server({ loginDelay: 1.5 }), TypeError);
  assert.ok(new Pop3Server({ expire: 'NEVER', loginDelay: 0 }));
});
