import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseDmarcRecord, type DmarcRecord } from '@postino/dmarc';
import fc from 'fast-check';

describe('parseDmarcRecord', () => {
  it('defaults', () => {
    assert.deepEqual(parseDmarcRecord('v=DMARC1; p=none'), {
      p: 'none', adkim: 'r', aspf: 'r', pct: 100, t: 'n', psd: 'u', rua: [], ruf: [], fo: ['0'],
    }); // prettier-ignore
  });
  it('every tag', () => {
    const text =
      'v = DMARC1 ; P=Reject;sp=quarantine;\tnp = none; adkim=S; aspf=s; pct=0; t=y; psd=n; ' +
      'rua=mailto:a@example.org!10m, https://example.org/x; ruf=mailto:b@example.org; fo=1:d:S; ri=3600; rf=afrf; x=y;';
    assert.deepEqual(parseDmarcRecord(text), {
      p: 'reject', sp: 'quarantine', np: 'none', adkim: 's', aspf: 's', pct: 0, t: 'y', psd: 'n',
      rua: ['mailto:a@example.org!10m', 'https://example.org/x'], ruf: ['mailto:b@example.org'], fo: ['1', 'd', 's'],
    }); // prettier-ignore
  });

  const faults: [text: string, want: Partial<DmarcRecord>][] = [
    ['v=DMARC1; p=reject; pct=101', { p: 'reject', pct: 100 }],
    ['v=DMARC1; p=reject; pct=-1', { pct: 100 }],
    ['v=DMARC1; p=reject; pct=', { pct: 100 }],
    [
      'v=DMARC1; p=reject; adkim=x; aspf=; t=maybe; psd=',
      { adkim: 'r', aspf: 'r', t: 'n', psd: 'u' },
    ],
    // The name is a string of RFC 5234 §2.3, so its case does not matter; that of the value does. RFC 7489 §6.4.
    ['V=DMARC1; p=reject', { p: 'reject' }],
    ['v=DMARC1; p=reject; bogus; ;;', { p: 'reject' }],
    ['v=DMARC1; p=reject; rua=nobody, mailto:', { rua: [] }],
    ['v=DMARC1; rua=mailto:a@example.org', { p: 'none' }],
    ['v=DMARC1; p=rejct; rua=mailto:a@example.org', { p: 'none' }],
    ['v=DMARC1; p=reject; sp=rejct; rua=mailto:a@example.org', { p: 'none' }],
    ['v=DMARC1; adkim=s; p=quarantine', { p: 'quarantine', adkim: 's' }],
  ];
  for (const [text, want] of faults) {
    it(`${text} can be used: ${JSON.stringify(want)}`, () => {
      assert.partialDeepStrictEqual(parseDmarcRecord(text), want);
    });
  }

  const bad = [
    '', 'v=', 'v=DMARC1', 'v=dmarc1; p=none', 'v=DMARC1x; p=none', 'v=DMARC2; p=none', 'p=none; v=DMARC1', ' v=DMARC1; p=none', 'v=DMARC1 p=none', 'v=spf1 -all',
    'v=DMARC1; p=n', 'v=DMARC1; p=rejct', 'v=DMARC1; sp=reject', 'v=DMARC1; p=reject; sp=rejct', 'v=DMARC1; p=reject; np=', 'v=DMARC1; p=none; p=none',
    'v=DMARC1; p=none; P=reject', 'v=DMARC1; v=DMARC1; p=none', 'v=DMARC1; rua=nobody',
  ]; // prettier-ignore
  for (const text of bad) {
    it(`${JSON.stringify(text)} is none`, () => assert.equal(parseDmarcRecord(text), null));
  }

  it('takes any text', () => {
    const piece = fc.constantFrom(
      'v=DMARC1',
      ';',
      ' ',
      'p',
      '=',
      'reject',
      'sp',
      'rua',
      'mailto:a@b',
      ',',
      '!',
      '1',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const record = parseDmarcRecord(`v=DMARC1;${pieces.join('')}`);
        assert.ok(record === null || ['none', 'quarantine', 'reject'].includes(record.p));
      }),
    );
  });
  it('a record of 64 KB', () => {
    for (const part of ['v=DMARC1 ', ';', ' ', 'a=;', ' = ', 'rua=mailto:a!', '1']) {
      parseDmarcRecord(`v=DMARC1;p=none;rua=${part.repeat(65_000 / part.length)}`);
    }
  });
});
