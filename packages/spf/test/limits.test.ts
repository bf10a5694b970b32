import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { zone, type Resolver, type ZoneNode } from '@postino/dns';
import { checkHost, type SpfQuery, type SpfResult } from '@postino/spf';

type Names = Record<string, ZoneNode>;

function check(names: Names, changes: Partial<SpfQuery> = {}): Promise<SpfResult> {
  return checkHost({
    ip: '192.0.2.1',
    helo: 'h.example',
    sender: 'a@x.example',
    resolver: zone(names),
    ...changes,
  });
}

const record = (terms: string): ZoneNode => ({ TXT: [`v=spf1 ${terms}`] });
const count = (most: number, name: (index: number) => string): string =>
  Array.from({ length: most }, (_, index) => name(index)).join(' ');

describe('hostile 74: terms that ask the DNS', () => {
  const other: ZoneNode = { A: ['198.51.100.1'] };
  it('ten are evaluated', async () => {
    const got = await check({
      'x.example': record(`${count(10, () => 'a:y.example')} -all`),
      'y.example': other,
    });
    assert.deepEqual([got.result, got.lookups], ['fail', 10]);
  });
  it('an eleventh is a permerror', async () => {
    const got = await check({
      'x.example': record(`${count(11, () => 'a:y.example')} -all`),
      'y.example': other,
    });
    assert.deepEqual([got.result, got.lookups], ['permerror', 10]);
  });
  it('are counted across include and redirect', async () => {
    const got = await check({
      'x.example': record('include:y.example redirect=z.example'),
      'y.example': { A: ['198.51.100.1'], ...record(count(4, () => 'a')) },
      'z.example': { A: ['198.51.100.1'], ...record(`${count(5, () => 'a')} -all`) },
    });
    assert.deepEqual([got.result, got.lookups], ['permerror', 10]);
  });
  it('a loop of include ends', async () => {
    const got = await check({
      'x.example': record('include:y.example'),
      'y.example': record('include:x.example'),
    });
    assert.deepEqual([got.result, got.lookups], ['permerror', 10]);
  });
  it('a loop of redirect ends', async () => {
    assert.equal((await check({ 'x.example': record('redirect=x.example') })).result, 'permerror');
  });
  it('may be fewer by option', async () => {
    const names = { 'x.example': record('a:y.example -all'), 'y.example': other };
    assert.equal((await check(names, { limits: { lookups: 1 } })).result, 'fail');
    assert.equal((await check(names, { limits: { lookups: 0 } })).result, 'permerror');
  });
});

describe('hostile 74: void lookups', () => {
  it('two are evaluated', async () => {
    const got = await check({ 'x.example': record('a:v1.example exists:v2.example -all') });
    assert.deepEqual([got.result, got.voids], ['fail', 2]);
  });
  it('a third is a permerror', async () => {
    const got = await check({
      'x.example': record('a:v1.example mx:v2.example a:v3.example ip4:192.0.2.1'),
    });
    assert.deepEqual([got.result, got.voids], ['permerror', 3]);
  });
  it('ptr is one for a client without names, and %{p} is none', async () => {
    const got = await check({ 'x.example': record('ptr ptr:y.example exists:%{p}.example -all') });
    assert.deepEqual([got.result, got.lookups, got.voids], ['permerror', 3, 3]);
    const more = await check({ 'x.example': record('ptr exists:%{p}.example -all') });
    assert.deepEqual([more.result, more.voids], ['fail', 2]);
  });
  it('the hosts of an mx term are no terms: an IPv6 client passes over IPv4 hosts', async () => {
    const got = await check(
      {
        'x.example': { ...record('mx ip6:2001:db8::/32 -all'), MX: [[1, 'm1.example'], [2, 'm2.example'], [3, 'm3.example']] },
        'm1.example': { A: ['192.0.2.1'] },
      },
      { ip: '2001:db8::1' },
    ); // prettier-ignore
    assert.deepEqual([got.result, got.voids], ['pass', 0]);
  });
});

describe('hostile 74: more than ten names', () => {
  const hosts = Array.from({ length: 11 }, (_, index) => `m${index}.y.example`);
  it('of MX are a permerror', async () => {
    const MX = hosts.map((host, index) => [index, host] as const);
    const found = {
      'x.example': { ...record('mx -all'), MX },
      'm0.y.example': { A: ['192.0.2.1'] },
    };
    assert.equal((await check(found)).result, 'permerror');
    assert.equal(
      (await check({ ...found, 'x.example': { ...record('mx -all'), MX: MX.slice(1) } })).result,
      'fail',
    );
  });
  it('of PTR are passed over', async () => {
    const names: Names = { 'x.example': record('ptr:y.example -all') };
    for (const host of hosts) names[host] = { A: ['198.51.100.1'] };
    const found = (last: string): Names => ({
      ...names,
      '1.2.0.192.in-addr.arpa': { PTR: hosts },
      [last]: { A: ['192.0.2.1'] },
    });
    assert.equal((await check(found('m9.y.example'))).result, 'pass');
    assert.equal((await check(found('m10.y.example'))).result, 'fail');
  });
  it('the names of a client are looked up once in a check', async () => {
    const asked: string[] = [];
    const got = await check(
      { 'x.example': record('exists:%{p}.a.example exists:%{p}.b.example ptr -all exp=%{p}.c.example'), '1.2.0.192.in-addr.arpa': { PTR: hosts } },
      { trace: ({ type, name }) => asked.push(`${type} ${name}`) },
    ); // prettier-ignore
    assert.equal(got.result, 'fail');
    assert.equal(asked.filter((question) => question.startsWith('PTR')).length, 1);
    assert.equal(asked.filter((question) => /^A m\d+\.y\.example$/.test(question)).length, 10);
  });
});

describe('hostile 74: records', () => {
  it('of 5,000 characters in many strings', async () => {
    const text = `v=spf1 ${count(300, (index) => `ip4:10.0.${index % 256}.0/24`)} ip4:192.0.2.1 -all`;
    assert.ok(text.length > 5000);
    const got = await check({ 'x.example': { TXT: [text.match(/.{1,255}/g)!] } });
    assert.equal(got.result, 'pass');
  });
  it('of 64 KB full of holes and slashes', async () => {
    for (const part of ['%{', '%{d', '//', 'a:/', '%{d//', '.-', '%{d.-+,/_=}']) {
      assert.equal(
        (await check({ 'x.example': record(`exists:${part.repeat(65_000 / part.length)}`) }))
          .result === 'pass',
        false,
      );
    }
  });
  it('behind a chain of aliases', async () => {
    const names = {
      'x.example': { CNAME: 'y.example' },
      'y.example': { CNAME: 'z.example' },
      'z.example': record('+all'),
    };
    assert.equal((await check(names)).result, 'pass');
  });
  it('behind a loop of aliases', async () => {
    assert.equal((await check({ 'x.example': { CNAME: 'x.example' } })).result, 'temperror');
  });
  it('whose targets are no names match nothing', async () => {
    const label = 'l'.repeat(64);
    const got = await check({ 'x.example': record(`a:${label}.example mx:a..example -all`) });
    assert.deepEqual([got.result, got.lookups, got.voids], ['fail', 2, 0]);
  });
});

const refuse = async (): Promise<never> =>
  Promise.reject(Object.assign(new Error('bad name'), { code: 'EBADNAME' }));

describe('hostile 74: a DNS that is slow, or strange', () => {
  const silent: Resolver = { ...zone({}), resolveTxt: () => new Promise(() => {}) };
  it('the check ends when it is cancelled', async () => {
    const cancel = new AbortController();
    const result = check({}, { resolver: silent, cancel: cancel.signal });
    cancel.abort();
    assert.equal((await result).result, 'temperror');
  });
  it('a check that is cancelled at ptr does not go on without it', async () => {
    const cancel = new AbortController();
    const names = zone({ 'x.example': record('ptr -all') });
    const resolvePtr = (): Promise<never> => {
      cancel.abort();
      return new Promise(() => {});
    };
    const got = await check({}, { resolver: { ...names, resolvePtr }, cancel: cancel.signal });
    assert.equal(got.result, 'temperror');
  });
  it('nothing is asked when it was cancelled before', async () => {
    let asked = 0;
    const resolver = { ...silent, resolveTxt: async () => [[`v=spf1 ${asked++}`]] };
    const got = await check({}, { resolver, cancel: AbortSignal.abort() });
    assert.deepEqual([got.result, asked], ['temperror', 0]);
  });
  it('a name that the resolver refuses is one that nobody has', async () => {
    const got = await check({ 'x.example': record('exists:%_.example ~all') }, {
      resolver: { ...zone({ 'x.example': record('exists:%_.example ~all') }), resolve4: refuse },
    }); // prettier-ignore
    assert.equal(got.result, 'softfail');
  });
  it('a resolver that fails without a code, or throws at once, is trouble', async () => {
    const fails: Resolver['resolveTxt'][] = [
      () => Promise.reject(new Error('socket hang up')),
      () => {
        throw new Error('no servers');
      },
    ];
    for (const resolveTxt of fails) {
      assert.equal(
        (await check({}, { resolver: { ...zone({}), resolveTxt } })).result,
        'temperror',
      );
    }
  });
});
