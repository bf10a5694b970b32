import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { merge } from '@postino/router';
import type { Route, Target } from '@postino/router';

const mailbox = (localPart: string, domain = 'example.org') => ({ localPart, domain });
const local = (user: string, ...original: string[]): Target => ({
  type: 'local',
  user,
  original: original.map((name) => mailbox(name)),
});
const remote = (localPart: string, domain: string, ...original: string[]): Target => ({
  type: 'remote',
  address: mailbox(localPart, domain),
  original: original.map((name) => mailbox(name)),
});
const deliver = (...targets: Target[]): Route => ({ type: 'deliver', targets });

test('each target once, with all that led to it', () => {
  const reply = { code: 550, text: 'no' };
  const merged = merge([
    deliver(local('bob', 'bob'), remote('a', 'b.example', 'info')),
    { type: 'refuse', reply },
    deliver(remote('a', 'B.example', 'sales'), local('bob', 'info')),
    { type: 'defer', reply },
    deliver(local('bob', 'bob'), remote('A', 'b.example', 'info')),
  ]);
  assert.deepEqual(merged, [
    local('bob', 'bob', 'info'),
    remote('a', 'b.example', 'info', 'sales'),
    remote('A', 'b.example', 'info'),
  ]);
});

test('nothing gives nothing', () => assert.deepEqual(merge([deliver()]), []));

const name = fc.constantFrom('a', 'b', 'c');
const target = fc.oneof(
  fc.tuple(name, name).map(([user, original]) => local(user, original)),
  fc.tuple(name, name, name).map(([a, b, original]) => remote(a, `${b}.example`, original)),
);
const routes = fc.array(fc.array(target).map((targets) => deliver(...targets)));
const key = (target: Target): string => JSON.stringify({ ...target, original: [] });

test('merged again, nothing changes', () => {
  fc.assert(
    fc.property(routes, (routes) => {
      const merged = merge(routes);
      assert.deepEqual(merge([deliver(...merged)]), merged);
    }),
  );
});

test('targets and originals keep the order in which they came, and none is lost', () => {
  fc.assert(
    fc.property(routes, (routes) => {
      const all = routes.flatMap((route) => (route.type === 'deliver' ? route.targets : []));
      assert.deepEqual(merge(routes).map(key), [...new Set(all.map(key))]);
      for (const merged of merge(routes)) {
        const led = all.filter((one) => key(one) === key(merged)).flatMap((one) => one.original);
        const names = [...new Set(led.map(({ localPart }) => localPart))];
        assert.deepEqual(
          merged.original.map(({ localPart }) => localPart),
          names,
        );
      }
    }),
  );
});
