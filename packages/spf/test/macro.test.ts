import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseIp4, parseIp6 } from '../src/ip.ts';
import type { MacroContext } from '../src/macro-values.ts';
import { expandName, expandText, parseDomainSpec, parseExplainString } from '../src/macro.ts';

const context: MacroContext = {
  sender: { localPart: 'strong-bad', domain: 'email.example.com' },
  domain: 'email.example.com',
  client: parseIp4('192.0.2.3')!,
  helo: 'mail.example.com',
  receiver: 'mx.example.org',
  name: 'mx.example.org',
  now: () => 1_700_000_000_999,
};
const name = (spec: string, changes: Partial<MacroContext> = {}): string =>
  expandName(parseDomainSpec(spec)!, { ...context, ...changes });
const text = (string: string, changes: Partial<MacroContext> = {}): string =>
  expandText(parseExplainString(string)!, { ...context, ...changes }, 200);

describe('RFC 7208 §7.4, the expansions', () => {
  const table: [string, string][] = [
    ['%{s}', 'strong-bad@email.example.com'],
    ['%{o}', 'email.example.com'],
    ['%{d}', 'email.example.com'],
    ['%{d4}', 'email.example.com'],
    ['%{d3}', 'email.example.com'],
    ['%{d2}', 'example.com'],
    ['%{d1}', 'com'],
    ['%{dr}', 'com.example.email'],
    ['%{d2r}', 'example.email'],
    ['%{l}', 'strong-bad'],
    ['%{l-}', 'strong.bad'],
    ['%{lr}', 'strong-bad'],
    ['%{lr-}', 'bad.strong'],
    ['%{l1r-}', 'strong'],
    ['%{ir}.%{v}._spf.%{d2}', '3.2.0.192.in-addr._spf.example.com'],
    ['%{lr-}.lp._spf.%{d2}', 'bad.strong.lp._spf.example.com'],
    ['%{lr-}.lp.%{ir}.%{v}._spf.%{d2}', 'bad.strong.lp.3.2.0.192.in-addr._spf.example.com'],
    ['%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}', '3.2.0.192.in-addr.strong.lp._spf.example.com'],
    ['%{d2}.trusted-domains.example.net', 'example.com.trusted-domains.example.net'],
  ];
  for (const [spec, want] of table) it(spec, () => assert.equal(name(spec), want));

  it('IPv6', () => {
    const client = parseIp6('2001:db8::cb01')!;
    assert.equal(
      name('%{ir}.%{v}._spf.%{d2}', { client }),
      '1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf.example.com',
    );
    assert.equal(text('%{c}', { client }), '2001:db8::cb01');
  });
});

describe('other letters and escapes', () => {
  it('explanations alone know c, r and t', () => {
    assert.equal(
      text('%{c} %{r} %{t} %{h} %{p}'),
      '192.0.2.3 mx.example.org 1700000000 mail.example.com mx.example.org',
    );
  });
  it('%% %_ %-', () => assert.equal(text('100%%%_a%-b'), '100% a%20b'));
  it('several delimiters, empty parts and more parts than there are', () => {
    const sender = { localPart: 'a+b-c..d', domain: 'x.org' };
    assert.equal(text('%{l+-}', { sender }), 'a.b.c..d');
    assert.equal(text('%{l2r.-}', { sender }), 'c.a+b');
    assert.equal(text('%{l99999999999999999999}', { sender }), 'a+b-c..d');
  });
});

describe('hostile 75: what strangers put into a local-part', () => {
  it('a macro in it stays text', () => {
    const sender = { localPart: '%{d}%%', domain: 'x.org' };
    assert.equal(text('%{l}', { sender }), '%{d}%%');
    assert.equal(name('%{l}.example.org', { sender }), '%{d}%%.example.org');
  });
  it('upper case letters escape all but the unreserved characters of RFC 3986', () => {
    const sender = { localPart: `~jack&jill=up-a_b3.c "\u00e9"!'()*/?#%`, domain: 'x.org' };
    assert.equal(
      text('%{L}', { sender }),
      '~jack%26jill%3Dup-a_b3.c%20%22%C3%A9%22%21%27%28%29%2A%2F%3F%23%25',
    );
  });
  it('half a character does not throw', () => {
    assert.equal(text('%{L}', { sender: { localPart: '\ud800', domain: 'x.org' } }), '%EF%BF%BD');
  });
});

describe('names that are too long: RFC 7208 §7.3', () => {
  const label = 'x'.repeat(49);
  it('lose labels at the left until they fit', () => {
    const domain = `${`${label}.`.repeat(5)}org`;
    assert.equal(domain.length, 253);
    assert.equal(name('%{d}', { domain }), domain);
    assert.equal(name('a.%{d}', { domain }), domain);
    assert.equal(name('a.%{d}', { domain: `${domain}.` }), domain);
    assert.equal(name('%{d}.a.bc', { domain }), `${`${label}.`.repeat(4)}org.a.bc`);
  });
  it('hostile 74: a:%{d}%{d}... costs no more than a name', () => {
    const spec = parseDomainSpec('%{d}'.repeat(16_000))!;
    assert.equal(expandName(spec, { ...context, domain: label }), '');
    assert.equal(expandName(spec, { ...context, domain: 'a.' }), `${'a.'.repeat(126)}a`);
  });
  it('hostile 74: an explanation is cut', () => {
    assert.equal(text('%{d}'.repeat(1000)).length, 200);
  });
});
