import {
  DnsError,
  isNone,
  isNoSuchName,
  MAX_CNAME_CHAIN,
  zone,
  type Resolver,
  type Zone,
} from '@postino/dns';
import assert from 'node:assert/strict';
import { Resolver as NodeResolver } from 'node:dns/promises';
import { test } from 'node:test';

const dns = zone({
  'example.org': {
    TXT: ['v=spf1 -all', ['v=DKIM1; ', 'p=']],
    MX: [
      [20, 'mx2.example.org.'],
      [10, 'mx.example.org'],
    ],
    A: ['192.0.2.1'],
    AAAA: ['2001:db8::1'],
  },
  'null.example': { MX: [[0, '.']] },
  'Www.Example.ORG.': { CNAME: 'example.org.', TXT: ['own'] },
  'dangling.example': { CNAME: 'nowhere.example' },
  'loop.example': { CNAME: 'loop.example' },
  'slow.example': { fail: 'ETIMEOUT' },
  'half.example': { A: ['192.0.2.2'], fail: { MX: 'ESERVFAIL' } },
  '1.2.0.192.in-addr.arpa': { PTR: ['mail.example.org.'] },
});

function code(expected: string): (error: unknown) => boolean {
  return (error) => error instanceof DnsError && error.code === expected;
}

test('records of each type, in the shapes that node gives', async () => {
  assert.deepEqual(await dns.resolve4('example.org'), ['192.0.2.1']);
  assert.deepEqual(await dns.resolve6('example.org'), ['2001:db8::1']);
  assert.deepEqual(await dns.resolveTxt('example.org'), [['v=spf1 -all'], ['v=DKIM1; ', 'p=']]);
  assert.deepEqual(await dns.resolvePtr('1.2.0.192.in-addr.arpa'), ['mail.example.org']);
  assert.deepEqual(await dns.resolveMx('example.org'), [
    { priority: 20, exchange: 'mx2.example.org' },
    { priority: 10, exchange: 'mx.example.org' },
  ]);
  assert.deepEqual(await dns.resolveMx('null.example'), [{ priority: 0, exchange: '' }]);
});

for (const name of [
  'example.org',
  'EXAMPLE.org',
  'example.org.',
  'wWw.example.org',
  'www.EXAMPLE.org.',
]) {
  test(`names in any case, with a dot or without: ${name}`, async () => {
    assert.deepEqual(await dns.resolve4(name), ['192.0.2.1']);
  });
}

test('an alias is asked only for what its own name lacks', async () => {
  assert.deepEqual(await dns.resolveTxt('www.example.org'), [['own']]);
  assert.equal((await dns.resolveMx('www.example.org')).length, 2);
});

const failures: [name: string, method: 'resolve4' | 'resolveMx' | 'resolveTxt', code: string][] = [
  ['nowhere.example', 'resolve4', 'ENOTFOUND'],
  ['null.example', 'resolve4', 'ENODATA'],
  ['in-addr.arpa', 'resolve4', 'ENODATA'],
  ['org', 'resolve4', 'ENODATA'],
  ['dangling.example', 'resolve4', 'ENOTFOUND'],
  ['loop.example', 'resolve4', 'ESERVFAIL'],
  ['slow.example', 'resolveTxt', 'ETIMEOUT'],
  ['half.example', 'resolveMx', 'ESERVFAIL'],
  ['half.example', 'resolveTxt', 'ENODATA'],
  ['a..example', 'resolve4', 'EBADNAME'],
  [`${'a'.repeat(64)}.example`, 'resolve4', 'EBADNAME'],
  ['a.'.repeat(130), 'resolve4', 'EBADNAME'],
  ['', 'resolve4', 'EBADNAME'],
  [`${`${'a'.repeat(63)}.`.repeat(3)}${'b'.repeat(61)}`, 'resolve4', 'ENOTFOUND'],
  [`${`${'a'.repeat(63)}.`.repeat(3)}${'b'.repeat(62)}`, 'resolve4', 'EBADNAME'],
  ['constructor', 'resolve4', 'ENOTFOUND'],
];
for (const [name, method, expected] of failures) {
  test(`${method} of ${JSON.stringify(name.slice(0, 30))} is ${expected}`, async () => {
    await assert.rejects(dns[method](name), code(expected));
  });
}

test('a name that partly fails gives the rest', async () => {
  assert.deepEqual(await dns.resolve4('half.example'), ['192.0.2.2']);
});

test('a chain of aliases is followed so far and no farther', async () => {
  const links: Record<string, { CNAME: string }> = {};
  for (let at = 0; at <= MAX_CNAME_CHAIN; at++)
    links[`c${at}.example`] = { CNAME: `c${at + 1}.example` };
  const chain = zone({ ...links, [`c${MAX_CNAME_CHAIN + 1}.example`]: { A: ['192.0.2.3'] } });
  assert.deepEqual(await chain.resolve4('c1.example'), ['192.0.2.3']);
  await assert.rejects(chain.resolve4('c0.example'), code('ESERVFAIL'));
});

test('query tells the TTL and whether it is signed, of the weakest name in the chain', async () => {
  const names: Zone = {
    'a.example': { CNAME: 'b.example', ttl: 60, authentic: true },
    'b.example': { A: ['192.0.2.4'], authentic: true },
    'c.example': { CNAME: 'd.example', authentic: true },
    'd.example': { A: ['192.0.2.4'], ttl: 7 },
  };
  const { query } = zone(names);
  assert.deepEqual(await query('a.example', 'A'), {
    records: ['192.0.2.4'],
    ttl: 60,
    authentic: true,
  });
  assert.deepEqual(await query('b.example', 'A'), {
    records: ['192.0.2.4'],
    ttl: 300,
    authentic: true,
  });
  assert.deepEqual(await query('c.example', 'A'), {
    records: ['192.0.2.4'],
    ttl: 7,
    authentic: false,
  });
  await assert.rejects(query('b.example', 'TLSA'), code('ENODATA'));
  await assert.rejects(
    query('b.example', 'A', { cancel: AbortSignal.abort() }),
    code('ECANCELLED'),
  );
});

test('what was given out is the caller’s own', async () => {
  (await dns.resolve4('example.org')).push('x');
  (await dns.resolveMx('example.org'))[0]!.priority = 99;
  (await dns.resolveTxt('example.org'))[1]!.push('x');
  assert.deepEqual(await dns.resolve4('example.org'), ['192.0.2.1']);
  assert.equal((await dns.resolveMx('example.org'))[0]!.priority, 20);
  assert.deepEqual((await dns.resolveTxt('example.org'))[1], ['v=DKIM1; ', 'p=']);
});

test('an error has the shape of node’s', async () => {
  const error = await dns.resolveMx('nowhere.example').catch((reason: unknown) => reason);
  assert.ok(error instanceof DnsError);
  assert.equal(error.message, 'queryMx ENOTFOUND nowhere.example');
  assert.equal(error.hostname, 'nowhere.example');
  assert.equal(error.syscall, 'queryMx');
});

function coded(errorCode: string): Error {
  return Object.assign(new Error('x'), { code: errorCode });
}

test('none or trouble: by the code alone, so that node’s errors do as well', () => {
  assert.ok(isNone(coded('ENOTFOUND')) && isNone(coded('ENODATA')));
  assert.ok(isNoSuchName(coded('ENOTFOUND')) && !isNoSuchName(coded('ENODATA')));
  for (const trouble of [
    coded('ETIMEOUT'),
    coded('ESERVFAIL'),
    coded('EBADNAME'),
    new Error('ENODATA'),
    undefined,
    null,
    { code: 'EREFUSED' },
  ]) {
    assert.ok(!isNone(trouble) && !isNoSuchName(trouble));
  }
});

test('node’s own resolver is a Resolver, and refuses the same names', async () => {
  const resolver: Resolver = new NodeResolver({ timeout: 1, tries: 1 });
  await assert.rejects(resolver.resolve4('a..example'), { code: 'EBADNAME' });
});
