import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Networks } from '@postino/router';
import fc from 'fast-check';

const table: [network: string, inside: string[], outside: string[]][] = [
  ['192.0.2.1', ['192.0.2.1', '::ffff:192.0.2.1'], ['192.0.2.2', '::192.0.2.1']],
  [
    '127.0.0.0/8',
    ['127.0.0.1', '127.255.255.255', '::ffff:7f00:1'],
    ['128.0.0.0', '126.255.255.255', '::1'],
  ],
  ['0.0.0.0/0', ['0.0.0.0', '255.255.255.255', '::ffff:1.2.3.4'], ['::', '2001:db8::1']],
  ['0.0.0.0', ['0.0.0.0'], ['0.0.0.1', '::']],
  ['10.128.0.0/9', ['10.128.0.1', '10.255.0.1'], ['10.127.255.255']],
  ['::1', ['::1', '0:0:0:0:0:0:0:1', '::0.0.0.1'], ['::', '::2', '127.0.0.1', '0.0.0.1']],
  ['::/0', ['::', '2001:DB8::1'], ['192.0.2.1', '::ffff:192.0.2.1']],
  ['2001:db8::/33', ['2001:db8:7fff::1'], ['2001:db8:8000::', '2001:db9::']],
  ['fe80::/10', ['fe80::1', 'febf::1'], ['fec0::1']],
];
for (const [network, inside, outside] of table) {
  test(`the network ${network}`, () => {
    const networks = new Networks([network]);
    for (const address of inside) assert.equal(networks.has(address), true, address);
    for (const address of outside) assert.equal(networks.has(address), false, address);
    for (const text of ['', 'localhost', network + ' ', '1.2.3', 'fe80::1%eth0', '[::1]'])
      assert.equal(networks.has(text), false, text);
  });
}

const bad = [
  '',
  '/8',
  'localhost',
  '127.0.0.1/',
  '127.0.0.1/8',
  '127.0.0.0/08',
  '127.0.0.0/33',
  '127.0.0.0/-1',
  '127.0.0.0/8/8',
  '127.0.0.0/8 ',
  '127.0.0.0/255.0.0.0',
  '127.1/8',
  '010.0.0.0/8',
  '::/129',
  '::1/64',
  'fe80::%eth0',
  '[::1]',
];
for (const text of bad) {
  test(`${JSON.stringify(text)} is no network`, () => {
    assert.throws(() => new Networks(['192.0.2.1', text]), TypeError);
  });
}

test('none and several', () => {
  assert.equal(new Networks([]).has('192.0.2.1'), false);
  assert.equal(new Networks(['192.0.2.1', '::1', '198.51.100.0/24']).has('198.51.100.7'), true);
});

function number(octets: readonly number[]): number {
  return octets.reduce((whole, octet) => whole * 256 + octet, 0);
}

test('property: a network holds what shares its first bits', () => {
  const octets = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
  fc.assert(
    fc.property(octets, octets, fc.nat(32), (one, other, size) => {
      const span = 2 ** (32 - size);
      const start = Math.floor(number(one) / span) * span;
      const base = [24, 16, 8, 0].map((shift) => Math.floor(start / 2 ** shift) % 256).join('.');
      const networks = new Networks([`${base}/${size}`]);
      assert.equal(networks.has(one.join('.')), true);
      assert.equal(
        networks.has(other.join('.')),
        Math.floor(number(other) / span) * span === start,
      );
    }),
  );
});
