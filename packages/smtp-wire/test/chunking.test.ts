import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SmtpServerOptions } from '@postino/smtp-wire';
import { latin1Bytes } from '@postino/wire';
import fc from 'fast-check';
import { Driver, type Record } from './session.ts';

const OPTIONS = {
  startTls: true,
  mechanisms: ['PLAIN', 'LOGIN'],
  allowPlaintextAuth: true,
  maxMessageSize: 60,
  nul: 'refuse',
  chunking: true,
  limits: { commandLine: 80, authLine: 120, errors: 6, idleCommands: 8, recipients: 2 },
} as const;

const command = fc.constantFrom(
  'EHLO c.example\r\n',
  'HELO c.example\r\n',
  'MAIL FROM:<a@b.example>\r\n',
  'MAIL FROM:<nobody@b.example> SIZE=99\r\n',
  'RCPT TO:<c@d.example>\r\n',
  'RCPT TO:<nobody@d.example>\r\n',
  'RSET\r\n',
  'NOOP\r\n',
  'VRFY x\r\n',
  'AUTH LOGIN\r\n',
  'YWxl\r\n',
  'c2VjcmV0\r\n',
  '*\r\n',
  'QUIT\r\n',
);
/** A chunk: of content, or with a command in it. */
const chunk = fc
  .tuple(fc.constantFrom('ab\r\n', 'a\nb', '\r', '\n', '.\r\n', 'VIRUS', 'QUIT\r\n'), fc.boolean())
  .map(([text, last]) => `BDAT ${text.length}${last ? ' LAST' : ''}\r\n${text}`);
const noise = fc.string({
  unit: fc.constantFrom('\r', '\n', '\r\n', '\0', ' ', 'x', '.', '\xff', 'DATA'),
  maxLength: 12,
});
const content = fc
  .array(
    fc.constantFrom(
      '\r\n',
      '\r\n.',
      '.',
      '\r',
      '\n',
      'x',
      'SPAM',
      'VIRUS',
      '\0',
      'MAIL FROM:<e@f.example>\r\n',
      'x'.repeat(50),
    ),
  )
  .map((pieces) => `${pieces.join('')}\r\n.\r\n`);
/** A whole message, its content behind DATA or not. */
const message = content.map(
  (text) => `RSET\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n${text}`,
);
const chunked = fc
  .array(chunk, { minLength: 1, maxLength: 3 })
  .map((all) => `RSET\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\n${all.join('')}`);
const stream = fc
  .array(fc.oneof(command, command, message, chunked, chunk, noise, fc.constant('x'.repeat(130))))
  .map((all) => all.join(''));

/** The same machine in its kinds, each with how a session begins. */
const KINDS: readonly [hello: string, options: Partial<SmtpServerOptions>][] = [
  ['EHLO c.example\r\n', OPTIONS],
  ['EHLO c.example\r\n', { ...OPTIONS, rewriteBareLf: true }],
  ['LHLO c.example\r\n', { ...OPTIONS, protocol: 'lmtp' }],
];
const cuts = fc.array(fc.nat(400), { maxLength: 12 });

function* pieces(bytes: Uint8Array, at: readonly number[]): Generator<Uint8Array> {
  const places = [
    ...new Set([0, ...at.filter((place) => place < bytes.length), bytes.length]),
  ].toSorted((a, b) => a - b);
  for (let i = 1; i < places.length; i++) yield bytes.subarray(places[i - 1], places[i]);
}

function replay(
  chunks: Iterable<Uint8Array>,
  options: Partial<SmtpServerOptions> = OPTIONS,
): Record {
  const driver = new Driver(options);
  driver.pump();
  for (const chunk of chunks) driver.feed(chunk);
  return driver.record;
}

/** Where octets lie behind a refused DATA or a STARTTLS depends on time by its nature: RFC 2920 §3.1, RFC 3207 §4.2. */
const dependsOnTime = (record: Record): boolean => /^554 5\.5\.0 /m.test(record.said);

test('any chunking of the same octets gives the same replies, events and messages', () => {
  fc.assert(
    fc.property(fc.constantFrom(...KINDS), stream, cuts, ([hello, options], text, at) => {
      const bytes = latin1Bytes(hello + text);
      const whole = replay([bytes], options);
      fc.pre(!dependsOnTime(whole));
      assert.deepEqual(replay(pieces(bytes, at), options), whole);
      const octets = [...bytes].map((octet) => Uint8Array.of(octet));
      assert.deepEqual(replay(octets, options), whole);
    }),
  );
});

test('any octets at all are answered, and never throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), cuts, (bytes, at) => {
      assert.match(replay(pieces(bytes, at)).said, /^(?:[2-5]\d\d[ -][ -~]*\r\n)*$/);
    }),
  );
});

test('what is content is never answered as a command', () => {
  fc.assert(
    fc.property(content, (text) => {
      const { events } = replay([
        latin1Bytes(
          `HELO c.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n${text}`,
        ),
      ]);
      const end = text.startsWith('.\r\n') ? 0 : text.indexOf('\r\n.\r\n');
      if (end === text.length - 5)
        assert.equal(events.filter((event) => event === 'mail').length, 1);
    }),
  );
});
