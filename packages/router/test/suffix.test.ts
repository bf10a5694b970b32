import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Router } from '@postino/router';

/** The names under which a local part is looked up, in their order. */
async function names(localPart: string, suffixes: readonly string[]): Promise<string[]> {
  const asked: string[] = [];
  const router = new Router({
    localDomains: ['x.example'],
    users: new Set(),
    aliases: { get: (key) => void asked.push(key) },
    suffixes,
  });
  await router.route({ localPart, domain: 'x.example' });
  return asked.filter((key) => !key.includes('@') && key !== '*');
}

const LOCAL_PARTS: [string, string | null][] = [
  ['bob', null],
  ['bob+', 'bob'],
  ['bob+a+b', 'bob'],
  ['bob-a-b', 'bob'],
  ['bob+a-b', 'bob'],
  ['bob-a+b', 'bob-a'],
  ['+bob', null],
  ['+bob-a', null],
  ['-bob+a', '-bob'],
];

test('what is left before a suffix, + before -', async () => {
  for (const [localPart, base] of LOCAL_PARTS) {
    const expected = base === null ? [localPart] : [localPart, base];
    assert.deepEqual(await names(localPart, ['+', '-']), expected, localPart);
  }
});

test('a separator may be longer, and there may be none', async () => {
  assert.deepEqual(await names('b-o-b--x', ['--']), ['b-o-b--x', 'b-o-b']);
  assert.deepEqual(await names('bob+x', []), ['bob+x']);
});
