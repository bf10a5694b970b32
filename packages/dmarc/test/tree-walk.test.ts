import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { zone, type ZoneNode } from '@postino/dns';
import { evaluate, type DmarcQuery, type DmarcResult } from '@postino/dmarc';

type Names = Record<string, ZoneNode>;

const record = (text: string): ZoneNode => ({ TXT: [`v=DMARC1; ${text}`] });
const pass = (domain: string): { result: string; domain: string } => ({ result: 'pass', domain });

function judge(
  names: Names,
  from: string,
  changes: Partial<DmarcQuery> = {},
): Promise<DmarcResult> {
  return evaluate({
    from,
    spf: null,
    dkim: [],
    resolver: zone(names),
    discovery: 'treeWalk',
    ...changes,
  });
}

describe('the DNS tree walk: RFC 9989 §4.10', () => {
  it('asks at most eight times', async () => {
    const asked: string[] = [];
    const resolver = {
      ...zone({}),
      resolveTxt: (name: string) => {
        asked.push(name);
        return zone({}).resolveTxt(name);
      },
    };
    await judge({}, 'a.b.c.d.e.f.g.h.i.j.mail.example.com', { resolver });
    assert.deepEqual(asked, [
      '_dmarc.a.b.c.d.e.f.g.h.i.j.mail.example.com',
      '_dmarc.g.h.i.j.mail.example.com',
      '_dmarc.h.i.j.mail.example.com',
      '_dmarc.i.j.mail.example.com',
      '_dmarc.j.mail.example.com',
      '_dmarc.mail.example.com',
      '_dmarc.example.com',
      '_dmarc.com',
    ]);
  });

  it('ends with a record that cannot be used: §4.10.1', async () => {
    const names = {
      '_dmarc.example.com': record('p=reject'),
      '_dmarc.own.example.com': record('p=rejct'),
      '_dmarc.end.example.com': record('p=rejct; psd=n'),
    };
    const found = await Promise.all(
      ['a.example.com', 'own.example.com', 'a.own.example.com', 'a.end.example.com'].map(
        async (from) => (await judge(names, from)).result,
      ),
    );
    // The third is only on the way to the domain's organization, and the fourth is one.
    assert.deepEqual(found, ['fail', 'permerror', 'fail', 'permerror']);
  });

  type Row = [title: string, Names, from: string, domain: string | null, disposition: string];
  const table: Row[] = [
    ['the own record is the first choice', { '_dmarc.a.example.com': record('p=none'), '_dmarc.example.com': record('p=reject') }, 'a.example.com', 'a.example.com', 'none'],
    ['the organization has the fewest labels', { '_dmarc.mail.example.com': record('p=none'), '_dmarc.example.com': record('p=reject') }, 'a.mail.example.com', 'example.com', 'reject'],
    ['psd=n ends the walk', { '_dmarc.mail.example.com': record('p=quarantine; psd=n'), '_dmarc.example.com': record('p=reject') }, 'a.mail.example.com', 'mail.example.com', 'quarantine'],
    ['a public suffix speaks for those without a record', { '_dmarc.com': record('p=reject; sp=quarantine; psd=y') }, 'a.example.com', 'com', 'quarantine'],
    ['... and not for an organization that has one', { '_dmarc.com': record('p=reject; psd=y'), '_dmarc.example.com': record('p=none') }, 'a.example.com', 'example.com', 'none'],
    ['... nor what stands between', { '_dmarc.com': record('p=reject; psd=y'), '_dmarc.b.example.com': record('p=none') }, 'a.b.example.com', 'com', 'reject'],
    ['several records at a name are none', { '_dmarc.a.example.com': { TXT: ['v=DMARC1; p=none', 'v=DMARC1; p=none'] }, '_dmarc.example.com': record('p=reject') }, 'a.example.com', 'example.com', 'reject'],
    ['no record', {}, 'a.example.com', null, 'none'],
    ['t=y asks for one step less', { '_dmarc.example.com': record('p=reject; t=y') }, 'example.com', 'example.com', 'quarantine'],
    ['pct is no more', { '_dmarc.example.com': record('p=reject; pct=0') }, 'example.com', 'example.com', 'reject'],
    ['np for a name that does not exist', { '_dmarc.example.com': record('p=none; sp=quarantine; np=reject') }, 'a.example.com', 'example.com', 'reject'],
    ['sp for one that does', { '_dmarc.example.com': record('p=none; sp=quarantine; np=reject'), 'a.example.com': { MX: [[0, '.']] } }, 'a.example.com', 'example.com', 'quarantine'],
    ['sp for one that may exist', { '_dmarc.example.com': record('p=none; sp=quarantine; np=reject'), 'a.example.com': { fail: 'ETIMEOUT' } }, 'a.example.com', 'example.com', 'quarantine'],
    ['p where neither is given', { '_dmarc.example.com': record('p=reject') }, 'a.example.com', 'example.com', 'reject'],
  ]; // prettier-ignore
  for (const [title, names, from, domain, disposition] of table) {
    it(title, async () => {
      const got = await judge(names, from);
      assert.deepEqual([got.domain, got.disposition], [domain, disposition]);
    });
  }
});

describe('alignment: RFC 9989 §4.10.2', () => {
  const bank: Names = {
    '_dmarc.bank.example': record('p=reject; psd=y'),
    '_dmarc.giant.bank.example': record('p=reject'),
  };
  const table: [title: string, Names, from: string, identifier: string, result: string][] = [
    ['two names below one record', { '_dmarc.example.com': record('p=reject') }, 'a.example.com', 'b.c.example.com', 'pass'],
    ['below a public suffix each is for itself', bank, 'giant.bank.example', 'mega.bank.example', 'fail'],
    ['below an organization of a public suffix', bank, 'a.giant.bank.example', 'giant.bank.example', 'pass'],
    ['the public suffix does not align with what is below', bank, 'giant.bank.example', 'bank.example', 'fail'],
    ['psd=n divides an organization', { '_dmarc.example.com': record('p=reject'), '_dmarc.own.example.com': record('p=reject; psd=n') }, 'a.example.com', 'own.example.com', 'fail'],
    ['the same name needs no walk', { '_dmarc.a.example.com': record('p=reject') }, 'a.example.com', 'a.example.com', 'pass'],
    ['an organization without a record above', { '_dmarc.a.example.com': record('p=reject') }, 'a.example.com', 'example.com', 'fail'],
  ]; // prettier-ignore
  for (const [title, names, from, identifier, result] of table) {
    it(title, async () => {
      assert.equal((await judge(names, from, { dkim: [pass(identifier)] })).result, result);
      assert.equal((await judge(names, from, { spf: pass(identifier) })).result, result);
    });
  }
  it('trouble with the domain of one signature takes nothing from what others say', async () => {
    const names: Names = {
      '_dmarc.example.com': record('p=reject'),
      '_dmarc.a.example.com': { fail: 'ETIMEOUT' },
    };
    const dkim = [pass('a.example.com')];
    const alone = await judge(names, 'example.com', { dkim });
    assert.deepEqual([alone.result, alone.disposition], ['temperror', 'none']);
    const beside = await judge(names, 'example.com', { dkim, spf: pass('b.example.com') });
    assert.deepEqual([beside.result, beside.alignedBy], ['pass', ['spf']]);
    const both = await judge(names, 'example.com', { dkim: [...dkim, pass('b.example.com')] });
    assert.deepEqual([both.result, both.alignedBy], ['pass', ['dkim']]);
  });

  it('hostile 77: 500 signatures of strangers cost no questions', async () => {
    let asked = 0;
    const names = zone({ '_dmarc.example.com': record('p=reject') });
    const resolver = {
      ...names,
      resolveTxt: (name: string) => {
        asked++;
        return names.resolveTxt(name);
      },
    };
    const dkim = Array.from({ length: 500 }, (_, index) => pass(`a.b.c.x${index}.example`));
    assert.equal((await judge({}, 'a.example.com', { dkim, resolver })).result, 'fail');
    assert.equal(asked, 3);
  });
});
