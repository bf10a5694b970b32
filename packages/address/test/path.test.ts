import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatPath, isNullPath, isPostmaster, parsePath, readPath } from '@postino/address';
import { domain, localPart, soup } from './arbitrary.ts';

const EVERYTHING = { smtputf8: true, singleLabel: true };
const NULL_PATH = { localPart: '', domain: '' };

test('paths', () => {
  const rows: readonly [string, readonly [string, string] | null][] = [
    ['<a@b.org>', ['a', 'b.org']],
    ['<>', ['', '']],
    ['<Postmaster>', ['Postmaster', '']],
    ['<POSTMASTER>', ['POSTMASTER', '']],
    ['<Postmaster@b.org>', ['Postmaster', 'b.org']],
    ['<"a>b"@c.org>', ['a>b', 'c.org']],
    ['<""@c.org>', ['', 'c.org']],
    ['<a@[192.0.2.1]>', ['a', '[192.0.2.1]']],
    ['<@a.org,@b.org:c@d.org>', ['c', 'd.org']],
    ['<@hosta.int,@jkl.org:userc@d.bar.org>', ['userc', 'd.bar.org']],
    ['<@a:"b:c"@d.org>', ['b:c', 'd.org']],
    ['a@b.org', null],
    ['<a@b.org', null],
    ['a@b.org>', null],
    ['<<a@b.org>>', null],
    ['< a@b.org>', null],
    ['<a@b.org >', null],
    ['<a>', null],
    ['<@a.org>', null],
    ['<@a.org:>', null],
    ['<@a.org,b.org:c@d.org>', null],
    ['<@a.org,:c@d.org>', null],
    ['<@:c@d.org>', null],
    ['<@[192.0.2.1]:c@d.org>', null],
    ['<@a.org:Postmaster>', null],
    ['<"postmaster">', null],
    ['<a@b.org> ', null],
    ['<a@b.org>>', null],
  ];
  for (const [text, parts] of rows) {
    const expected = parts && { localPart: parts[0], domain: parts[1] };
    assert.deepEqual(parsePath(text), expected, text);
  }
});

test('a path is at most 256 octets, its brackets and its route counted', () => {
  const routed = `<@${'r.'.repeat(122)}r:a@b.org>`;
  assert.equal(routed.length, 256);
  assert.ok(parsePath(routed));
  assert.equal(parsePath(routed.replace('a@', 'aa@')), null);
  // Two hops make 191 octets, three 282, though that is only 192 characters.
  const hop = `@${'ü.'.repeat(29)}ü`;
  assert.ok(parsePath(`<${hop},${hop}:a@b.org>`, EVERYTHING));
  assert.equal(parsePath(`<${hop},${hop},${hop}:a@b.org>`, EVERYTHING), null);
  const mailbox = `a@${'bb.'.repeat(83)}org`;
  assert.equal(mailbox.length, 254);
  assert.ok(parsePath(`<${mailbox}>`));
  assert.equal(parsePath(`<a${mailbox}>`), null);
});

test('readPath says where the path ends, whatever follows', () => {
  const rows: readonly [string, number, number | null][] = [
    ['MAIL FROM:<a@b.org> SIZE=1', 10, 19],
    ['MAIL FROM:<> BODY=8BITMIME', 10, 12],
    ['<a@b.org>', 0, 9],
    ['<a@b.org>x>', 0, 9],
    ['<"a> SIZE=1"@b.org> SIZE=2', 0, 19],
    [String.raw`<"a\"> b"@c.org> X`, 0, 16],
    [`<a@b.org>${'x'.repeat(1000)}`, 0, 9],
    ['MAIL FROM:a@b.org', 10, null],
    ['MAIL FROM:', 10, null],
    ['MAIL FROM: <a@b.org>', 10, null],
    ['<"a@b.org> SIZE=1', 0, null],
  ];
  for (const [text, at, end] of rows) assert.equal(readPath(text, at)?.end ?? null, end, text);
});

test('readPath reads what parsePath parses', () => {
  fc.assert(
    fc.property(localPart, domain, soup, soup, (localPart, domain, before, behind) => {
      const text = formatPath({ localPart, domain });
      const read = readPath(before + text + behind, before.length, EVERYTHING);
      assert.deepEqual(read, {
        path: parsePath(text, EVERYTHING),
        end: before.length + text.length,
      });
    }),
  );
});

test('parse after format gives the same path', () => {
  for (const path of [NULL_PATH, { localPart: 'postMaster', domain: '' }]) {
    assert.deepEqual(parsePath(formatPath(path)), path);
  }
  fc.assert(
    fc.property(localPart, domain, (localPart, domain) => {
      assert.deepEqual(parsePath(formatPath({ localPart, domain }), EVERYTHING), {
        localPart,
        domain,
      });
    }),
  );
});

test('a path without a domain is null or postmaster', () => {
  assert.throws(() => formatPath({ localPart: 'a', domain: '' }), TypeError);
});

test('the null path and the postmaster are known', () => {
  assert.ok(isNullPath(NULL_PATH));
  assert.ok(!isNullPath({ localPart: '', domain: 'b.org' }), '<""@b.org> is somebody');
  assert.ok(isPostmaster({ localPart: 'PostMaster', domain: '' }));
  assert.ok(isPostmaster({ localPart: 'postmaster', domain: 'b.org' }));
  assert.ok(!isPostmaster({ localPart: 'postmasters', domain: 'b.org' }));
});

test('hostile 51: odd paths are parsed or refused', () => {
  assert.deepEqual(parsePath('<@a,@b:c@d>', EVERYTHING), { localPart: 'c', domain: 'd' });
  assert.deepEqual(parsePath('<postmaster>'), { localPart: 'postmaster', domain: '' });
  assert.deepEqual(parsePath('<a@bücher.de>', EVERYTHING), { localPart: 'a', domain: 'bücher.de' });
  for (const text of [
    '<a@b.>',
    '<a..b@c>',
    `<${'a'.repeat(65)}@b.org>`,
    `<a@${'b.'.repeat(130)}org>`,
    '<a@bücher.de>',
  ]) {
    assert.equal(parsePath(text), null, text);
  }
});

test('hostile 15: 8-bit text is refused without SMTPUTF8, and half characters always', () => {
  assert.equal(readPath('<\u00e9@b.org>', 0), null);
  assert.equal(readPath('<a@\u00e9.org>', 0), null);
  assert.equal(readPath('<\ud800@b.org>', 0, { smtputf8: true }), null);
});

test('hostile 14: what looks like a parameter inside a path is part of the path', () => {
  assert.equal(readPath('<a@b.org SIZE=1>', 0), null);
  assert.deepEqual(readPath('<"a SIZE=1"@b.org>', 0)?.path.localPart, 'a SIZE=1');
});
