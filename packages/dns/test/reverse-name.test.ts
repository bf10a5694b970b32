import { reverseName } from '@postino/dns';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { test } from 'node:test';

const ZEROS = '0.'.repeat(24);
const names: [ip: string, name: string][] = [
  ['192.0.2.7', '7.2.0.192.in-addr.arpa'],
  ['0.0.0.0', '0.0.0.0.in-addr.arpa'],
  ['2001:db8::1', `1.${'0.'.repeat(23)}8.b.d.0.1.0.0.2.ip6.arpa`],
  [
    '4321:0:1:2:3:4:567:89ab',
    'b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.ip6.arpa',
  ],
  ['::', `${'0.'.repeat(32)}ip6.arpa`],
  ['1::', `${'0.'.repeat(28)}1.0.0.0.ip6.arpa`],
  ['::192.0.2.1', `1.0.2.0.0.0.0.c.${ZEROS}ip6.arpa`],
  ['::FFFF:192.0.2.1', `1.0.2.0.0.0.0.c.f.f.f.f.${'0.'.repeat(20)}ip6.arpa`],
  [
    '1:2:3:4:5:6:192.0.2.1',
    '1.0.2.0.0.0.0.c.6.0.0.0.5.0.0.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.ip6.arpa',
  ],
  ['1:2:3:4:5:6:7::', '0.0.0.0.7.0.0.0.6.0.0.0.5.0.0.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.ip6.arpa'],
];
for (const [ip, name] of names)
  test(`${ip} is at ${name}`, () => assert.equal(reverseName(ip), name));

const none = [
  '',
  '1.2.3',
  '1.2.3.4.5',
  '256.0.0.1',
  '01.2.3.4',
  '1.2.3.',
  '1.2.3.4 ',
  '0x1.2.3.4',
  '1.2.3.-4',
  'example.org',
  ':',
  ':::',
  '1',
  '1:2',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1::2::3',
  '1:2:3:4:5:6:7:8::',
  '::1:2:3:4:5:6:7:8',
  '12345::',
  'g::',
  '1:2:3:4:5:6:7:192.0.2.1',
  '192.0.2.1::',
  '::192.0.2.1:1',
  '::1%eth0',
  '[::1]',
  '1:',
  ':1',
  '::1:',
  '::192.0.2',
  '::192.0.2.256',
];
for (const text of none)
  test(`no address: ${JSON.stringify(text)}`, () => assert.equal(reverseName(text), null));

test('property: every address has one, and nothing else has', () => {
  const pieces = fc.array(
    fc.constantFrom('::', ':', '.', '0', '1', 'ff', 'abcd', '255', '192.0.2.1'),
    { maxLength: 16 },
  );
  const texts = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    pieces.map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(texts, (text) => assert.equal(reverseName(text) !== null, isIP(text) !== 0, text)),
    { numRuns: 500 },
  );
});
