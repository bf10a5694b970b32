import assert from 'node:assert/strict';
import test from 'node:test';

import { parseTags, splitColons, withoutSpace } from '../src/tags.ts';

/** A list, and its tags; null where it is none. RFC 6376 §3.2. */
const TABLE: [list: string, tags: Record<string, string> | null][] = [
  ['v=1', { v: '1' }],
  ['v=1;', { v: '1' }],
  ['v=1; \r\n\t', { v: '1' }],
  [' v = 1 ;\r\n\ta\t=\r\n b c ', { v: '1', a: 'b c' }],
  ['p=;n=a=b', { p: '', n: 'a=b' }],
  ['A_1=x;a_1=y', { A_1: 'x', a_1: 'y' }],
  ['n=\xe9\xa0', { n: '\xe9\xa0' }],
  ['', null],
  [' ', null],
  [';', null],
  ['v=1;;a=2', null],
  ['v=1;;', null],
  [';v=1', null],
  ['v', null],
  ['v;a=1', null],
  ['=1', null],
  ['1v=1', null],
  ['v-1=1', null],
  ['a=1;a=1', null],
  ['a=x\0y', null],
  ['a=x\x7f', null],
  ['a=x\ry', null],
  ['a=x\ny', null],
  ['a=x\r\ny', null],
];

for (const [list, tags] of TABLE) {
  test(`tags ${JSON.stringify(list)}`, () => {
    const parsed = parseTags(list);
    const values =
      parsed && Object.fromEntries([...parsed].map(([name, { value }]) => [name, value]));
    assert.deepEqual(values, tags);
  });
}

test('a tag says where its value stands, white space and all', () => {
  const { start, end } = parseTags('v=1; b = x y ; c=2')!.get('b')!;
  assert.equal('v=1; b = x y ; c=2'.slice(start, end), ' x y ');
});

test('items between colons, and values without white space', () => {
  assert.deepEqual(splitColons(' a\t:\r\n b:c'), ['a', 'b', 'c']);
  assert.equal(withoutSpace('a b\r\n\tc'), 'abc');
});
