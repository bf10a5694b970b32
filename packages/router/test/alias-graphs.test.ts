/** Aliases that point anywhere: every route ends, and reaches nobody who is not there. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Router, parseAliases } from '@postino/router';
import { show } from './post-office.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];
const name = fc.constantFrom(...NAMES);
const item = fc.oneof(
  name,
  name.map((name) => `${name}+x`),
  name.map((name) => `\\${name}`),
  name.map((name) => `${name}@two.example`),
  name.map((name) => `${name}@remote.example`),
  fc.constant('nobody'),
);
const line = fc.tuple(
  fc.oneof(
    name,
    name.map((name) => `${name}@two.example`),
    fc.constant('*'),
  ),
  fc.array(item, { minLength: 1, maxLength: 5 }),
);
const text = fc
  .array(line, { maxLength: 10 })
  .map((lines) => lines.map(([key, items]) => `${key}: ${items.join(', ')}`).join('\n'));
const users = fc.subarray(NAMES);

test('no route reaches a user who is not there', async () => {
  await fc.assert(
    fc.asyncProperty(text, users, name, async (text, users, localPart) => {
      const router = new Router({
        localDomains: ['one.example', 'two.example'],
        users: new Set(users),
        aliases: parseAliases(text).aliases,
        suffixes: ['+'],
      });
      const route = await router.route({ localPart, domain: 'one.example' });
      if (route.type !== 'deliver') return;
      assert.equal(new Set(show(route).split(', ')).size, Math.max(route.targets.length, 1));
      for (const target of route.targets) {
        if (target.type === 'local') assert.ok(users.includes(target.user), target.user);
        else assert.equal(target.address.domain, 'remote.example');
      }
    }),
  );
});

test('every alias is asked for a bounded number of times', async () => {
  await fc.assert(
    fc.asyncProperty(text, users, name, async (text, users, localPart) => {
      const { aliases } = parseAliases(text);
      let asked = 0;
      const router = new Router({
        localDomains: ['one.example', 'two.example'],
        users: new Set(users),
        aliases: { get: (key) => (asked++, aliases.get(key)) },
        suffixes: ['+'],
      });
      await router.route({ localPart, domain: 'one.example' });
      // An alias is followed once for each of two domains, and no name takes more than six questions.
      const items = [...aliases.values()].map((alias) =>
        alias.type === 'expand' ? alias.targets.length : 0,
      );
      assert.ok(asked <= 6 * (1 + 2 * items.reduce((sum, count) => sum + count, 0)));
    }),
  );
});

test('without aliases in a loop, an alias reaches all that its targets reach', async () => {
  // Names only point to later names, so there is no loop.
  const graph = fc.array(fc.subarray(NAMES, { minLength: 1 }), { minLength: 5, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(graph, async (graph) => {
      const lines = graph.map((targets, at) => {
        const later = targets.filter((target) => target > (NAMES[at] ?? ''));
        return `${NAMES[at]}: ${(later.length > 0 ? later : ['f']).join(', ')}`;
      });
      const { aliases } = parseAliases(lines.join('\n'));
      const router = new Router({ localDomains: ['x.example'], users: new Set(['f']), aliases });
      for (const localPart of NAMES)
        assert.equal(show(await router.route({ localPart, domain: 'x.example' })), 'f');
    }),
  );
});
