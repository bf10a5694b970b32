import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { reverseName } from '@postino/dns';
import fc from 'fast-check';
import {
  dottedIp,
  formatIp,
  inNetwork,
  parseClient,
  parseIp4,
  parseIp6,
  ptrName,
  type IpAddress,
} from '../src/ip.ts';

const text = (octets: IpAddress | null): string | null => octets && formatIp(octets);

describe('addresses', () => {
  const fours: [string, string | null][] = [
    ['192.0.2.1', '192.0.2.1'],
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
    ['256.0.0.1', null],
    ['192.0.2', null],
    ['192.0.2.1.', null],
    ['192.0.2.1.5', null],
    ['192.0..1', null],
    ['.192.0.2.1', null],
    ['192.0.2.01', null],
    ['00.0.2.1', null],
    ['192.0.2.x', null],
    [' 192.0.2.1', null],
    ['', null],
    ['1'.repeat(10_000), null],
  ];
  for (const [given, want] of fours) {
    it(`IPv4 ${JSON.stringify(given.slice(0, 20))} is ${want}`, () => {
      assert.equal(text(parseIp4(given)), want);
    });
  }

  const sixes: [string, string | null][] = [
    ['2001:DB8::CB01', '2001:db8::cb01'],
    ['::', '::'],
    ['1:2:3:4:5:6:192.0.2.1', '1:2:3:4:5:6:c000:201'],
    ['1:2:3:4:5:6:7', null],
    ['1:::2', null],
    ['12345::', null],
    ['::1/64', null],
    ['::192.0.2.01', null],
    ['192.0.2.1', null],
  ];
  for (const [given, want] of sixes) {
    it(`IPv6 ${given} is ${want}`, () => assert.equal(text(parseIp6(given)), want));
  }

  it('hostile 75: an IPv4-mapped client is the IPv4 client, a zone is dropped', () => {
    assert.equal(text(parseClient('::ffff:192.0.2.1')), '192.0.2.1');
    assert.equal(text(parseClient('::FFFF:C000:201')), '192.0.2.1');
    assert.equal(text(parseClient('fe80::1%eth0')), 'fe80::1');
    assert.equal(parseClient('[192.0.2.1]'), null);
    assert.equal(parseClient('%'), null);
  });

  it('text and octets are inverse, and the name for PTR is the one of @postino/dns', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (ip) => {
        const octets = parseIp4(ip) ?? parseIp6(ip);
        assert.ok(octets);
        const again = formatIp(octets);
        assert.deepEqual(parseIp4(again) ?? parseIp6(again), octets);
        assert.equal(ptrName(octets), reverseName(ip));
      }),
    );
  });

  it('dotted: RFC 7208 §7.4', () => {
    assert.equal(
      dottedIp(parseIp6('2001:db8::cb01')!),
      '2.0.0.1.0.d.b.8.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.c.b.0.1',
    );
  });
});

const bits = (octets: IpAddress, length: number): string =>
  [...octets]
    .map((octet) => octet.toString(2).padStart(8, '0'))
    .join('')
    .slice(0, length);

describe('networks', () => {
  it('is the same as comparing the first bits one by one', () => {
    const octets = fc.array(fc.nat(255), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(octets, octets, fc.nat(32), fc.nat(32), (a, other, length, shared) => {
        // Two addresses that share some bits, so that both answers come up.
        const b = a.map((octet, index) => {
          const left = Math.min(8, Math.max(0, shared - index * 8));
          const mask = (0xff00 >> left) & 0xff;
          return (octet & mask) | (other[index]! & ~mask);
        });
        assert.equal(inNetwork(a, b, length), bits(a, length) === bits(b, length));
      }),
    );
  });

  it('holds no address of the other family', () => {
    assert.equal(inNetwork(parseIp4('192.0.2.1')!, parseIp6('::')!, 0), false);
    assert.equal(inNetwork(parseIp6('::')!, parseIp4('0.0.0.0')!, 0), false);
  });
});
