/** Mail goes out to the servers of others, over real sockets: Exim, Postfix's smtp-sink, nodemailer's smtp-server. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { Envelope } from '@postino/address';
import {
  Delivery,
  type DeliveryOptions,
  type RecipientResult,
  type TlsRule,
} from '@postino/delivery';
import { zone } from '@postino/dns';
import { dial, selfSigned } from '@postino/node';
import { loginClient, plainClient } from '@postino/sasl';
import { connectSmtp, type ConnectOptions, type SmtpConnection } from '@postino/smtp-wire';
import { Exim, EXIM_LIMIT, EXIM_LOGIN } from './exim.ts';
import { programTest } from './program-test.ts';
import { SMTP_SINK, SmtpSink } from './smtp-sink.ts';

const HEADER = 'From: <a@us.example>\r\nSubject: hello\r\n\r\n';

/** What is to arrive octet by octet: names, and bodies. */
const BODIES: Readonly<Record<string, string>> = {
  dots: '.\r\n..\r\n.dot\r\n...\r\n.\r\n',
  'no last line end': 'no end',
  'a long line': `${'x'.repeat(990)}\r\n.${'y'.repeat(990)}\r\n`,
  blanks: ' \r\n\t\r\n  the end  \r\n\r\n\r\n',
  'many lines': '.a line of text\r\n'.repeat(3000),
  'all octets but CR, LF and NUL': Array.from({ length: 255 }, (_, octet) => octet + 1)
    .filter((octet) => octet !== 10 && octet !== 13)
    .map((octet) => String.fromCharCode(octet))
    .join(''),
};

function envelopeTo(...localParts: readonly string[]): Envelope {
  const to = localParts.map((localPart) => ({ address: { localPart, domain: 'peer.example' } }));
  return { from: { localPart: 'a', domain: 'us.example' }, to };
}

function messageOf(text: string): {
  size: number;
  eightBit: boolean;
  read(): AsyncGenerator<Buffer>;
} {
  const bytes = Buffer.from(text, 'latin1');
  return {
    size: bytes.length,
    eightBit: !isAscii(text),
    read: async function* () {
      for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
    },
  };
}

/** Our side, which knows one host behind `peer.example`. */
function deliveryTo(
  context: TestContext,
  port: number,
  { authority, ...options }: Partial<DeliveryOptions> & { readonly authority?: string } = {},
): Delivery {
  const delivery = new Delivery({
    hostname: 'us.example',
    resolver: zone({
      'peer.example': { MX: [[10, 'mx.peer.example']] },
      'mx.peer.example': { A: ['127.0.0.1'] },
    }),
    dial: (to, how) => dial(to, { ...how, ...(authority ? { authorities: [authority] } : {}) }),
    port,
    ignoreTargetHosts: [],
    ...options,
  });
  context.after(() => delivery.close());
  return delivery;
}

async function connection(
  port: number,
  options: Partial<ConnectOptions> = {},
): Promise<SmtpConnection> {
  const wire = await dial({ address: '127.0.0.1', port });
  const connected = await connectSmtp(wire, { hostname: 'us.example', ...options });
  assert.ok('connection' in connected, JSON.stringify(connected));
  return connected.connection;
}

/** `status`, code and phase of each, in short. */
function short(results: readonly RecipientResult[]): string[] {
  return results.map(({ status, reply, phase }) => `${status} ${reply.code} ${phase}`);
}

/** As a program keeps it that writes LF for CRLF. */
function kept(text: string): string {
  return text.endsWith('\r\n')
    ? text.replaceAll('\r\n', '\n')
    : `${text.replaceAll('\r\n', '\n')}\n`;
}

const EXIM_CERTIFICATE = selfSigned(['mx.peer.example']);

programTest(
  'exim4',
  { name: 'takes many messages over one connection, octet by octet' },
  async (context) => {
    const exim = await Exim.start(context);
    for (const chunking of ['offered', 'never'] as const) {
      const delivery = deliveryTo(context, exim.port, { chunking });
      for (const body of Object.values(BODIES)) {
        const results = await delivery.deliver(messageOf(HEADER + body), envelopeTo('b', 'c'));
        assert.deepEqual(short(results), ['delivered 250 content', 'delivered 250 content']);
        assert.match(String(results[0]?.reply.text), /OK id=/);
      }
    }
    assert.equal(exim.connections, 2);
    const messages = exim.messages();
    const expected = Object.values(BODIES).map(kept);
    assert.deepEqual(sorted(messages.map(({ body }) => body)), sorted([...expected, ...expected]));
    assert.equal(exim.chunked, expected.length);
    for (const { from, to, protocol } of messages) {
      assert.deepEqual(to, ['b@peer.example', 'c@peer.example']);
      assert.deepEqual([from, protocol], ['a@us.example', 'esmtp']);
    }
  },
);

programTest(
  'exim4',
  { name: 'refuses recipients one by one, and what is too big before it was sent' },
  async (context) => {
    const exim = await Exim.start(context);
    const delivery = deliveryTo(context, exim.port);
    const some = await delivery.deliver(messageOf(HEADER), envelopeTo('b', 'nobody', 'later', 'c'));
    assert.deepEqual(short(some), [
      'delivered 250 content',
      'failed 550 rcpt',
      'deferred 451 rcpt',
      'delivered 250 content',
    ]);
    assert.deepEqual(exim.messages()[0]?.to, ['b@peer.example', 'c@peer.example']);
    const none = await delivery.deliver(messageOf(HEADER), envelopeTo('nobody', 'later'));
    assert.deepEqual(short(none), ['failed 550 rcpt', 'deferred 451 rcpt']);

    const big = messageOf(HEADER + 'x'.repeat(EXIM_LIMIT));
    const [known] = await delivery.deliver(big, envelopeTo('b'));
    assert.deepEqual([known!.status, known!.reply.status, known!.local], ['failed', '5.3.4', true]);
    // A sender who names no size learns it from Exim itself, at the end.
    const smtp = await connection(exim.port);
    const [told] = await smtp.send(envelopeTo('b'), big.read());
    assert.deepEqual([told!.reply.code, told!.phase, told!.local], [552, 'content', false]);
    await smtp.close();
    assert.equal(exim.messages().length, 1);
  },
);

programTest('exim4', { name: 'is known by its certificate, or is not' }, async (context) => {
  const exim = await Exim.start(context, EXIM_CERTIFICATE);
  const authority = EXIM_CERTIFICATE.certificate;
  const send = async (rule: TlsRule, more: { readonly authority?: string } = {}) => {
    const delivery = deliveryTo(context, exim.port, { ...more, policy: () => rule });
    const [result] = await delivery.deliver(messageOf(HEADER), envelopeTo('b'));
    return `${result!.status} ${result!.phase} ${result!.tls?.authorized}`;
  };
  assert.equal(await send({ tls: 'require' }, { authority }), 'delivered content true');
  // Who cannot tell whose it is takes what there is, unless the policy asks for more.
  assert.equal(await send({ tls: 'require' }), 'deferred startTls undefined');
  assert.equal(
    await send({ tls: 'require', serverName: 'other.example' }, { authority }),
    'deferred startTls undefined',
  );
  assert.equal(await send({ tls: 'require', verify: 'none' }), 'delivered content false');
  assert.equal(await send({ tls: 'may' }), 'delivered content false');
  assert.equal(await send({ tls: 'none' }), 'delivered content undefined');
  assert.deepEqual(sorted(exim.messages().map(({ protocol }) => protocol)), [
    'esmtp',
    'esmtps',
    'esmtps',
    'esmtps',
  ]);
});

programTest(
  'exim4',
  { name: 'whose handshake fails gets mail in the clear, where the policy lets it' },
  async (context) => {
    // It offers STARTTLS and has a certificate that belongs to another key.
    const exim = await Exim.start(context, {
      certificate: EXIM_CERTIFICATE.certificate,
      key: selfSigned(['mx.peer.example']).key,
    });
    const send = async (rule: TlsRule) => {
      const delivery = deliveryTo(context, exim.port, { policy: () => rule });
      return delivery.deliver(messageOf(HEADER), envelopeTo('b'));
    };
    const [open] = await send({ tls: 'may' });
    assert.deepEqual([open!.status, open!.tls], ['delivered', null]);
    const [closed] = await send({ tls: 'require', verify: 'none' });
    assert.deepEqual([closed!.status, closed!.phase], ['deferred', 'startTls']);
    assert.deepEqual(
      exim.messages().map(({ protocol }) => protocol),
      ['esmtp'],
    );
  },
);

programTest(
  'exim4',
  { name: 'takes a login, PLAIN and LOGIN, and refuses a wrong one' },
  async (context) => {
    const exim = await Exim.start(context, EXIM_CERTIFICATE);
    const wrong = { ...EXIM_LOGIN, password: 'wrong' };
    for (const [login, expected] of [
      [plainClient(EXIM_LOGIN), 'delivered 250 content'],
      [loginClient(EXIM_LOGIN), 'delivered 250 content'],
      [plainClient(wrong), 'deferred 535 auth'],
      [loginClient(wrong), 'deferred 535 auth'],
    ] as const) {
      const delivery = deliveryTo(context, exim.port, {
        authority: EXIM_CERTIFICATE.certificate,
        smarthost: { host: 'mx.peer.example', port: exim.port, login: () => [login] },
      });
      const results = await delivery.deliver(messageOf(HEADER), envelopeTo('b'));
      assert.deepEqual(short(results), [expected], login.mechanism);
    }
    assert.deepEqual(
      exim.messages().map(({ protocol }) => protocol),
      ['esmtpsa', 'esmtpsa'],
    );
  },
);

/** A test against smtp-sink. */
function sinkTest(name: string, body: (context: TestContext) => Promise<void>): void {
  programTest('smtp-sink', { name, at: SMTP_SINK }, body);
}

sinkTest('keeps what was sent, octet by octet, pipelined and one by one', async (context) => {
  for (const flags of [[], ['-p'], ['-8'], ['-e'], ['-E', '-N']]) {
    const sink = await SmtpSink.start(context, ...flags);
    const smtp = await connection(sink.port);
    const bodies = Object.values(BODIES).filter(
      (body) => smtp.extensions.eightBitMime || isAscii(body),
    );
    for (const body of bodies) {
      const [sent] = await smtp.send(envelopeTo('b', 'c'), messageOf(HEADER + body).read());
      assert.deepEqual([sent!.reply.code, sent!.phase], [250, 'content'], flags.join(' '));
    }
    const [empty] = await smtp.send(envelopeTo('b', 'c'), messageOf('').read());
    assert.equal(empty!.reply.code, 250);
    await smtp.close();
    const expected = [...bodies.map((body) => kept(HEADER + body)), ''];
    const messages = sink.messages();
    assert.deepEqual(sorted(messages.map(({ text }) => text)), sorted(expected), flags.join(' '));
    for (const { rcpt } of messages)
      assert.deepEqual(rcpt, ['<b@peer.example>', '<c@peer.example>']);
  }
});

/** What the sink is told to do with a command, and what that means for two recipients. */
const ANSWERS: readonly (readonly [flags: readonly string[], each: string])[] = [
  [['-f', 'CONNECT'], 'failed 500 connect'],
  [['-f', 'EHLO'], 'delivered 250 content'],
  [['-f', 'EHLO,HELO'], 'failed 500 hello'],
  [['-f', 'MAIL'], 'failed 500 mail'],
  [['-f', 'RCPT'], 'failed 500 rcpt'],
  [['-f', 'DATA'], 'failed 500 data'],
  [['-f', '.'], 'failed 500 content'],
  [['-r', 'CONNECT'], 'deferred 450 connect'],
  [['-r', 'EHLO'], 'deferred 450 hello'],
  [['-r', 'MAIL'], 'deferred 450 mail'],
  [['-r', 'RCPT'], 'deferred 450 rcpt'],
  [['-r', 'DATA'], 'deferred 450 data'],
  [['-r', '.'], 'deferred 450 content'],
  [['-B', '550 5.7.1 Go away', '-f', 'RCPT'], 'failed 550 rcpt'],
  [['-q', 'CONNECT'], 'deferred 451 connect'],
  [['-q', 'EHLO'], 'deferred 451 hello'],
  [['-q', 'MAIL'], 'deferred 451 mail'],
  [['-q', 'RCPT'], 'deferred 451 rcpt'],
  [['-q', 'DATA'], 'deferred 451 data'],
  [['-q', '.'], 'deferred 451 content unknown'],
  [['-Q', 'MAIL'], 'deferred 421 mail'],
  [['-Q', 'RCPT'], 'deferred 421 rcpt'],
  [['-Q', 'DATA'], 'deferred 421 data'],
  [['-Q', '.'], 'deferred 421 content'],
  [['-A', '0'], 'failed 550 content'],
  [['-w', '1'], 'delivered 250 content'],
];

sinkTest(
  'refuses softly and hard, hangs up and is slow, and each recipient has a true result',
  async (context) => {
    const answers = await Promise.all(
      ANSWERS.map(async ([flags]) => {
        const sink = await SmtpSink.start(context, ...flags);
        const delivery = deliveryTo(context, sink.port);
        const results = await delivery.deliver(messageOf(HEADER), envelopeTo('b', 'c'));
        return short(results).map(
          (text, index) => text + (results[index]?.unknown ? ' unknown' : ''),
        );
      }),
    );
    for (const [index, [flags, each]] of ANSWERS.entries())
      assert.deepEqual(answers[index], [each, each], flags.join(' '));
  },
);

sinkTest('that takes too long is given up', async (context) => {
  const sink = await SmtpSink.start(context, '-p', '-W', 'RCPT:100');
  const delivery = deliveryTo(context, sink.port, { timeouts: { rcpt: 300 } });
  const [result] = await delivery.deliver(messageOf(HEADER), envelopeTo('b'));
  assert.deepEqual(
    [result!.status, result!.reply.status, result!.phase],
    ['deferred', '4.4.2', 'rcpt'],
  );
});

sinkTest('speaks LMTP, with a reply for each recipient', async (context) => {
  const sink = await SmtpSink.start(context, '-L');
  const smtp = await connection(sink.port, { protocol: 'lmtp' });
  for (const body of Object.values(BODIES)) {
    const sent = await smtp.send(envelopeTo('b', 'c', 'd'), messageOf(HEADER + body).read());
    assert.deepEqual(
      sent.map(({ reply, phase }) => `${reply.code} ${phase}`),
      Array(3).fill('250 content'),
    );
  }
  await smtp.close();
  const expected = Object.values(BODIES).map((body) => kept(HEADER + body));
  assert.deepEqual(sorted(sink.messages().map(({ text }) => text)), sorted(expected));

  const refusing = await SmtpSink.start(context, '-L', '-f', '.');
  const other = await connection(refusing.port, { protocol: 'lmtp' });
  const refused = await other.send(envelopeTo('b', 'c'), messageOf(HEADER).read());
  assert.deepEqual(
    refused.map(({ reply, phase }) => `${reply.code} ${phase}`),
    Array(2).fill('500 content'),
  );
  await other.close();
});

/** nodemailer's server, with what it took. */
async function nodemailer(
  context: TestContext,
  options: SMTPServerOptions,
): Promise<{ port: number; texts: string[] }> {
  const texts: string[] = [];
  const server = new SMTPServer({
    closeTimeout: 100,
    ...options,
    onData: (stream, _session, done) => {
      const pieces: Buffer[] = [];
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('end', () => {
        texts.push(Buffer.concat(pieces).toString('latin1'));
        done();
      });
    },
  });
  server.on('error', () => {}); // a peer that turns away from a certificate
  const listener = server.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  context.after(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { port: (listener.address() as { port: number }).port, texts };
}

test('smtp-server takes a login behind STARTTLS and the message, octet by octet', async (context) => {
  const { certificate: cert, key } = EXIM_CERTIFICATE;
  const { port, texts } = await nodemailer(context, {
    cert,
    key,
    onAuth: ({ username, password }, _session, done) =>
      username === EXIM_LOGIN.user && password === EXIM_LOGIN.password
        ? done(null, { user: username })
        : done(new Error('wrong')),
  });
  const delivery = deliveryTo(context, port, {
    authority: cert,
    smarthost: { host: 'mx.peer.example', port, login: () => [plainClient(EXIM_LOGIN)] },
  });
  for (const body of Object.values(BODIES)) {
    const results = await delivery.deliver(messageOf(HEADER + body), envelopeTo('b', 'c'));
    assert.deepEqual(short(results), ['delivered 250 content', 'delivered 250 content']);
    assert.equal(results[0]?.tls?.authorized, true);
  }
  assert.deepEqual(
    texts,
    Object.values(BODIES).map((body) => kept(HEADER + body).replaceAll('\n', '\r\n')),
  );
});

test('smtp-server as LMTP has a reply for each recipient', async (context) => {
  const { port, texts } = await nodemailer(context, {
    lmtp: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
  });
  const smtp = await connection(port, { protocol: 'lmtp' });
  const sent = await smtp.send(envelopeTo('b', 'c'), messageOf(HEADER).read());
  assert.deepEqual(
    sent.map(({ reply, phase }) => `${reply.code} ${phase}`),
    Array(2).fill('250 content'),
  );
  await smtp.close();
  assert.equal(texts.length, 1);
});

function isAscii(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- the range is what ASCII is
  return /^[\0-\x7f]*$/.test(text);
}

function sorted(texts: readonly string[]): string[] {
  return texts.toSorted();
}
