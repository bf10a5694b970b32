import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  run,
  SmtpServer,
  type RunOptions,
  type SessionEnd,
  type SmtpApp,
  type SmtpServerOptions,
} from '@postino/smtp-wire';
import { asciiBytes, latin1, memoryWires, type MemoryWire } from '@postino/wire';
import { codes, HOST, Mailroom } from './session.ts';

/** A session over a pair of wires; `say` writes and waits for so many replies. */
class Client {
  readonly wire: MemoryWire;
  readonly server: MemoryWire;
  readonly errors: unknown[] = [];
  readonly end: Promise<SessionEnd>;
  #heard = '';

  constructor(
    app: Partial<SmtpApp> = {},
    options: Partial<SmtpServerOptions> & RunOptions = {},
    early = '',
  ) {
    [this.server, this.wire] = memoryWires();
    if (early !== '') void this.wire.write(asciiBytes(early));
    const session = new SmtpServer({ hostname: HOST, ...options });
    const whole: SmtpApp = { rcpt: () => {}, message: () => {}, ...app };
    this.end = run(session, this.server, whole, {
      onError: (error) => this.errors.push(error),
      ...options,
    });
  }

  async say(text: string, replies: number): Promise<string> {
    if (text !== '') await this.wire.write(asciiBytes(text));
    while (codes(this.#heard).length < replies) {
      const heard = await this.wire.read(0);
      if (!(heard instanceof Uint8Array)) break;
      this.#heard += latin1(heard);
    }
    const said = this.#heard;
    this.#heard = '';
    return said;
  }

  /** Greeting, HELO, MAIL, RCPT. */
  async address(): Promise<void> {
    const said = await this.say(
      'EHLO c.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\n',
      4,
    );
    assert.deepEqual(codes(said), [220, 250, 250, 250]);
  }
}

/** Lets everything that is due happen. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
/** An answer that is given when the test says so. */
const pending = <T>(): { promise: Promise<T>; resolve: (value: T) => void } =>
  Promise.withResolvers<T>();

test('a whole session, answers with and without promises', async () => {
  for (const slow of [false, true]) {
    const app = new Mailroom();
    const later = async <T>(value: T): Promise<T> => {
      if (slow) await settle();
      return value;
    };
    const client = new Client({
      rcpt: (to) => later(app.rcpt(to)),
      content: (bytes) => later(app.content(bytes)),
      message: () => later(app.message()),
    });
    await client.address();
    assert.deepEqual(
      codes(await client.say('RCPT TO:<nobody@d.example>\r\nDATA\r\n', 2)),
      [550, 354],
    );
    assert.deepEqual(codes(await client.say('one\r\n..two\r\n.\r\nQUIT\r\n', 2)), [250, 221]);
    assert.equal(await client.end, 'quit');
    assert.deepEqual(app.stored, ['one\r\n.two\r\n']);
    assert.deepEqual(client.errors, []);
  }
});

test('replies of a group leave in one write, where the answers are quick', async () => {
  for (const rcpt of [() => {}, async () => {}]) {
    const client = new Client({ rcpt });
    await client.say('', 1);
    await client.wire.write(
      asciiBytes('EHLO c.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n'),
    );
    const heard = await client.wire.read(0);
    assert.ok(heard instanceof Uint8Array);
    assert.deepEqual(codes(latin1(heard)), [250, 250, 250, 354]);
  }
});

test('a slow answer lets the replies before it out', async () => {
  const answer = pending<void>();
  const client = new Client({ rcpt: () => answer.promise });
  const said = await client.say(
    'EHLO c.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\n',
    3,
  );
  assert.deepEqual(codes(said), [220, 250, 250]);
  answer.resolve();
  assert.deepEqual(codes(await client.say('', 1)), [250]);
});

test('what an application throws or rejects is 451 4.3.0, and the session lives', async () => {
  const failing = [
    () => {
      throw new Error('disk full');
    },
    () => Promise.reject(new Error('disk full')),
    async () => {
      await settle();
      throw new Error('disk full');
    },
    () => ({ code: 999, text: 'no reply' }),
  ];
  for (const rcpt of failing) {
    const client = new Client({ rcpt });
    const said = await client.say(
      'HELO c.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nNOOP\r\n',
      5,
    );
    assert.deepEqual(codes(said), [220, 250, 250, 451, 250]);
    assert.match(said, /451 4\.3\.0 /);
    assert.equal(client.errors.length, 1);
  }
});

test('content that cannot be kept is refused at its end, and dropped', async () => {
  let resets = 0;
  for (const content of [
    () => {
      throw new Error('disk full');
    },
    () => Promise.reject(new Error('disk full')),
    () => ({ code: 452, status: '4.3.1' as const, text: 'disk full' }),
  ]) {
    const client = new Client({
      content,
      reset: () => resets++,
      message: () => assert.fail('no message'),
    });
    await client.address();
    await client.say('DATA\r\n', 1);
    const [code] = codes(await client.say('a\r\nb\r\n.\r\n', 1));
    assert.ok(code === 451 || code === 452);
  }
  assert.equal(resets, 3);
});

test('a promise from content is waited for', async () => {
  const first = pending<void>();
  const seen: string[] = [];
  const client = new Client({
    content: (bytes) => {
      seen.push(latin1(bytes));
      return seen.length === 1 ? first.promise : undefined;
    },
  });
  await client.address();
  await client.say('DATA\r\n', 1);
  await client.wire.write(asciiBytes('a\r\n'));
  await client.wire.write(asciiBytes('b\r\n'));
  await settle();
  await settle();
  assert.deepEqual(seen, ['a\r\n']);
  first.resolve();
  assert.deepEqual(codes(await client.say('.\r\n', 1)), [250]);
  assert.deepEqual(seen, ['a\r\n', 'b\r\n']);
});

test('while an answer is pending no more than 16 KB are taken from the wire', async () => {
  const answer = pending<void>();
  const client = new Client({ message: () => answer.promise });
  await client.address();
  await client.say('DATA\r\n', 1);
  await client.wire.write(asciiBytes('a\r\n.\r\n'));
  await settle();
  const many = asciiBytes('NOOP\r\n'.repeat(1000));
  for (let i = 0; i < 5; i++) await client.wire.write(many);
  await settle();
  assert.equal(client.server.buffered(), 2 * many.length);
  answer.resolve();
  assert.deepEqual(codes(await client.say('', 2)).slice(0, 2), [250, 250]);
});

test('what came while one answer was pending is kept while the next one is', async () => {
  const answers = [pending<void>(), pending<void>()];
  const client = new Client({ rcpt: () => answers.shift()!.promise });
  const [first, second] = answers;
  await client.say('HELO c.example\r\nMAIL FROM:<a@b.example>\r\n', 3);
  await client.wire.write(asciiBytes('RCPT TO:<c@d.example>\r\nRCPT TO:<e@d.example>\r\n'));
  await settle();
  await client.wire.write(asciiBytes('NOOP\r\n'));
  await settle();
  await client.wire.write(asciiBytes('RSET\r\n'));
  first!.resolve();
  await settle();
  second!.resolve();
  const said = await client.say('QUIT\r\n', 5);
  assert.deepEqual(codes(said), [250, 250, 250, 250, 221]);
  assert.match(said, /2\.0\.0 OK\r\n250 2\.0\.0 Reset OK/);
});

test('an answer that takes too long is 451, its cancel fires, and the session lives', async () => {
  let cancelled = 0;
  const client = new Client({
    message: (_size, context) => {
      context.cancel.addEventListener('abort', () => cancelled++);
      return new Promise(() => {});
    },
  });
  await client.address();
  await client.say('DATA\r\n', 1);
  await client.wire.write(asciiBytes('a\r\n.\r\n'));
  await settle();
  // What comes meanwhile does not stop the clock.
  await client.wire.write(asciiBytes('NOOP\r\n'));
  await settle();
  client.server.expire();
  const said = await client.say('', 2);
  assert.match(said, /^451 4\.3\.0 /);
  assert.deepEqual(codes(said), [451, 250]);
  assert.equal(cancelled, 1);
  assert.deepEqual(codes(await client.say('QUIT\r\n', 1)), [221]);
  assert.equal(await client.end, 'quit');
  assert.match(String(client.errors[0]), /no answer to message within 120000 ms/);
});

test('cancel fires when the peer leaves while an answer is pending; one that still listens gets it', async () => {
  const answer = pending<void>();
  let cancelled = false;
  const client = new Client({
    message: (_size, context) => {
      context.cancel.addEventListener('abort', () => (cancelled = true));
      return answer.promise;
    },
  });
  await client.address();
  await client.say('DATA\r\n', 1);
  await client.wire.write(asciiBytes('a\r\n.\r\n'));
  await settle();
  assert.equal(cancelled, false);
  await client.wire.close();
  await settle();
  assert.equal(cancelled, true);
  answer.resolve();
  assert.equal(await client.end, 'closed');
});

test('a wire that breaks ends the session, also while an answer is pending', async () => {
  for (const rcpt of [() => {}, () => new Promise<void>(() => {})]) {
    let cancelled = false;
    const client = new Client({
      rcpt,
      hello: (_name, context) => context.cancel.addEventListener('abort', () => (cancelled = true)),
    });
    await client.say('HELO c.example\r\nMAIL FROM:<a@b.example>\r\n', 3);
    await client.wire.write(asciiBytes('RCPT TO:<c@d.example>\r\n'));
    await settle();
    client.wire.destroy();
    assert.equal(await client.end, 'broken');
    assert.ok(cancelled);
    assert.equal(client.errors.length, 1);
  }
});

test('a silent peer is 421', async () => {
  const client = new Client();
  await client.say('', 1);
  await settle();
  client.server.expire();
  assert.deepEqual(codes(await client.say('', 1)), [421]);
  assert.equal(await client.end, 'timeout');
});

test('a peer that ends its side, its message unfinished, is the end of both', async () => {
  let resets = 0;
  const client = new Client({ reset: () => resets++ });
  await client.address();
  await client.say('DATA\r\n', 1);
  await client.wire.write(asciiBytes('half'));
  await client.wire.close();
  assert.equal(await client.end, 'closed');
  assert.equal(resets, 1);
});

test('stop: 421 at once between commands, after the message within one', async () => {
  const idle = new AbortController();
  const waiting = new Client({}, { stop: idle.signal });
  await waiting.say('', 1);
  await settle();
  idle.abort();
  assert.deepEqual(codes(await waiting.say('', 1)), [421]);
  assert.equal(await waiting.end, 'shutdown');

  const over = new Client({}, { stop: AbortSignal.abort() });
  assert.deepEqual(codes(await over.say('', 2)), [220, 421]);
  assert.equal(await over.end, 'shutdown');

  const busy = new AbortController();
  const sending = new Client({}, { stop: busy.signal });
  await sending.address();
  await sending.say('DATA\r\n', 1);
  busy.abort();
  await settle();
  assert.deepEqual(codes(await sending.say('a\r\n.\r\nNOOP\r\n', 2)), [250, 421]);
  assert.equal(await sending.end, 'shutdown');
});

test('octets before the greeting make an early talker, refused or asked about', async () => {
  const refused = new Client({}, {}, 'HELO c.example\r\n');
  assert.deepEqual(codes(await refused.say('', 1)), [554]);
  assert.equal(await refused.end, 'unsynchronized');
  let early = false;
  const asked = new Client(
    { connect: (context) => void (early = context.early) },
    { earlyTalkers: 'ask' },
    'HELO c.example\r\n',
  );
  assert.deepEqual(codes(await asked.say('', 2)), [220, 250]);
  assert.equal(early, true);
});

test('STARTTLS: the wire is secured, EHLO and the login are forgotten', async () => {
  const seen: unknown[] = [];
  const client = new Client(
    {
      auth: () => ({ user: 'ale' }),
      mail: (_from, _params, context) =>
        void seen.push([context.tls?.protocol, context.hello?.name, context.user]),
    },
    { startTls: true, mechanisms: ['PLAIN'], allowPlaintextAuth: true },
  );
  await client.say('EHLO one.example\r\nAUTH PLAIN\r\nMAIL FROM:<>\r\nRSET\r\n', 5);
  assert.deepEqual(codes(await client.say('STARTTLS\r\n', 1)), [220]);
  await client.say('EHLO two.example\r\nMAIL FROM:<>\r\nQUIT\r\n', 3);
  assert.equal(await client.end, 'quit');
  assert.deepEqual(seen, [
    [undefined, 'one.example', 'ale'],
    ['TLSv1.3', 'two.example', undefined],
  ]);
});

test('nobody logs in by silence, by a good reply or by an error', async () => {
  const answers: SmtpApp['auth'][] = [
    undefined,
    () => ({ code: 235, text: 'come in' }),
    () => JSON.parse('{ "user": null }') as { user: string },
    () => Promise.reject(new Error('no directory')),
  ];
  for (const auth of answers) {
    const client = new Client(auth ? { auth } : {}, {
      mechanisms: ['PLAIN'],
      allowPlaintextAuth: true,
    });
    const said = await client.say('EHLO c.example\r\nAUTH PLAIN =\r\n', 3);
    assert.deepEqual(codes(said), [220, 250, 454]);
  }
});

test('an application that fails at the connection is 421', async () => {
  const client = new Client({ connect: () => Promise.reject(new Error('no DNS')) });
  assert.match(await client.say('', 1), /^421 mx\.example /);
  assert.equal(await client.end, 'refused');
});

test('data is told how content comes, and the context whether the peer waits', async () => {
  const told: string[] = [];
  const app: Partial<SmtpApp> = {
    data: (how, { unsynchronized }) => void told.push(`${how} ${unsynchronized}`),
  };
  const client = new Client(app, { chunking: true });
  await client.address();
  await client.say('BDAT 0 LAST\r\n', 1);
  const envelope = 'MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\n';
  await client.say(`NOOP\r\n${envelope}DATA\r\n`, 4);
  await client.say('.\r\nQUIT\r\n', 2);
  await client.end;
  // EHLO and what followed it came in one piece.
  assert.deepEqual(told, ['BDAT true', 'DATA true']);
});
