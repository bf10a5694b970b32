import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatIp, ipOctets } from '@postino/wire';

// RFC 5952 §4, §5, and the examples there.
const canonical: [text: string, expected: string][] = [
  ['192.0.2.1', '192.0.2.1'],
  ['2001:0db8::0001', '2001:db8::1'],
  ['2001:db8:0:0:0:0:2:1', '2001:db8::2:1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:DB8::ABCD', '2001:db8::abcd'],
  ['0:0:0:0:0:0:0:0', '::'],
  ['1:0:0:0:0:0:0:0', '1::'],
  ['::FFFF:c000:0201', '::ffff:192.0.2.1'],
  ['::192.0.2.1', '::c000:201'],
];
for (const [text, expected] of canonical) {
  test(`ip: ${text} is ${expected}`, () => assert.equal(formatIp(ipOctets(text)!), expected));
}

test('ip: what node:net takes for an address is one, and gives itself back; nothing else does', () => {
  const octet = fc.nat(300).map(String);
  const piece = fc.constantFrom(
    ':',
    '::',
    '.',
    '0',
    '1',
    'ffff',
    '00ab',
    '12345',
    '192.0.2.1',
    'g',
    '',
  );
  const text = fc.oneof(
    fc.array(octet, { minLength: 3, maxLength: 5 }).map((parts) => parts.join('.')),
    fc.array(piece, { maxLength: 17 }).map((pieces) => pieces.join('')),
    fc.ipV6(),
  );
  fc.assert(
    fc.property(text, (address) => {
      const octets = ipOctets(address);
      assert.equal(octets?.length ?? 0, { 0: 0, 4: 4, 6: 16 }[isIP(address)]);
      if (octets) assert.deepEqual(ipOctets(formatIp(octets)), octets);
    }),
  );
});

test('ip: another number of octets is our own fault', () => {
  assert.throws(() => formatIp(new Uint8Array(5)), TypeError);
});
