import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { aliasKey, parseAliases } from '@postino/router';
import type { Alias, AliasTarget } from '@postino/router';

/** An alias as a short text. */
function show(alias: Alias): string {
  if (alias.type === 'expand') return alias.targets.map(showTarget).join(' ');
  if (alias.type === 'discard') return 'discard';
  const { code, status, text } = alias.reply;
  return [alias.type, code, status, text].join(' ');
}

function showTarget(target: AliasTarget): string {
  if (target.type === 'address') return `${target.address.localPart}@${target.address.domain}`;
  return target.type === 'user' ? `\\${target.user}` : target.localPart;
}

function parse(text: string): Record<string, string> {
  const { aliases, faults } = parseAliases(text);
  assert.deepEqual(faults, [], text);
  return Object.fromEntries([...aliases].map(([key, alias]) => [key, show(alias)]));
}

const FILES: [string, Record<string, string>][] = [
  ['', {}],
  ['a: b\n', { a: 'b' }],
  ['a:b', { a: 'b' }],
  ['a : b \n', { a: 'b' }],
  ['a  b\n', { a: 'b' }],
  ['a\tb, c', { a: 'b c' }],
  ['A: B@C.example', { a: 'B@C.example' }],
  ['Info@EXAMPLE.org: b', { 'info@example.org': 'b' }],
  ['a@bücher.example: b', { 'a@xn--bcher-kva.example': 'b' }],
  ['@Example.org: b\n*: c', { '@example.org': 'b', '*': 'c' }],
  ['"a b": c', { 'a b': 'c' }],
  ['"a\\"b:": c', { 'a"b:': 'c' }],
  ['a: b@c.example,d,\\e', { a: 'b@c.example d \\e' }],
  ['a: b,, c ,\n', { a: 'b c' }],
  ['a: b,\n\tc,\n  d\ne: f', { a: 'b c d', e: 'f' }],
  ['a:\n b', { a: 'b' }],
  ['a: b,\n# comment\n\n   \n c', { a: 'b c' }],
  ['a: b, # comment, with comma\n c', { a: 'b c' }],
  ['a: # comment\n b', { a: 'b' }],
  ['a: "b@c.example", "d"', { a: 'b@c.example d' }],
  ['a: "b c"@d.example', { a: 'b c@d.example' }],
  ['a: "b,c"@d.example', { a: 'b,c@d.example' }],
  ['a: "b\\",c"@d.example', { a: 'b",c@d.example' }],
  ['a: b@localhost, c@[192.0.2.1]', { a: 'b@localhost c@[192.0.2.1]' }],
  ['a: <b>, Bob Jones <b@c.example>, <\\c>', { a: 'b b@c.example \\c' }],
  ['a: /b@c.example', { a: '/b@c.example' }],
  ['ñ: ö@ü.example', { ñ: 'ö@ü.example' }],
  ['a: b\na: c\nA: d', { a: 'b' }],
  ['\uFEFFa: b\r\n# x\r\n\r\nc: d,\r\n e\r\n', { a: 'b', c: 'd e' }],
  ['# only a comment', {}],
  ['a: :blackhole:', { a: 'discard' }],
  ['a: :BlackHole:', { a: 'discard' }],
  ['a: :fail:', { a: 'refuse 550 5.1.1 Unknown user' }],
  ['a: :fail: gone, alas: really', { a: 'refuse 550 5.1.1 gone, alas: really' }],
  ['a: :fail: gone\n  to Rome', { a: 'refuse 550 5.1.1 gone to Rome' }],
  ['a: :fail: 553 no', { a: 'refuse 553 5.1.1 no' }],
  ['a: :fail: 5.2.1 no', { a: 'refuse 550 5.2.1 no' }],
  ['a: :fail: 554 5.7.1 no', { a: 'refuse 554 5.7.1 no' }],
  ['a: :fail: 5 people', { a: 'refuse 550 5.1.1 5 people' }],
  ['a: :defer: 450 4.2.1', { a: 'defer 450 4.2.1 Temporary local problem - please try later' }],
  ['a: :defer: later', { a: 'defer 451 4.3.0 later' }],
];

test('alias files', () => {
  for (const [text, aliases] of FILES) assert.deepEqual(parse(text), aliases, text);
});

const FAULTS: [string, number, string, RegExp][] = [
  [' a: b', 1, ' a: b', /continues/],
  [': b', 1, ': b', /begins with a name/],
  ['"a: b', 1, '"a: b', /begins with a name/],
  ['x: y\na:', 2, 'a:', /nobody/],
  ['a', 1, 'a', /nobody/],
  ['a: ,\n , # b', 1, 'a: ,? , # b', /nobody/],
  ['a: b c', 1, 'b c', /comma/],
  ['a: b,\n# x\n c\n d', 3, 'c? d', /comma/],
  ['a: b,\n c,\n\n d e', 4, 'd e', /comma/],
  ['a: b # comment', 1, 'b # comment', /comma/],
  ['a: b@', 1, 'b@', /address/],
  ['a: "b', 1, '"b', /address/],
  ['a: b\0c', 1, 'a: b?c', /control/],
  ['a: b\rc', 1, 'a: b?c', /control/],
  ['a: \\', 1, '\\', /address/],
  ['a: :unknown:', 1, ':unknown:', /known are/],
  ['a: :nonsense', 1, ':nonsense', /known are/],
  ['a: :defer: 550 no', 1, ':defer: 550 no', /begin with 4/],
  ['a: :fail: 4.2.1 no', 1, ':fail: 4.2.1 no', /begin with 5/],
  ['a: :blackhole: hole', 1, ':blackhole: hole', /no text/],
  [`a: :fail: ${'x'.repeat(491)}`, 1, `:fail: ${'x'.repeat(73)}`, /at most/],
  ['a: :fail: où', 1, ':fail: où', /ASCII/],
  [`a: ${'x'.repeat(999)}`, 1, 'x'.repeat(80), /address/],
];

test('faults name the line, the text and the way out', () => {
  for (const [text, line, what, reason] of FAULTS) {
    const { aliases, faults } = parseAliases(text);
    assert.equal(faults.length, 1, text);
    assert.equal(faults[0]?.line, line, text);
    assert.equal(faults[0]?.text, what, text);
    assert.match(faults[0]?.reason ?? '', reason, text);
    const broken = aliases.get('a');
    if (broken) assert.equal(broken.type, 'defer', text);
  }
});

test('hostile 55: quotes, comments, includes, :fail: with a line break, :blackhole: among others, |cmd and /file', () => {
  const text = [
    'a: |cmd arg',
    'b: bob, "|cmd arg, arg"',
    'c: /var/mail/c',
    'd: :include:relative/path',
    'e: ":include:/etc/aliases"',
    'f: :fail: text\r250 ok',
    'g: bob, :blackhole:',
    'h: :blackhole:, bob',
    'i: bob, :fail: x',
    'j: ok # no comment',
    'k: /dir/',
    'l: <|cmd>, x <:fail:>, <>, a <b> c',
  ];
  const { aliases, faults } = parseAliases(text.join('\n'));
  assert.deepEqual(
    faults.map(({ line, text }) => [line, text]),
    [
      [1, '|cmd arg'],
      [2, '"|cmd arg, arg"'],
      [3, '/var/mail/c'],
      [4, ':include:relative/path'],
      [5, '":include:/etc/aliases"'],
      [6, 'f: :fail: text?250 ok'],
      [7, ':blackhole:'],
      [8, ':blackhole:'],
      [9, ':fail: x'],
      [10, 'ok # no comment'],
      [11, '/dir/'],
      ...['<|cmd>', 'x <:fail:>', '<>', 'a <b> c'].map((text) => [12, text]),
    ],
  );
  for (const alias of aliases.values()) assert.equal(show(alias).slice(0, 9), 'defer 451');
});

test('a line at fault does not spoil the others', () => {
  const { aliases, faults } = parseAliases('a: |x\nb: c\n');
  assert.equal(faults.length, 1);
  assert.equal(show(aliases.get('b') ?? { type: 'discard' }), 'c');
});

test('keys', () => {
  assert.equal(aliasKey('Bob'), 'bob');
  assert.equal(aliasKey('A@b@BÜCHER.example'), 'a@b@xn--bcher-kva.example');
  assert.equal(aliasKey('a@[IPv6:0::1]'), 'a@[::1]');
  assert.equal(aliasKey('\u212A'), '\u212A');
});

test('any text is read, and its size is the work', () => {
  const char = fc.constantFrom(
    'a',
    'b',
    ':',
    ',',
    '"',
    '\\',
    '#',
    ' ',
    '\n',
    '\t',
    '@',
    '|',
    '/',
    '\r',
  );
  fc.assert(
    fc.property(fc.string({ unit: char, maxLength: 60 }), (text) => {
      const { aliases, faults } = parseAliases(text);
      const lines = text.split('\n').length;
      for (const { line } of faults) assert.ok(line >= 1 && line <= lines);
      for (const alias of aliases.values())
        if (alias.type === 'expand') assert.ok(alias.targets.length > 0);
    }),
  );
  for (const part of [
    '"',
    '\\',
    ',',
    '|,',
    '"|",',
    '(',
    '<',
    '#\n ',
    ' ',
    'a\n',
    'a:\n',
    ':fail:',
    '\\"',
  ])
    parseAliases(`a: ${part.repeat(20_000)}`);
});
