import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { zone, type Resolver } from '@postino/dns';
import { health, lookup, lookupAll, lookupDomain, MAX_TEXT, queryName } from '@postino/dnsbl';

const nibbles = queryName('2001:db8:1:2:3:4:567:89ab');
const dns = zone({
  '2.0.0.127.zen.example': { A: ['127.0.0.2'] },
  '7.2.0.192.zen.example': {
    A: ['127.0.0.4', '127.0.0.11'],
    TXT: [['Listed by XBL, see ', 'https://x.example'], 'and PBL'],
  },
  '8.2.0.192.zen.example': { A: ['127.0.0.4'], fail: 'ESERVFAIL' },
  '9.2.0.192.zen.example': { A: ['127.255.255.254'], TXT: ['open resolver'] },
  '10.2.0.192.zen.example': { A: ['198.51.100.1', '127.0.0.4', '127.255.255.252'] },
  '11.2.0.192.zen.example': { A: ['127.0.0.4'], TXT: [`a\r\nb${'x'.repeat(5000)}`] },
  [`${nibbles}.zen.example`]: { A: ['127.0.0.4'] },
  '7.2.0.192.text.example': { TXT: ['from the other'] },
  '7.2.0.192.sold.example': { A: ['203.0.113.80'] },
  '7.2.0.192.dead.example': { fail: 'ETIMEOUT' },
  '2.0.0.127.all.example': { A: ['127.0.0.2'] },
  '1.0.0.127.all.example': { A: ['127.0.0.2'] },
  '1.0.0.127.zen.example': {},
  [`${queryName('::ffff:127.0.0.2')}.six.example`]: { A: ['127.0.0.2'] },
  'test.dbl.example': { A: ['127.0.1.2'] },
  'bad.example.org.dbl.example': { A: ['127.0.1.2'], TXT: ['spam'] },
});
const options = { resolver: dns };
const never: Resolver = { ...zone({}), resolve4: () => new Promise(() => {}) };

describe('lookup', () => {
  it('listed, with the codes and the text', async () => {
    assert.deepEqual(await lookup('192.0.2.7', 'zen.example', options), {
      status: 'listed',
      zone: 'zen.example',
      codes: ['127.0.0.4', '127.0.0.11'],
      text: 'Listed by XBL, see https://x.example; and PBL',
    });
  });
  it('clear', async () => {
    assert.deepEqual(await lookup('192.0.2.1', 'zen.example', options), {
      status: 'clear',
      zone: 'zen.example',
      codes: [],
    });
  });
  it('clear when the answers do not count', async () => {
    const got = await lookup('192.0.2.7', 'zen.example=127.0.0.2', options);
    assert.deepEqual([got.status, got.codes], ['clear', ['127.0.0.4', '127.0.0.11']]);
  });
  it('the text of another zone', async () => {
    assert.equal(
      (await lookup('192.0.2.7', 'text.example,zen.example', options)).text,
      'from the other',
    );
  });
  it('an address or a list that is none is our own fault', () => {
    assert.throws(() => lookup('192.0.2', 'zen.example', options), TypeError);
    assert.throws(() => lookup('192.0.2.7', 'zen example', options), TypeError);
    assert.throws(() => health('zen example', options), TypeError);
  });
});

describe('hostile 76', () => {
  const cases: [title: string, ip: string, list: string, status: string, codes: string[]][] = [
    ['an answer outside 127.0.0.0/8 is an error', '192.0.2.7', 'sold.example', 'error', []],
    ['127.255.255.254 is an error', '192.0.2.9', 'zen.example', 'error', []],
    ['... even when it is asked for', '192.0.2.9', 'zen.example=127.255.255.254', 'error', []],
    ['... and for a negated list', '192.0.2.9', 'zen.example!=127.0.0.2', 'error', []],
    [
      'such answers beside a code are left out',
      '192.0.2.10',
      'zen.example',
      'listed',
      ['127.0.0.4'],
    ],
    ['NXDOMAIN is clear', '192.0.2.1', 'nowhere.example', 'clear', []],
    ['NODATA is clear', '127.0.0.1', 'zen.example', 'clear', []],
    ['a time-out is an error', '192.0.2.7', 'dead.example', 'error', []],
    [
      'IPv6 is asked by nibbles',
      '2001:db8:1:2:3:4:567:89ab',
      'zen.example',
      'listed',
      ['127.0.0.4'],
    ],
    [
      'a mapped address is asked as the IPv4 address',
      '::ffff:192.0.2.8',
      'zen.example',
      'listed',
      ['127.0.0.4'],
    ],
    [
      'what is listed stays so when there is trouble with its text',
      '192.0.2.8',
      'zen.example',
      'listed',
      ['127.0.0.4'],
    ],
  ];
  for (const [title, ip, list, status, codes] of cases) {
    it(title, async () => {
      const got = await lookup(ip, list, options);
      assert.deepEqual([got.status, got.codes], [status, codes]);
      assert.equal(got.reason !== undefined, status === 'error');
    });
  }
  it('a text of 5 KB is cut', async () => {
    const { text } = await lookup('192.0.2.11', 'zen.example', options);
    assert.equal(text?.length, MAX_TEXT);
    assert.ok(text?.startsWith('a\r\nb'));
  });
  it('a list that does not answer is given up, and harms no other', async () => {
    const cancel = new AbortController();
    const resolver = {
      ...dns,
      resolve4: (name: string) => (name.endsWith('.slow.example') ? never : dns).resolve4(name),
    };
    const results = lookupAll(
      '192.0.2.7',
      ['slow.example', 'dead.example', 'zen.example', 'sold.example'],
      { resolver, cancel: cancel.signal },
    );
    setImmediate(() => cancel.abort());
    assert.deepEqual(
      (await results).map(({ zone, status }) => [zone, status]),
      [
        ['slow.example', 'error'],
        ['dead.example', 'error'],
        ['zen.example', 'listed'],
        ['sold.example', 'error'],
      ],
    );
  });
  it('nothing is asked when it was cancelled before', async () => {
    let asked = 0;
    const resolver = { ...dns, resolve4: async () => [`127.0.0.${++asked}`] };
    const got = await lookup('192.0.2.7', 'zen.example', { resolver, cancel: AbortSignal.abort() });
    assert.deepEqual([got.status, got.reason, asked], ['error', 'cancelled', 0]);
  });
  it('a resolver that throws at once is trouble', async () => {
    const resolver = {
      ...dns,
      resolve4: () => {
        throw new Error('no servers');
      },
    };
    assert.deepEqual(await lookup('192.0.2.7', 'zen.example', { resolver }), {
      status: 'error',
      zone: 'zen.example',
      codes: [],
      reason: 'no servers',
    });
  });
  it('a list that has everybody is found out by its test points', async () => {
    assert.deepEqual(await health('all.example', options), {
      healthy: false,
      reason: '1.0.0.127 is listed',
    });
  });
});

describe('lookupDomain: RFC 5782 §3', () => {
  it('listed', async () => {
    const got = await lookupDomain('bad.example.org.', 'dbl.example', options);
    assert.deepEqual([got.status, got.codes, got.text], ['listed', ['127.0.1.2'], 'spam']);
  });
  for (const domain of [
    '',
    '.',
    'a..b',
    '[192.0.2.1]',
    'b\u00fccher.example',
    'a b',
    `${'x.'.repeat(125)}x`,
    'x'.repeat(64),
  ]) {
    it(`${JSON.stringify(domain.slice(0, 20))} is an error`, async () => {
      const resolver = { ...dns, resolve4: () => assert.fail('asked') };
      assert.match(
        (await lookupDomain(domain, 'dbl.example', { resolver })).reason ?? '',
        /cannot be asked for/,
      );
    });
  }
});

describe('health: RFC 5782 §5', () => {
  it('of a list of IPv4 addresses', async () => {
    assert.deepEqual(await health('zen.example=127.0.0.4', options), { healthy: true });
  });
  it('of IPv6 addresses', async () => {
    assert.deepEqual(await health('six.example', { ...options, kind: 'ipv6' }), { healthy: true });
  });
  it('of domains', async () => {
    assert.deepEqual(await health('dbl.example', { ...options, kind: 'domain' }), {
      healthy: true,
    });
  });
  it('of a list that is gone', async () => {
    assert.deepEqual(await health('gone.example', options), {
      healthy: false,
      reason: '2.0.0.127 is not listed',
    });
  });
  it('of a list that does not answer', async () => {
    const resolver = zone({ '2.0.0.127.x.example': { fail: 'ESERVFAIL' } });
    const { healthy, reason } = await health('x.example', { resolver });
    assert.equal(healthy, false);
    assert.match(reason ?? '', /ESERVFAIL/);
  });
});

it('queryName: RFC 5782 §2.1, §2.4', () => {
  assert.equal(queryName('192.0.2.99'), '99.2.0.192');
  assert.equal(nibbles, 'b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2');
  assert.equal(queryName('zen.example'), null);
});
