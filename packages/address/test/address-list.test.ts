import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseAddressList } from '@postino/address';
import { soup } from './arbitrary.ts';

/** `name|address` for a mailbox, `name{...}` for a group. */
function brief(text: string): string[] | null {
  const list = parseAddressList(text);
  return (
    list?.map((item) =>
      'group' in item
        ? `${item.name}{${item.group.map((m) => `${m.name}|${m.address}`).join(',')}}`
        : `${item.name}|${item.address}`,
    ) ?? null
  );
}

test('the examples of RFC 5322, appendix A', () => {
  const rows: readonly [string, string[]][] = [
    ['John Doe <jdoe@machine.example>', ['John Doe|jdoe@machine.example']],
    ['"Joe Q. Public" <john.q.public@example.com>', ['Joe Q. Public|john.q.public@example.com']],
    [
      'Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>',
      ['Mary Smith|mary@x.test', '|jdoe@example.org', 'Who?|one@y.test'],
    ],
    [
      String.raw`<boss@nil.test>, "Giant; \"Big\" Box" <sysservices@example.net>`,
      ['|boss@nil.test', 'Giant; "Big" Box|sysservices@example.net'],
    ],
    [
      'A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;',
      ['A Group{Ed Jones|c@a.test,|joe@where.test,John|jdoe@one.test}'],
    ],
    ['Undisclosed recipients:;', ['Undisclosed recipients{}']],
    [
      '"Mary Smith: Personal Account" <smith@home.example>',
      ['Mary Smith: Personal Account|smith@home.example'],
    ],
    [
      String.raw`Pete(A nice \) chap) <pete(his account)@silly.test(his host)>`,
      ['Pete|pete@silly.test'],
    ],
    [
      "A Group(Some people)\r\n     :Chris Jones <c@(Chris's host.)public.example>,\r\n" +
        '         joe@example.org,\r\n  John <jdoe@one.test> (my dear friend); (the end of the group)',
      ['A Group{Chris Jones|c@public.example,|joe@example.org,John|jdoe@one.test}'],
    ],
    ['(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;', ['Hidden recipients{}']],
    ['Joe Q. Public <john.q.public@example.com>', ['Joe Q. Public|john.q.public@example.com']],
    [
      'Mary Smith <@node.test:mary@example.net>, , jdoe@test  . example',
      ['Mary Smith|mary@example.net', '|jdoe@test.example'],
    ],
    ['John Doe <jdoe@machine(comment).  example>', ['John Doe|jdoe@machine.example']],
    ['Mary Smith\r\n        <mary@example.net>', ['Mary Smith|mary@example.net']],
  ];
  for (const [text, list] of rows) assert.deepEqual(brief(text), list, text);
});

test('lists', () => {
  const rows: readonly [string, string[] | null][] = [
    ['', []],
    [',,', []],
    ['a@b.org', ['|a@b.org']],
    ['a@b.org (Ann)', ['Ann|a@b.org']],
    ['(Ann) a@b.org, (Bob) <b@c.org>', ['Ann|a@b.org', 'Bob|b@c.org']],
    ['Ann (ann) <a@b.org>', ['Ann|a@b.org']],
    ['"a b"@c.org', ['|"a b"@c.org']],
    ['"a"."b" . c@d.org', ['|a.b.c@d.org']],
    ['a@[192.0.2.1]', ['|a@[192.0.2.1]']],
    ['a@[ 192.0.2.1 ]', ['|a@[192.0.2.1]']],
    ['<@a.org,,@b.org:c@d.org>', ['|c@d.org']],
    ['=?utf-8?Q?J=C3=BCrgen?= <j@b.org>', ['=?utf-8?Q?J=C3=BCrgen?=|j@b.org']],
    ['Jürgen <jürgen@bücher.de>', ['Jürgen|jürgen@bücher.de']],
    ['"Ann""Bee" <a@b.org>', ['AnnBee|a@b.org']],
    ['a@b_c.org', ['|a@b_c.org']],
    // Two common mistakes.
    ['"Johnson, Joe" joe@joe.com', ['Johnson, Joe|joe@joe.com']],
    ['a@b.com, Foo, PhD <c@d.com>, e@f.com', ['|a@b.com', 'Foo, PhD|c@d.com', '|e@f.com']],
    // No address can be told with certainty.
    ['Joe', null],
    ['Joe, a@b.org', null],
    ['Joe,', null],
    ['Joe, Ann a@b.org', null],
    ['"a"b@c.org', null],
    ['a@b.org c@d.org', null],
    ['a@b.org <c@d.org>', null],
    ['a@b@c', null],
    ['<a@b.org', null],
    ['a@b.org>', null],
    ['<<a@b.org>>', null],
    ['<>', null],
    ['a..b@c.org', null],
    ['.a@c.org', null],
    ['a.@c.org', null],
    ['x y.@c.org', null],
    ['a@b..org', null],
    ['a@"b".org', null],
    ['a@', null],
    ['@b.org', null],
    ['(a@b.org', null],
    ['a@b.org)', null],
    ['"a@b.org', null],
    ['a@[192.0.2.1', null],
    ['a\\b@c.org', null],
    ['"a\0"@c.org', null],
    ['g: a@b.org', null],
    ['g: h: a@b.org;;', null],
    [': a@b.org;', null],
    ['a@b.org;', null],
  ];
  for (const [text, list] of rows) assert.deepEqual(brief(text), list, text);
});

test('a list may be cut at its commas', () => {
  const item = fc.constantFrom('a@b.org', 'Ann <a@b.org>', '"x, y" <"q r"@b.org>', 'g: a@b.org;');
  fc.assert(
    fc.property(fc.array(item), (items) => {
      assert.deepEqual(
        parseAddressList(items.join(',')),
        items.flatMap((text) => parseAddressList(text)),
      );
    }),
  );
});

test('an address that came out goes in again', () => {
  fc.assert(
    fc.property(soup, (text) => {
      for (const item of parseAddressList(text) ?? []) {
        if ('group' in item) continue;
        assert.equal(parseAddressList(item.address)?.length, 1, item.address);
      }
    }),
  );
});
