import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseMailbox } from '@postino/address';
import { parseMailbox as parseByGrammar } from '@postino/address/grammar';
import { domain, localPart, nearMailbox, soup } from './arbitrary.ts';

const options = fc.record({ smtputf8: fc.boolean(), singleLabel: fc.boolean() });

test('the fast path and the grammar of record agree on whatever comes', () => {
  fc.assert(
    fc.property(fc.oneof(nearMailbox, soup), options, (text, options) => {
      assert.deepEqual(parseMailbox(text, options), parseByGrammar(text, options));
    }),
    { numRuns: 500 },
  );
});

test('what the fast path takes, the grammar takes with the same value', () => {
  const written = fc.oneof(
    localPart.filter((text) => /^[a-z0-9]+$/i.test(text)),
    localPart.map((text) => `"${text.replace(/["\\]/g, String.raw`\$&`)}"`),
  );
  let taken = 0;
  fc.assert(
    fc.property(written, domain, options, (local, domain, options) => {
      const mailbox = parseMailbox(`${local}@${domain}`, options);
      if (mailbox) taken++;
      if (mailbox) assert.deepEqual(parseByGrammar(`${local}@${domain}`, options), mailbox);
    }),
  );
  assert.ok(taken > 0, 'nothing was compared');
});

test('where the library is narrower than RFC 5321, we are not', () => {
  for (const parse of [parseMailbox, parseByGrammar]) {
    assert.deepEqual(parse('a@b.c'), { localPart: 'a', domain: 'b.c' });
    assert.deepEqual(parse('a@1.2.3.4'), { localPart: 'a', domain: '1.2.3.4' });
    assert.deepEqual(parse('a@localhost', { singleLabel: true }), {
      localPart: 'a',
      domain: 'localhost',
    });
  }
});

test('where the library is wider than the RFCs, we are not', () => {
  const wide = [`${'a'.repeat(65)}@b.org`, 'a@☃.net', 'é@b.org', 'a@bu\u0308cher.de'];
  for (const text of wide) assert.equal(parseByGrammar(text), null, text);
});

test('its exceptions stay inside', () => {
  for (const text of ['', 'a@', 'Postmaster', 'a@b.com.', '@', '\ud800@b.org', 'a'.repeat(1e6)]) {
    assert.equal(parseByGrammar(text), null);
  }
});
