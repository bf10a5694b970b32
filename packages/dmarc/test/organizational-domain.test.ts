import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isAligned, organizationalDomain, registrableDomain } from '@postino/dmarc';

describe('organizationalDomain: RFC 7489 §3.2', () => {
  const table: [string, string][] = [
    ['example.com', 'example.com'],
    ['A.B.Example.COM.', 'example.com'],
    ['a.b.example.co.uk', 'example.co.uk'],
    ['mail.city.kawasaki.jp', 'city.kawasaki.jp'],
    ['www.ck', 'www.ck'],
    ['a.b.not-listed', 'b.not-listed'],
    ['a.b.github.io', 'b.github.io'],
    ['_x.example.com', 'example.com'],
    ['co.uk', 'co.uk'],
    ['localhost', 'localhost'],
    ['198.51.100.7', '198.51.100.7'],
  ];
  for (const [domain, want] of table) {
    it(domain, () => assert.equal(organizationalDomain(domain), want));
  }
  it('a public suffix has no registrable domain', () => {
    assert.deepEqual(['com', 'co.uk', 'github.io', ''].map(registrableDomain), [
      null,
      null,
      null,
      null,
    ]);
  });
});

describe('registrableDomain', () => {
  // RFC 5321 §4.1.2: a sub-domain is never empty; RFC 7489 §3.2 begins with a DNS domain name, which an address is not.
  for (const text of ['.org', '.mail.org', 'mail..org', '..', '198.51.100.7', '2001:db8::7']) {
    it(`${text} is no domain`, () => assert.equal(registrableDomain(text), null));
  }
});

describe('isAligned: RFC 7489 §3.1', () => {
  const table: [string, string, relaxed: boolean, strict: boolean][] = [
    ['example.com', 'Example.Com.', true, true],
    ['a.example.com', 'b.example.com', true, false],
    ['example.com', 'a.example.com', true, false],
    ['example.com', 'badexample.com', false, false],
    ['a.co.uk', 'b.co.uk', false, false],
    ['a.github.io', 'b.github.io', false, false],
    ['com', 'example.com', false, false],
    ['198.51.100.7', '203.0.100.7', false, false],
  ];
  for (const [a, b, relaxed, strict] of table) {
    it(`${a} and ${b}`, () => {
      assert.deepEqual([isAligned(a, b, 'r'), isAligned(a, b, 's')], [relaxed, strict]);
      assert.deepEqual([isAligned(b, a, 'r'), isAligned(b, a, 's')], [relaxed, strict]);
    });
  }
});
