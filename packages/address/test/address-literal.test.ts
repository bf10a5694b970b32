import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isAddressLiteral, parseAddressLiteral } from '@postino/address';

test('address literals, and the address in its canonical form', () => {
  const rows: readonly [string, string | null][] = [
    ['[192.0.2.1]', '192.0.2.1'],
    ['[255.255.255.255]', '255.255.255.255'],
    ['[IPv6:2001:db8::1]', '2001:db8::1'],
    ['[ipv6:2001:DB8:0:0:0:0:0:1]', '2001:db8::1'],
    ['[IPv6:::]', '::'],
    ['[IPv6:::1]', '::1'],
    ['[IPv6:1::]', '1::'],
    ['[IPv6:1:2:3:4:5:6:7:8]', '1:2:3:4:5:6:7:8'],
    ['[IPv6:1:2:3:4:5:6:7::]', '1:2:3:4:5:6:7:0'],
    ['[IPv6:::ffff:192.0.2.1]', '::ffff:c000:201'],
    ['[IPv6:1:2:3:4:5:6:192.0.2.1]', '1:2:3:4:5:6:c000:201'],
    ['192.0.2.1', null],
    ['[192.0.2.1', null],
    ['192.0.2.1]', null],
    ['[]', null],
    ['[', null],
    ['[192.0.2.256]', null],
    ['[192.0.2]', null],
    ['[192.0.2.1.1]', null],
    ['[192.0.02.1]', null],
    ['[192.0.2.1/24]', null],
    ['[ 192.0.2.1]', null],
    ['[0x7f.0.0.1]', null],
    ['[::1]', null],
    ['[IPv6:]', null],
    ['[IPv6:::1/64]', null],
    ['[IPv6:fe80::1%eth0]', null],
    ['[IPv6:1::2::3]', null],
    ['[IPv6::1]', null],
    ['[IPv6::::1]', null],
    ['[IPv6:1:2:3:4:5:6:7]', null],
    ['[IPv6:1:2:3:4:5:6:7:8:9]', null],
    ['[IPv6:12345::]', null],
    ['[IPv6:g::]', null],
    ['[IPv6:::1.2.3]', null],
    ['[IPv6:1.2.3.4]', null],
    ['[IPv6:IPv6:::1]', null],
    ['[IPv4:192.0.2.1]', null],
    ['[x400:c=it]', null],
  ];
  for (const [text, address] of rows) {
    assert.equal(parseAddressLiteral(text)?.address ?? null, address, text);
    assert.equal(isAddressLiteral(text), address !== null, text);
  }
});

test('every IP address makes a literal of its family', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.ipV6(), (v4, v6) => {
      assert.deepEqual(parseAddressLiteral(`[${v4}]`), { family: 4, address: v4 });
      assert.equal(parseAddressLiteral(`[IPv6:${v6}]`)?.family, 6);
    }),
  );
});
