import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  formatAuthenticationResults,
  parseAuthenticationResults,
  type AuthenticationResult,
  type AuthenticationResults,
} from '@postino/message';

const body = (field: string): string => field.slice('Authentication-Results:'.length);

test('every result stands on a line of its own', () => {
  const field = formatAuthenticationResults({
    authservId: 'mx.example.org',
    results: [
      { method: 'iprev', result: 'pass', properties: { 'policy.iprev': '192.0.2.1' } },
      {
        method: 'spf',
        result: 'fail',
        reason: 'not listed',
        properties: { 'smtp.mailfrom': 'example.net' },
      },
      {
        method: 'dkim',
        result: 'pass',
        properties: { 'header.d': 'example.net', 'header.i': 'ann@example.net' },
      },
    ],
  });
  assert.equal(
    field,
    'Authentication-Results: mx.example.org;\r\n' +
      '\tiprev=pass policy.iprev=192.0.2.1;\r\n' +
      '\tspf=fail reason="not listed" smtp.mailfrom=example.net;\r\n' +
      '\tdkim=pass header.d=example.net header.i=ann@example.net\r\n',
  );
});

test('without a result the field says none', () => {
  const field = formatAuthenticationResults({ authservId: 'mx.example.org', results: [] });
  assert.equal(field, 'Authentication-Results: mx.example.org;\r\n\tnone\r\n');
});

const QUOTED: readonly (readonly [value: string, written: string])[] = [
  ['example.org', 'example.org'],
  ['a.b@example.org', 'a.b@example.org'],
  ['@example.org', '@example.org'],
  ['a=b/c@example.org', 'a=b/c@example.org'],
  ['"a b"@example.org', '"a b"@example.org'],
  ['2001:db8::1', '"2001:db8::1"'],
  ['a@b.', '"a@b."'],
  ['a..b@c', '"a..b@c"'],
  ['a@b%c', '"a@b%c"'],
  ['a;b', '"a;b"'],
  ['a "b" \\c', '"a \\"b\\" \\\\c"'],
  ['', '""'],
  ['gr\u00fc\u00df', '"gr??"'],
  ['x\r\nBcc: all@example.org', '"x  Bcc: all@example.org"'],
  ['x'.repeat(5000), 'x'.repeat(320)],
];
for (const [value, written] of QUOTED) {
  test(`the value ${JSON.stringify(value.slice(0, 40))} is written as ${written.slice(0, 40)}`, () => {
    const properties = { 'smtp.mailfrom': value };
    const results = [{ method: 'spf', result: 'pass', properties }];
    assert.equal(
      formatAuthenticationResults({ authservId: 'mx', results }).replace(/\r\n(?=[ \t])/g, ''),
      `Authentication-Results: mx;\tspf=pass smtp.mailfrom=${written}\r\n`,
    );
  });
}

test('a reason that looks like an address is quoted: it is no pvalue', () => {
  const results = [{ method: 'spf', result: 'fail', reason: 'ann@example.org' }];
  assert.equal(
    formatAuthenticationResults({ authservId: 'mx', results }),
    'Authentication-Results: mx;\r\n\tspf=fail reason="ann@example.org"\r\n',
  );
});

test('past ASCII stays where the message is an internationalized one', () => {
  const results = [
    { method: 'spf', result: 'pass', properties: { 'smtp.mailfrom': 'grüß.example' } },
  ];
  assert.match(
    formatAuthenticationResults({ authservId: 'mx', results, smtputf8: true }),
    /smtp\.mailfrom=grüß\.example/,
  );
});

function write(result: object): string {
  const results = [{ method: 'spf', result: 'pass', ...result }];
  return formatAuthenticationResults({ authservId: 'mx', results });
}

test('what is no keyword is our own fault', () => {
  assert.throws(() => write({ method: 'a b' }), TypeError);
  assert.throws(() => write({ result: '' }), TypeError);
  assert.throws(() => write({ properties: { smtp: 'x' } }), TypeError);
  assert.throws(() => write({ properties: { 'a.b.c': 'x' } }), TypeError);
});

const READ: readonly (readonly [value: string, results: readonly object[]])[] = [
  [' mx ; none', []],
  [' mx 1; none;', []],
  ['mx; spf=pass', [{ method: 'spf', result: 'pass', properties: {} }]],
  [
    'mx (a (nested\\) one)) 1 (x); SPF (y) / 1 = (z) Pass (c) reason = "a \\"b\\"" (c) SMTP . (c) MailFrom = (c) a@b (c) ;',
    [
      {
        method: 'spf',
        version: 1,
        result: 'pass',
        reason: 'a "b"',
        properties: { 'smtp.mailfrom': 'a@b' },
      },
    ],
  ],
  [
    'mx;\r\n\tdkim=pass header.b=ab/c+d=; dkim=fail policy.iprev=2001:db8::1',
    [
      { method: 'dkim', result: 'pass', properties: { 'header.b': 'ab/c+d=' } },
      { method: 'dkim', result: 'fail', properties: { 'policy.iprev': '2001:db8::1' } },
    ],
  ],
  [
    'mx; a=b c.d="x y"@z.example c.d=second e.f=""',
    [{ method: 'a', result: 'b', properties: { 'c.d': '"x y"@z.example', 'e.f': '' } }],
  ],
];
for (const [value, results] of READ) {
  test(`reads ${JSON.stringify(value)}`, () => {
    assert.deepEqual(parseAuthenticationResults(value), { authservId: 'mx', results });
  });
}

test('a fold within quotes is no part of a value, also before an @', () => {
  const read = parseAuthenticationResults('mx; a=b reason="x\r\n y" c.d="x\r\n y"@z.example');
  const [{ reason, properties }] = read!.results as [AuthenticationResult];
  assert.deepEqual([reason, properties], ['x y', { 'c.d': '"x y"@z.example' }]);
});

const REFUSED = [
  '',
  ';',
  'mx',
  'mx;',
  'mx 2; spf=pass',
  'mx; spf',
  'mx; spf=',
  'mx; none; spf=pass',
  'mx; spf=pass; none',
  'mx; spf=pass x',
  'mx; spf=pass x.',
  'mx; spf=pass x.y',
  'mx; spf=pass x.y=',
  'mx; spf=pass x.y="',
  'mx; spf=pass x.y=z (',
  'mx; spf=pass x.y=z (a (b)',
  'mx; spf=pass x.y=z (a \\',
  'mx; spf=pass x.y=z reason=late',
  'mx; spf=pass action=none',
  'spf=pass; dkim=pass',
];
for (const value of REFUSED) {
  test(`refuses ${JSON.stringify(value)}`, () => {
    assert.equal(parseAuthenticationResults(value), null);
  });
}

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/);
const text = fc.string({
  maxLength: 40,
  unit: fc.constantFrom(...Array.from('ab1@."\\;()=/: <>,')),
});
const plain = { noNullPrototype: true };
const result = fc.record(
  {
    method: word.filter((method) => method !== 'none'),
    result: word,
    reason: text,
    properties: fc.dictionary(
      fc.tuple(word, word).map(([type, name]) => `${type}.${name}`),
      text,
      plain,
    ),
  },
  plain,
);
const results: fc.Arbitrary<AuthenticationResults> = fc.record(
  { authservId: word, results: fc.array(result, { maxLength: 4 }) },
  plain,
);

test('what is written is read again, whatever the values, and is one field', () => {
  fc.assert(
    fc.property(results, (given) => {
      const field = formatAuthenticationResults(given);
      assert.match(field, /^[^\r\n]+(?:\r\n[ \t][^\r\n]+)*\r\n$/);
      assert.deepEqual(parseAuthenticationResults(body(field)), given);
    }),
  );
});

test('any text is read or refused, in linear time', () => {
  fc.assert(fc.property(fc.string(), (value) => void parseAuthenticationResults(value)));
  for (const part of ['(', '"', '\\', 'a.', ';a=b ', '(\\', '()', 'a=b c.d="\\']) {
    parseAuthenticationResults(`mx; spf=pass ${part.repeat(50_000)}`);
    parseAuthenticationResults(part.repeat(50_000));
  }
});
