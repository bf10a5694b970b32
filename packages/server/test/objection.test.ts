/** What is said of a message, whatever strangers wrote into it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HeaderBlock } from '@postino/message';
import { fromDomains } from '../src/checks/from-domains.ts';
import { badlySigned, listed, refusal, warning } from '../src/checks/objection.ts';

test('hostile 45: a warning is one line of at most 998 octets, whatever it says', () => {
  const text = fc.string({ unit: 'binary', maxLength: 50 }).map((part) => part.repeat(100));
  fc.assert(
    fc.property(text, (foreign) => {
      const field = warning({ text: `192.0.2.1 ${foreign}`, detail: 1 });
      assert.match(field, /^X-Warning: [ -~]*\r\n$/);
      assert.ok(field.length <= 1000);
      new HeaderBlock().append(field);
    }),
  );
});

test('what does not refuse has no reply', () => {
  const objection = { text: 'x', detail: 1 };
  assert.equal(refusal('warn', objection), null);
  assert.equal(refusal('off', objection), null);
  assert.equal(refusal('reject', null), null);
});

test('the first list in the order of the configuration is named', () => {
  const found = listed('192.0.2.1', [
    { status: 'error', zone: 'dead.test', codes: [] },
    { status: 'clear', zone: 'clear.test', codes: [] },
    { status: 'listed', zone: 'one.test', codes: ['127.0.0.2'] },
    { status: 'listed', zone: 'two.test', codes: ['127.0.0.2'] },
  ]);
  assert.equal(found?.text, '192.0.2.1 is in a black list at one.test');
});

test('signatures of those who are only testing speak against nobody', () => {
  assert.equal(badlySigned([{ result: 'fail', testing: true }]), null);
  assert.ok(badlySigned([{ result: 'fail', testing: true }, { result: 'permerror' }]));
  assert.equal(badlySigned([{ result: 'fail' }, { result: 'pass' }]), null);
});

const AUTHORS: readonly (readonly [from: string, domains: readonly string[]])[] = [
  ['ann@example.org', ['example.org']],
  ['Ann <ann@EXAMPLE.org>, bob@example.org', ['example.org']],
  ['"x@evil.example" <ann@example.org>', ['example.org']],
  ['ann@bücher.example', ['xn--bcher-kva.example']],
  ['friends: ann@one.example, bob@two.example;', ['one.example', 'two.example']],
  ['<<ann@one.example> (bob@two.example', ['one.example', 'two.example']],
  ['nobody', []],
];
for (const [from, domains] of AUTHORS) {
  test(`the authors of ${from}`, () => {
    assert.deepEqual(fromDomains(new HeaderBlock().append(`From: ${from}\r\n`)), domains);
  });
}
