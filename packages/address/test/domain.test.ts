import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { domainToAscii, domainToUnicode, isDomain, sameDomain } from '@postino/address';
import * as idna from '@postino/address/idna';
import { soup } from './arbitrary.ts';

test('domains in ASCII and back for display', () => {
  const rows: readonly [string, string][] = [
    ['example.org', 'example.org'],
    ['bücher.de', 'xn--bcher-kva.de'],
    ['письмо.рф', 'xn--h1aigbl0e.xn--p1ai'],
    ['屋企.香港', 'xn--hoqu73a.xn--j6w193g'],
    ['faß.de', 'xn--fa-hia.de'],
    ['παράδειγμα.gr', 'xn--hxajbheg2az3al.gr'],
  ];
  for (const [unicode, ascii] of rows) {
    assert.equal(domainToAscii(unicode), ascii);
    assert.equal(domainToUnicode(ascii), unicode);
    assert.equal(domainToUnicode(ascii.toUpperCase()).toLowerCase(), unicode);
  }
});

test('case is the only thing that is mapped', () => {
  assert.equal(domainToAscii('EXAMPLE.org'), 'example.org');
  assert.equal(domainToAscii('XN--BCHER-KVA.de'), 'xn--bcher-kva.de');
  assert.equal(domainToAscii('BÜCHER.de'), 'xn--bcher-kva.de');
  // A capital sigma is never the final one, wherever it stands.
  assert.equal(domainToAscii('ΣΑΣ.gr'), domainToAscii('σασ.gr'));
  assert.notEqual(domainToAscii('σας.gr'), domainToAscii('σασ.gr'));
  for (const text of ['ｂücher.de', 'bücher。de', 'bu\u0308cher.de', 'b\u00adü.de']) {
    assert.equal(domainToAscii(text), null, text);
    assert.notEqual(idna.domainToAscii(text), null, text);
  }
});

test('what is no domain name has no ASCII form', () => {
  const broken = [
    '',
    '.',
    'a.',
    '.a',
    'a..b',
    '-a.org',
    'a-.org',
    'a_b.org',
    'a b.org',
    '[192.0.2.1]',
    'ab--ü.de',
    'ü-.de',
    '\u200cü.de',
    '\u0301ü.de',
    '☃.net',
    '😀.net',
    'ﬀü.de',
    '\ud800ü.de',
    'ü\0.de',
    `${'a'.repeat(64)}.org`,
    `${'ü'.repeat(60)}.org`,
    `${'aa.'.repeat(83)}org12`,
  ];
  for (const text of broken) assert.equal(domainToAscii(text), null, text);
  assert.equal(domainToAscii(`${'a'.repeat(63)}.org`)?.length, 67);
  assert.equal(domainToAscii(`${'aa.'.repeat(83)}org1`)?.length, 253);
});

test('only sound A-labels are shown decoded', () => {
  for (const text of [
    'xn--a.com',
    'xn--.com',
    'xn--n3h.net', // a snowman
    'xn--BCHER-.com',
    'xn--a-ecp.ru', // an umlaut left in two pieces
    'xn--ab-.org',
    'a..b',
    '[192.0.2.1]',
  ]) {
    assert.equal(domainToUnicode(text), text);
  }
});

test('isDomain heeds its options', () => {
  assert.ok(isDomain('example.org'));
  assert.ok(!isDomain('localhost'));
  assert.ok(isDomain('localhost', { singleLabel: true }));
  assert.ok(!isDomain('bücher.de'));
  assert.ok(isDomain('bücher.de', { smtputf8: true }));
  assert.ok(!isDomain('[192.0.2.1]', { smtputf8: true, singleLabel: true }));
});

test('domains are the same whatever their case and form', () => {
  assert.ok(sameDomain('Example.ORG', 'example.org'));
  assert.ok(sameDomain('BÜCHER.de', 'xn--bcher-kva.DE'));
  assert.ok(sameDomain('[IPv6:::1]', '[ipv6:0:0:0:0:0:0:0:1]'));
  assert.ok(sameDomain('', ''));
  assert.ok(!sameDomain('example.org', 'example.org.'));
  assert.ok(!sameDomain('192.0.2.1', '[192.0.2.1]'));
  assert.ok(!sameDomain('faß.de', 'fass.de'));
});

test('hostile 51: the domain is compared without case', () => {
  assert.ok(sameDomain('MAIL.Example.Org', 'mail.example.org'));
});

test('where both tables give an answer, it is the same', () => {
  let compared = 0;
  for (let code = 0x80; code < 0x3100; code++) {
    const text = `日${String.fromCodePoint(code)}日.example`;
    const ascii = domainToAscii(text);
    if (ascii === null) continue;
    const whole = idna.domainToAscii(text);
    if (whole === null) continue; // The Bidi rule and the context of joiners.
    compared++;
    assert.equal(ascii, whole, text);
  }
  assert.ok(compared > 5000, `${compared} compared`);
});

test('an ASCII form is a fixed point', () => {
  fc.assert(
    fc.property(soup, (text) => {
      const ascii = domainToAscii(text);
      if (ascii !== null) assert.equal(domainToAscii(ascii), ascii);
    }),
  );
});
