import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { zone, type ZoneNode } from '@postino/dns';
import { evaluate, type DmarcQuery, type DmarcResult } from '@postino/dmarc';

const record = (text: string): ZoneNode => ({ TXT: [`v=DMARC1; ${text}`] });
const dns = zone({
  '_dmarc.example.com': record('p=reject; sp=quarantine'),
  '_dmarc.own.example.com': record('p=none; sp=reject'),
  '_dmarc.strict.example': record('p=reject; adkim=s; aspf=s'),
  '_dmarc.half.example': record('p=reject; pct=50'),
  '_dmarc.tenth.example': record('p=quarantine; pct=10'),
  '_dmarc.never.example': record('p=reject; pct=0'),
  '_dmarc.two.example': { TXT: ['v=DMARC1; p=reject', 'v=DMARC1; p=none', 'v=spf1 -all'] },
  '_dmarc.split.example': { TXT: [['v=DMARC1; p=re', 'ject'], 'unrelated'] },
  '_dmarc.bad.example': record('p=rejct'),
  '_dmarc.down.example': { fail: 'ESERVFAIL' },
  '_dmarc.mild.example': record('p=none'),
});

const pass = (domain: string): { result: string; domain: string } => ({ result: 'pass', domain });
const judge = (changes: Partial<DmarcQuery>): Promise<DmarcResult> =>
  evaluate({ from: 'example.com', spf: null, dkim: [], resolver: dns, ...changes });

describe('results: RFC 7489 §6.6.2', () => {
  type Row = [
    title: string,
    Partial<DmarcQuery>,
    result: string,
    disposition: string,
    alignedBy?: string[],
  ];
  const table: Row[] = [
    ['nothing passed', {}, 'fail', 'reject', []],
    ['DKIM passed', { dkim: [pass('example.com')] }, 'pass', 'none', ['dkim']],
    ['DKIM passed for another name of the organization', { dkim: [pass('News.Example.com.')] }, 'pass', 'none', ['dkim']],
    ['SPF passed', { spf: pass('bounce.example.com') }, 'pass', 'none', ['spf']],
    ['both passed', { spf: pass('example.com'), dkim: [pass('other.example'), pass('example.com')] }, 'pass', 'none', ['dkim', 'spf']],
    ['others passed', { spf: pass('example.org'), dkim: [pass('badexample.com'), { result: 'pass' }] }, 'fail', 'reject', []],
    ['they failed', { spf: { result: 'softfail', domain: 'example.com' }, dkim: [{ result: 'fail', domain: 'example.com' }] }, 'fail', 'reject'],
    ['strict, and the same', { from: 'strict.example', dkim: [pass('STRICT.example')] }, 'pass', 'none', ['dkim']],
    ['strict, and another name', { from: 'strict.example', dkim: [pass('a.strict.example')], spf: pass('a.strict.example') }, 'fail', 'reject', []],
    ['a subdomain falls under sp', { from: 'a.b.example.com' }, 'fail', 'quarantine'],
    ['a subdomain with a record of its own falls under p', { from: 'own.example.com' }, 'fail', 'none'],
    ['... and what is below it under the organization', { from: 'a.own.example.com' }, 'fail', 'quarantine'],
    ['no record', { from: 'nothing.example' }, 'none', 'none'],
    ['several records are none', { from: 'two.example' }, 'none', 'none'],
    ['a record in several strings', { from: 'split.example' }, 'fail', 'reject'],
    ['a record that cannot be used', { from: 'bad.example' }, 'permerror', 'none'],
    ['trouble with the DNS', { from: 'down.example' }, 'temperror', 'none'],
    ['a temporary error of what would align', { dkim: [{ result: 'temperror', domain: 'example.com' }] }, 'temperror', 'none'],
    ['... of SPF', { spf: { result: 'temperror', domain: 'example.com' } }, 'temperror', 'none'],
    ['a temporary error of a stranger is no excuse', { dkim: [{ result: 'temperror', domain: 'evil.example' }], spf: { result: 'temperror', domain: 'evil.example' } }, 'fail', 'reject'],
    ['a temporary error beside a pass', { spf: pass('example.com'), dkim: [{ result: 'temperror', domain: 'example.com' }] }, 'pass', 'none', ['spf']],
    ['a From domain that is an address literal', { from: '[192.0.2.1]' }, 'permerror', 'none'],
    ['a From domain that is not in A-labels', { from: 'b\u00fccher.example' }, 'permerror', 'none'],
    ['a From domain that is too long', { from: `${'x'.repeat(60)}.`.repeat(5) }, 'none', 'none'],
    ['no From domain', { from: [] }, 'none', 'none'],
  ]; // prettier-ignore
  for (const [title, query, result, disposition, alignedBy] of table) {
    it(title, async () => {
      const got = await judge(query);
      assert.deepEqual([got.result, got.disposition], [result, disposition], got.reason);
      if (alignedBy) assert.deepEqual(got.alignedBy, alignedBy);
    });
  }
  it('tells whose record it was and what it asks for', async () => {
    assert.deepEqual(await judge({ from: 'A.Example.com' }), {
      result: 'fail',
      from: 'a.example.com',
      domain: 'example.com',
      policy: 'quarantine',
      alignedBy: [],
      disposition: 'quarantine',
    });
  });
});

describe('pct: RFC 7489 §6.6.4', () => {
  const table: [string, number | undefined, string][] = [
    ['half.example', undefined, 'reject'],
    ['half.example', 0.49, 'reject'],
    ['half.example', 0.5, 'quarantine'],
    ['tenth.example', 0.05, 'quarantine'],
    ['tenth.example', 0.99, 'none'],
    ['never.example', 0, 'quarantine'],
    ['strict.example', 0.999, 'reject'],
  ];
  for (const [from, random, disposition] of table) {
    it(`${from} at ${random}: ${disposition}`, async () => {
      const got = await judge({ from, ...(random !== undefined && { random }) });
      assert.deepEqual([got.result, got.disposition], ['fail', disposition]);
      assert.equal(got.policy, from === 'tenth.example' ? 'quarantine' : 'reject');
    });
  }
  it('a share that is none is our own fault', () => {
    for (const random of [-0.1, 1, Number.NaN]) assert.throws(() => judge({ random }), TypeError);
  });
});

describe('several From domains: RFC 7489 §6.6.1', () => {
  const table: [string[], string, string, string][] = [
    [['example.com', 'EXAMPLE.com.'], 'pass', 'none', 'example.com'],
    [['example.com', 'nothing.example'], 'none', 'none', 'nothing.example'],
    [
      ['example.com', 'mild.example', 'strict.example', 'tenth.example'],
      'fail',
      'reject',
      'strict.example',
    ],
    [['down.example', 'nothing.example'], 'temperror', 'none', 'down.example'],
    [['down.example', 'mild.example'], 'fail', 'none', 'mild.example'],
  ];
  for (const [from, result, disposition, worst] of table) {
    it(`${from.join(', ')}: ${result}`, async () => {
      const got = await judge({ from, dkim: [pass('example.com')] });
      assert.deepEqual([got.result, got.disposition, got.from], [result, disposition, worst]);
    });
  }
  it('more than ten are refused, and nothing is asked for them', async () => {
    const from = Array.from({ length: 11 }, (_, index) => `x${index}.example`);
    const resolver = { ...dns, resolveTxt: () => assert.fail('asked') };
    const got = await judge({ from, resolver });
    assert.deepEqual([got.result, got.disposition], ['permerror', 'reject']);
  });
});

describe('a DNS that is slow', () => {
  it('ends in temperror when it is cancelled', async () => {
    const cancel = new AbortController();
    const resolver = { ...dns, resolveTxt: () => new Promise<never>(() => {}) };
    const result = judge({ resolver, cancel: cancel.signal });
    cancel.abort();
    assert.equal((await result).result, 'temperror');
    assert.equal((await judge({ resolver, cancel: AbortSignal.abort() })).result, 'temperror');
  });
});
