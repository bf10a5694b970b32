import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripSuffix } from '../src/suffix.ts';

const LOCAL_PARTS: [string, string | null][] = [
  ['bob', null],
  ['', null],
  ['bob+', 'bob'],
  ['bob+a+b', 'bob'],
  ['bob-a-b', 'bob'],
  ['bob+a-b', 'bob'],
  ['bob-a+b', 'bob-a'],
  ['+bob', null],
  ['+bob-a', null],
  ['-bob+a', '-bob'],
];

test('suffixes, + before -', () => {
  for (const [localPart, base] of LOCAL_PARTS)
    assert.equal(stripSuffix(localPart, ['+', '-']), base, localPart);
  assert.equal(stripSuffix('bob--x', ['--']), 'bob');
  assert.equal(stripSuffix('bob+x', []), null);
});
