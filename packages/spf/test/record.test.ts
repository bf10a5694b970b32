import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isSpfRecord, parseRecord } from '../src/record.ts';

describe('isSpfRecord: RFC 7208 §4.5', () => {
  for (const text of ['v=spf1', 'v=spf1 ', 'V=sPf1 -all', 'v=spf1  a']) {
    it(`${JSON.stringify(text)} is one`, () => assert.equal(isSpfRecord(text), true));
  }
  for (const text of [
    '',
    'v=spf10',
    'v=spf1\t-all',
    ' v=spf1',
    'v=spf2.0/pra',
    'v=spf',
    'v=spf1/',
  ]) {
    it(`${JSON.stringify(text)} is none`, () => assert.equal(isSpfRecord(text), false));
  }
});

describe('terms that are well-formed', () => {
  const good = [
    'all', '-all', '~ALL', '?all', '+all',
    'a', 'A', 'a/24', 'a//64', 'a/24//64', 'a/0//0', 'a:example.org', 'a:example.org.', 'a:example.org/32//128',
    'a:%{d}', 'a:%{d}/24', 'a:%{d2r+-}.x.org', 'a:foo:bar/baz.example.org', 'a:a.b/1.c-d', 'a:x.1-2', 'a:x.a1',
    'a:x%%', 'a:x%_', 'a:x%-', 'a:%{d/}/24',
    'mx', 'mx//64', 'mx:example.org/24', 'ptr', 'ptr:example.org',
    'include:example.org', 'include:_spf.%{O}', 'exists:%{ir}.%{l1R+-._,/=}.x.org', 'exists:%{l127}.%{v}.example.org',
    'ip4:192.0.2.1', 'ip4:192.0.2.0/24', 'ip4:0.0.0.0/0', 'IP6:2001:db8::/32', 'ip6:::1', 'ip6:::/0',
    'redirect=example.org', 'exp=%{d}', 'REDIRECT=_spf.%{d2}',
    'x=', 'moo=%{c}%{t}cow', 'a=b', 'x-y_z.1=/:', 'constructor=1',
  ]; // prettier-ignore
  for (const term of good) {
    it(term, () => assert.ok(!('fault' in parseRecord(`v=spf1 ${term}`))));
  }
});

describe('terms that spoil the record', () => {
  const bad = [
    'all:', 'all/8', 'all:example.org', '--all', '-', 'alll', 'foo', 'foo:bar.org', ':example.org', '=x',
    'a:', 'a:/24', 'a/', 'a//', 'a/33', 'a//129', 'a/024', 'a/24/64', 'a/24//64//1', 'a/-1', 'a/1x',
    'a:example', 'a:example.', 'a:example.123', 'a:example.-a', 'a:example.a-', 'a:example.org..', 'a:example.a_b',
    'a:%{d}org', 'a:%{d', 'a:%(d)', 'a:%{}', 'a:%{x}', 'a:%{d0}', 'a:%{d00r}', 'a:%{dr1}', 'a:%{d!}', 'a:100%', 'a:%%.%',
    'a:exämple.org', 'a:exam\tple.org', 'a:example.org\0',
    'ptr:', 'ptr/24', 'include', 'include:', 'include:example.org/24', 'exists', 'exists:', 'exists:%{c}.org', 'exists:%{T}.org',
    'ip4', 'ip4:', 'ip4:192.0.2', 'ip4:192.0.2.1/', 'ip4:192.0.2.1/33', 'ip4:192.0.2.1//32', 'ip4:192.0.2.01', 'ip4:::1', 'ip4:192.0.2.1/00',
    'ip6', 'ip6:', 'ip6:192.0.2.1', 'ip6:::1/129', 'ip6:::1//64', 'ip6:1::2::3', 'ip6:fe80::1%eth0',
    'redirect=', 'redirect:example.org', '-redirect=example.org', 'redirect=%{r}.org', 'redirect=example', 'exp=', 'exp=a b',
    'exp=a.org exp=b.org', 'redirect=a.org REDIRECT=b.org', 'x=%', 'x=\u00e4', '-x=y',
  ]; // prettier-ignore
  for (const term of bad) {
    it(JSON.stringify(term), () => assert.ok('fault' in parseRecord(`v=spf1 ${term}`)));
  }
});

it('spaces separate and may stand at the end, as many as there are', () => {
  const record = parseRecord('v=spf1   a    -all   ');
  assert.ok('directives' in record);
  assert.deepEqual(
    record.directives.map(({ text, qualifier }) => [text, qualifier]),
    [
      ['a', '+'],
      ['-all', '-'],
    ],
  );
});

it('every text gives a record or a fault', () => {
  const piece = fc.constantFrom(
    '%',
    '{',
    '}',
    'd',
    'r',
    '1',
    '/',
    ':',
    '=',
    '.',
    'a',
    'ip4',
    ' ',
    '-',
    'exists:',
    'x',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const record = parseRecord(`v=spf1 ${pieces.join('')}`);
      assert.ok('fault' in record || Array.isArray(record.directives));
    }),
  );
});
