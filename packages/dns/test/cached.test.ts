import {
  cached,
  MAX_ANSWER,
  zone,
  type CacheOptions,
  type DnsAnswer,
  type Resolver,
  type Zone,
} from '@postino/dns';
import assert from 'node:assert/strict';
import { test } from 'node:test';

/** A cache over a zone, a clock to turn, and what the zone was asked. */
function setUp(
  names: Zone,
  options: Partial<CacheOptions> = {},
): { dns: Resolver; asked: string[]; clock: { ms: number } } {
  const behind = zone(names);
  const asked: string[] = [];
  const clock = { ms: 1000 };
  const resolver: Resolver = {
    ...behind,
    query: (name, type, given) => {
      asked.push(`${type} ${name}`);
      return behind.query(name, type, given);
    },
  };
  return { dns: cached(resolver, { now: () => clock.ms, ...options }), asked, clock };
}

test('records are asked for once, as long as they hold', async () => {
  const { dns, asked, clock } = setUp({ 'a.example': { A: ['192.0.2.1'], ttl: 10 } });
  assert.deepEqual(await dns.resolve4('a.example'), ['192.0.2.1']);
  clock.ms += 9_999;
  assert.deepEqual(await dns.resolve4('A.example.'), ['192.0.2.1']);
  assert.deepEqual(asked, ['A a.example']);
  clock.ms += 1;
  await dns.resolve4('a.example');
  assert.deepEqual(asked, ['A a.example', 'A a.example']);
});

test('each type is a question of its own', async () => {
  const { dns, asked } = setUp({
    'a.example': { A: ['192.0.2.1'], TXT: ['x'], MX: [[1, 'b']], AAAA: ['::1'], PTR: ['p'] },
  });
  for (let turn = 0; turn < 2; turn++) {
    assert.deepEqual(await dns.resolve4('a.example'), ['192.0.2.1']);
    assert.deepEqual(await dns.resolve6('a.example'), ['::1']);
    assert.deepEqual(await dns.resolveTxt('a.example'), [['x']]);
    assert.deepEqual(await dns.resolveMx('a.example'), [{ priority: 1, exchange: 'b' }]);
    assert.deepEqual(await dns.resolvePtr('a.example'), ['p']);
  }
  assert.equal(asked.length, 5);
});

test('that there is nothing is kept for a minute, trouble for a second', async () => {
  const { dns, asked, clock } = setUp({
    'slow.example': { fail: 'ETIMEOUT' },
    'empty.example': {},
  });
  const ask = async (): Promise<void> => {
    await assert.rejects(dns.resolve4('none.example'), { code: 'ENOTFOUND' });
    await assert.rejects(dns.resolve4('empty.example'), { code: 'ENODATA' });
    await assert.rejects(dns.resolve4('slow.example'), { code: 'ETIMEOUT' });
  };
  await ask();
  clock.ms += 999;
  await ask();
  assert.equal(asked.length, 3);
  clock.ms += 1;
  await ask();
  assert.deepEqual(asked.slice(3), ['A slow.example']);
  clock.ms += 59_000;
  await ask();
  assert.equal(asked.length, 7);
});

test('trouble need not be kept at all', async () => {
  const { dns, asked } = setUp({ 'slow.example': { fail: 'ETIMEOUT' } }, { troubleTtl: 0 });
  await assert.rejects(dns.resolve4('slow.example'));
  await assert.rejects(dns.resolve4('slow.example'));
  assert.equal(asked.length, 2);
});

test('equal questions at the same time are asked once, also when they fail', async () => {
  const { dns, asked } = setUp(
    { 'a.example': { A: ['192.0.2.1'], ttl: 0 }, 'slow.example': { fail: 'ETIMEOUT' } },
    { troubleTtl: 0 },
  );
  await Promise.all([
    dns.resolve4('a.example'),
    dns.resolve4('A.example'),
    dns.resolve4('a.example.'),
  ]);
  assert.equal(asked.length, 1);
  await dns.resolve4('a.example');
  assert.equal(asked.length, 2, 'a TTL of 0 is good for one question');
  const failed = await Promise.allSettled([
    dns.resolve4('slow.example'),
    dns.resolve4('slow.example'),
  ]);
  assert.ok(failed.every(({ status }) => status === 'rejected'));
  assert.equal(asked.length, 3);
});

test('the one not asked for the longest makes room', async () => {
  const node = { A: ['192.0.2.1'] };
  const { dns, asked } = setUp(
    { 'a.example': node, 'b.example': node, 'c.example': node },
    { max: 2 },
  );
  for (const name of ['a', 'b', 'a', 'c', 'a']) await dns.resolve4(`${name}.example`);
  assert.deepEqual(asked, ['A a.example', 'A b.example', 'A c.example']);
  await dns.resolve4('b.example');
  assert.equal(asked.length, 4);
});

test('an answer too long to keep is given all the same', async () => {
  const long = 'x'.repeat(MAX_ANSWER);
  const { dns, asked } = setUp({ 'a.example': { TXT: [long] } });
  assert.deepEqual(await dns.resolveTxt('a.example'), [[long]]);
  await dns.resolveTxt('a.example');
  assert.equal(asked.length, 2);
});

test('TTLs have a ceiling, and the one that is told is what is left', async () => {
  const { dns, asked, clock } = setUp(
    { 'a.example': { A: ['192.0.2.1'], ttl: 1e9 } },
    { maxTtl: 100 },
  );
  assert.equal((await dns.query!('a.example', 'A')).ttl, 100);
  clock.ms += 40_500;
  assert.deepEqual(await dns.query!('a.example', 'A'), {
    records: ['192.0.2.1'],
    ttl: 59,
    authentic: false,
  });
  clock.ms += 59_500;
  await dns.resolve4('a.example');
  assert.equal(asked.length, 2);
});

for (const ttl of [Number.NaN, -1, 0]) {
  test(`a TTL of ${ttl} keeps nothing`, async () => {
    const { dns, asked } = setUp({ 'a.example': { A: ['192.0.2.1'], ttl } });
    await dns.resolve4('a.example');
    assert.equal((await dns.query!('a.example', 'A')).ttl, 0);
    assert.equal(asked.length, 2);
  });
}

test('a resolver without query: its records hold for the time that is given, and the cache has no query either', async () => {
  const { query: _, ...five } = zone({
    'a.example': { A: ['192.0.2.1'], MX: [[1, 'b']], TXT: ['x'], AAAA: ['::1'], PTR: ['p'] },
  });
  const asked: string[] = [];
  const resolver: Resolver = {
    ...five,
    resolve4: (name) => (asked.push(name), five.resolve4(name)),
  };
  const clock = { ms: 0 };
  const dns = cached(resolver, { now: () => clock.ms, ttl: 5 });
  assert.ok(!('query' in dns));
  await dns.resolve4('a.example');
  clock.ms = 4_999;
  await dns.resolve4('a.example');
  assert.equal(asked.length, 1);
  clock.ms = 5_000;
  await dns.resolve4('a.example');
  assert.equal(asked.length, 2);
  assert.deepEqual(await dns.resolveTxt('a.example'), [['x']]);
  assert.deepEqual(await dns.resolve6('a.example'), ['::1']);
  assert.deepEqual(await dns.resolvePtr('a.example'), ['p']);
  assert.deepEqual(await dns.resolveMx('a.example'), [{ priority: 1, exchange: 'b' }]);
});

test('what was given out may be changed without harm', async () => {
  const { dns } = setUp({
    'a.example': {
      MX: [
        [2, 'b'],
        [1, 'c'],
      ],
      TXT: [['x']],
    },
  });
  const records = await dns.resolveMx('a.example');
  records.pop()!.exchange = 'changed';
  (await dns.resolveTxt('a.example'))[0]!.push('changed');
  (await dns.query!('a.example', 'TXT')).records.push('changed');
  assert.deepEqual(await dns.resolveMx('a.example'), [
    { priority: 2, exchange: 'b' },
    { priority: 1, exchange: 'c' },
  ]);
  assert.deepEqual(await dns.resolveTxt('a.example'), [['x']]);
});

test('cancelling gives up waiting, and not the lookup that others wait for', async () => {
  const answers = Promise.withResolvers<DnsAnswer>();
  const behind: Resolver = { ...zone({}), query: () => answers.promise };
  const dns = cached(behind, { now: () => 0 });
  const controller = new AbortController();
  const given = dns.query!('a.example', 'A', { cancel: controller.signal });
  const waiting = dns.resolve4('a.example');
  controller.abort();
  await assert.rejects(given, { code: 'ECANCELLED' });
  answers.resolve({ records: ['192.0.2.1'], ttl: 1, authentic: false });
  assert.deepEqual(await waiting, ['192.0.2.1']);
  await assert.rejects(dns.query!('a.example', 'A', { cancel: controller.signal }), {
    code: 'ECANCELLED',
  });
  const { signal } = new AbortController();
  assert.deepEqual((await dns.query!('a.example', 'A', { cancel: signal })).records, ['192.0.2.1']);
});

for (const records of [[1], [null], [{}], [['x', 1]], [{ priority: '1', exchange: 'a' }]]) {
  test(`records of no known shape are a bad response: ${JSON.stringify(records)}`, async () => {
    const behind: Resolver = {
      ...zone({}),
      query: async () => ({ records, ttl: 1, authentic: false }),
    };
    const dns = cached(behind, { now: () => 0 });
    await assert.rejects(dns.resolve4('a.example'), { code: 'EBADRESP' });
    await assert.rejects(dns.resolveMx('a.example'), { code: 'EBADRESP' });
    await assert.rejects(dns.resolveTxt('a.example'), { code: 'EBADRESP' });
  });
}

test('no records at all are none', async () => {
  const behind: Resolver = {
    ...zone({}),
    query: async () => ({ records: [], ttl: 1, authentic: false }),
  };
  await assert.rejects(cached(behind, { now: () => 0 }).resolve4('a.example'), { code: 'ENODATA' });
});

for (const wrong of [
  { max: -1 },
  { ttl: Number.NaN },
  { troubleTtl: 301 },
  { negativeTtl: -1 },
  { maxTtl: -1 },
]) {
  test(`refused: ${JSON.stringify(wrong)}`, () => {
    assert.throws(() => cached(zone({}), { now: () => 0, ...wrong }), TypeError);
  });
}

test('the ends of what options may be are taken', () => {
  assert.ok(cached(zone({}), { now: () => 0, max: 0, ttl: 0, troubleTtl: 300 }));
});
