import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePath } from '@postino/address';
import { Router, formatStep } from '@postino/router';
import { postOffice, show } from './post-office.ts';

const LOCAL = { localDomains: ['example.org', 'example.net'], postmaster: 'ale' };

/** The route in short, and each step as a line. */
async function explain(router: Router, text: string): Promise<string[]> {
  const { route, steps } = await router.explain(parsePath(`<${text}>`, { smtputf8: true })!);
  return [show(route), ...steps.map(formatStep)];
}

test('a user, a suffix, somebody abroad, nobody', async () => {
  const router = postOffice('', LOCAL);
  assert.deepEqual(await explain(router, 'Bob+x@Example.org'), [
    'bob',
    'Bob+x@example.org: user bob',
  ]);
  assert.deepEqual(await explain(router, 'a@Elsewhere.example'), [
    'a@Elsewhere.example',
    'a@Elsewhere.example: abroad',
  ]);
  assert.deepEqual(await explain(router, 'nobody@example.org'), [
    '550 5.1.1',
    'nobody@example.org: refuse 550 5.1.1 Unknown user',
  ]);
});

test('each line of the alias file that was followed, with what it names', async () => {
  const aliases = `info: bob, news@example.net, info, old, hole
news@example.net: \\eve, a@elsewhere.example, bob
bob: bob, archive@elsewhere.example
old: :fail: 550 5.1.6 He moved
hole: :blackhole:
@example.net: wait
*: ale
wait: :defer: Later`;
  const router = postOffice(aliases, LOCAL);
  assert.deepEqual(await explain(router, 'info+x@example.org'), [
    'bob, archive@elsewhere.example, eve, a@elsewhere.example',
    'info+x@example.org: alias info',
    '  bob@example.org: alias bob',
    '    bob@example.org: user bob',
    '    archive@elsewhere.example: abroad',
    '  news@example.net: alias news@example.net',
    '    eve@example.net: user eve',
    '    a@elsewhere.example: abroad',
    '    bob@example.net: alias bob',
    '      bob@example.net: user bob',
    '      archive@elsewhere.example: abroad',
    '  info@example.org: refuse 451 4.4.6 The aliases of this address form a loop',
    '  old@example.org: alias old',
    '    old@example.org: refuse 550 5.1.6 He moved',
    '  hole@example.org: alias hole',
    '    hole@example.org: thrown away',
  ]);
  assert.deepEqual(await explain(router, 'x@example.net'), [
    '451 4.3.0',
    'x@example.net: alias @example.net',
    '  wait@example.net: alias wait',
    '    wait@example.net: defer 451 4.3.0 Later',
  ]);
  assert.deepEqual(await explain(router, 'x@example.org'), [
    'ale',
    'x@example.org: alias *',
    '  ale@example.org: user ale',
  ]);
});

test('what is followed once, the postmaster, and a lookup that fails', async () => {
  assert.deepEqual(await explain(postOffice('a: b, b\nb: bob', LOCAL), 'a@example.org'), [
    'bob',
    'a@example.org: alias a',
    '  b@example.org: alias b',
    '    bob@example.org: user bob',
    '  b@example.org: alias b, followed already',
  ]);
  assert.deepEqual(await explain(postOffice('', LOCAL), 'Postmaster'), [
    'ale',
    'Postmaster@example.org: alias postmaster',
    '  ale@example.org: user ale',
  ]);
  const broken = { get: () => Promise.reject(new Error('EACCES')) };
  assert.deepEqual(await explain(postOffice('', { aliases: broken }), 'bob@example.org'), [
    '451 4.3.0',
    'bob@example.org: defer 451 4.3.0 Temporary local problem - please try later',
  ]);
});

test('a step prints on one line, whatever stands in the address', () => {
  const step = { type: 'user', user: 'bob', depth: 1, address: 'a\r\nb@example.org' } as const;
  assert.equal(formatStep(step), '  a??b@example.org: user bob');
});
