import { deliveryHeaders, received, splitMessage, type ReceivedOptions } from '@postino/message';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';

const plain: ReceivedOptions = {
  from: { address: '192.0.2.7', hello: 'client.example' },
  by: 'mx.example.org',
  protocol: 'esmtp',
  reversePath: '<a@b.example>',
  id: '10HmaX-000000005vi-0000',
  for: 'bob@example.org',
  date: 'Tue, 02 Mar 1999 09:44:33 +0000',
};

function fields(text: string): number {
  const { header, body } = splitMessage(new TextEncoder().encode(`${text}\r\n`));
  assert.equal(body.length, 0);
  return header.fields.length;
}

test('Received: no verified name', () => {
  assert.equal(
    received(plain),
    'Received: from [192.0.2.7] (helo=client.example)\r\n' +
      '\tby mx.example.org with esmtp (Postino)\r\n' +
      '\t(envelope-from <a@b.example>)\r\n' +
      '\tid 10HmaX-000000005vi-0000\r\n' +
      '\tfor bob@example.org;\r\n' +
      '\tTue, 02 Mar 1999 09:44:33 +0000\r\n',
  );
});

test('Received: with TLS and login, several recipients', () => {
  const { for: _, ...several } = plain;
  const tls = { protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' };
  assert.equal(
    received({ ...several, tls, authenticated: true }),
    'Received: from [192.0.2.7] (helo=client.example)\r\n' +
      '\tby mx.example.org with esmtpsa  (TLS1.3) tls TLS_AES_256_GCM_SHA384\r\n' +
      '\t(Postino)\r\n' +
      '\t(envelope-from <a@b.example>)\r\n' +
      '\tid 10HmaX-000000005vi-0000;\r\n' +
      '\tTue, 02 Mar 1999 09:44:33 +0000\r\n',
  );
});

test('Received: null sender, and no session', () => {
  assert.equal(
    received({ by: 'mx.example.org', reversePath: '<>', id: 'x', date: 'D' }),
    'Received: by mx.example.org (Postino)\r\n\tid x;\r\n\tD\r\n',
  );
});

const clients: [from: ReceivedOptions['from'], clause: string][] = [
  [{ address: '192.0.2.7' }, 'from [192.0.2.7]'],
  [{ address: '192.0.2.7', hello: '[192.0.2.7]' }, 'from [192.0.2.7]'],
  [{ address: '192.0.2.7', hello: '192.0.2.7' }, 'from [192.0.2.7]'],
  [{ address: '192.0.2.7', hello: '[192.0.2.8]' }, 'from [192.0.2.7] (helo=[192.0.2.8])'],
  [{ address: '192.0.2.7', name: 'mail.b.example' }, 'from mail.b.example ([192.0.2.7])'],
  [
    { address: '192.0.2.7', name: 'mail.b.example', hello: 'MAIL.b.example' },
    'from mail.b.example ([192.0.2.7])',
  ],
  [
    { address: '192.0.2.7', name: 'mail.b.example', hello: 'xyz' },
    'from mail.b.example ([192.0.2.7] helo=xyz)',
  ],
  [
    { address: '192.0.2.7', name: 'mail.b.example', hello: '[192.0.2.7]' },
    'from mail.b.example ([192.0.2.7])',
  ],
  [{ address: '2001:db8::1', hello: '[ipv6:2001:DB8::1]' }, 'from [IPv6:2001:db8::1]'],
  [{ address: '2001:db8::1', hello: 'v6.example' }, 'from [IPv6:2001:db8::1] (helo=v6.example)'],
];
for (const [from, clause] of clients) {
  test(`Received: ${clause}`, () =>
    assert.equal(received({ ...plain, from: from! }).split('\r\n')[0], `Received: ${clause}`));
}

const tls = { protocol: 'TLSv1.2', cipher: 'C' };
const words: [session: Partial<ReceivedOptions>, word: string][] = [
  [{ protocol: 'smtp' }, 'smtp'],
  [{ protocol: 'smtp', tls }, 'smtps'],
  [{ protocol: 'esmtp' }, 'esmtp'],
  [{ protocol: 'esmtp', tls: null }, 'esmtp'],
  [{ protocol: 'esmtp', tls }, 'esmtps'],
  [{ protocol: 'esmtp', authenticated: true }, 'esmtpa'],
  [{ protocol: 'esmtp', tls, authenticated: true }, 'esmtpsa'],
  [{ protocol: 'esmtp', smtputf8: true }, 'utf8smtp'],
  [{ protocol: 'esmtp', smtputf8: true, tls }, 'utf8smtps'],
  [{ protocol: 'esmtp', smtputf8: true, authenticated: true }, 'utf8smtpa'],
  [{ protocol: 'esmtp', smtputf8: true, tls, authenticated: true }, 'utf8smtpsa'],
  [{ protocol: 'lmtp' }, 'lmtp'],
  [{ protocol: 'lmtp', tls, authenticated: true }, 'lmtpsa'],
  [{ protocol: 'lmtp', smtputf8: true, tls }, 'utf8lmtps'],
];
for (const [session, word] of words) {
  test(`Received: with ${word}`, () =>
    assert.match(received({ ...plain, ...session }), new RegExp(` with ${word} `)));
}

test('hostile 43: a hello with CR, LF, controls, spaces or parentheses stays within its comment', () => {
  const hello = 'a)\r\nX-Evil: 1\r\n\r\nbody \0(\\';
  const text = received({ ...plain, from: { address: '192.0.2.7', hello } });
  assert.equal(
    text.split('\r\n')[0],
    'Received: from [192.0.2.7] (helo=a\\)??X-Evil:?1????body??\\(\\\\)',
  );
  assert.equal(fields(text), 1);
});

test('hostile 43: a sender with CR LF adds no field', () => {
  const text = received({
    ...plain,
    reversePath: '<"a\r\nX-Evil: (1"@b.example>',
    for: 'x\r\n\r\n@example.org',
  });
  assert.equal(fields(text), 1);
  assert.match(text, /\(envelope-from <"a {2}X-Evil: \\\(1"@b\.example>\)\r\n/);
});

const long = `${'a'.repeat(60)}.`.repeat(5);
for (const name of [
  `${long}example`,
  'a b.example',
  'a(b.example',
  'a..example',
  '',
  '.',
  'mail\r\n.example',
  'é.example',
]) {
  test(`hostile 44: not shown as verified: ${JSON.stringify(name.slice(0, 20))}`, () => {
    const text = received({
      ...plain,
      from: { address: '192.0.2.7', name, hello: 'client.example' },
    });
    assert.equal(text.split('\r\n')[0], 'Received: from [192.0.2.7] (helo=client.example)');
  });
}

test('past ASCII only in a message with SMTPUTF8', () => {
  const from = { address: '192.0.2.7', hello: 'münchen.example' };
  const options = { ...plain, from, reversePath: '<é@b.example>', for: 'ü@example.org' };
  assert.match(received(options), /helo=m\?nchen\.example[^]*<\?@b[^]*for \?@example/);
  assert.match(
    received({ ...options, smtputf8: true }),
    /helo=münchen\.example[^]*<é@b[^]*for ü@example/,
  );
});

test('a path without angle brackets is our own fault', () => {
  assert.throws(() => received({ ...plain, reversePath: 'a@b.example' }), TypeError);
  assert.throws(() => deliveryHeaders({ returnPath: '', envelopeTo: ['a'], date: 'D' }), TypeError);
  assert.throws(() => deliveryHeaders({ returnPath: '<>', envelopeTo: [], date: 'D' }), TypeError);
});

test('delivery headers: spelled and ordered as Exim does', () => {
  assert.equal(
    deliveryHeaders({
      returnPath: '<sender@example.net>',
      envelopeTo: ['bob@example.org'],
      date: plain.date,
    }),
    'Return-path: <sender@example.net>\r\nEnvelope-to: bob@example.org\r\nDelivery-date: Tue, 02 Mar 1999 09:44:33 +0000\r\n',
  );
});

test('delivery headers: null sender, several recipients, each once', () => {
  assert.equal(
    deliveryHeaders({ returnPath: '<>', envelopeTo: ['a@x', 'b@y', 'a@x'], date: 'D' }),
    'Return-path: <>\r\nEnvelope-to: a@x,\r\n b@y\r\nDelivery-date: D\r\n',
  );
});

test('property: whatever others say, there is one field, and no line is over 998 octets', () => {
  const foreign = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.constantFrom('\\'.repeat(2000), 'é'.repeat(2000), '\r\n'),
  );
  fc.assert(
    fc.property(
      fc.array(foreign, { minLength: 6, maxLength: 6 }),
      fc.boolean(),
      ([name, hello, sender, recipient, by, address], smtputf8) => {
        const from = { address: address!, name: name!, hello: hello! };
        const trace = received({
          ...plain,
          from,
          by: by!,
          reversePath: `<${sender}>`,
          for: recipient!,
          smtputf8,
        });
        const delivery = deliveryHeaders({
          returnPath: `<${sender}>`,
          envelopeTo: [recipient!, hello!],
          date: plain.date,
        });
        assert.equal(fields(trace), 1);
        assert.equal(fields(delivery), 3);
        for (const line of `${trace}${delivery}`.split('\r\n'))
          assert.ok(Buffer.byteLength(line) <= 998, line);
        if (!smtputf8) assert.match(trace, /^[\t\r\n -~]*$/);
      },
    ),
  );
});
