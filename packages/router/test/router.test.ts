import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePath } from '@postino/address';
import { Router, parseAliases } from '@postino/router';
import type { Alias, AliasTarget } from '@postino/router';
import { USERS, postOffice, route } from './post-office.ts';

const UNKNOWN = '550 5.1.1';

/** Routes each address, and expects what stands beside it. */
async function expectRoutes(router: Router, table: Record<string, string>): Promise<void> {
  for (const [address, expected] of Object.entries(table))
    assert.equal(await route(router, address), expected, address);
}

test('users, in any case, in any spelling of the domain', async () => {
  const router = postOffice('', { localDomains: ['Example.ORG', 'bücher.example', '[192.0.2.1]'] });
  await expectRoutes(router, {
    'bob@example.org': 'bob',
    'BOB@EXAMPLE.org': 'bob',
    '"bob"@example.org': 'bob',
    'b.o.b@example.org': 'b.o.b',
    'bob@xn--bcher-kva.example': 'bob',
    'bob@BÜCHER.example': 'bob',
    'bob@[192.0.2.1]': 'bob',
    'carol@example.org': UNKNOWN,
    'Bob@elsewhere.example': 'Bob@elsewhere.example',
    'bob@[192.0.2.2]': 'bob@[192.0.2.2]',
    'bob@mail.example.org': 'bob@mail.example.org',
  });
});

test('@ is the hostname', async () => {
  const options = { localDomains: ['@'], users: USERS };
  const router = new Router({ ...options, hostname: 'mx.example.org' });
  await expectRoutes(router, { 'bob@MX.example.org': 'bob', 'bob@example.org': 'bob@example.org' });
  assert.throws(() => new Router(options), TypeError);
});

test('bad options are our own fault', () => {
  for (const domain of ['', 'a b', 'a@b', '.', 'example.org.'])
    assert.throws(() => postOffice('', { localDomains: [domain] }), TypeError, domain);
  assert.throws(() => postOffice('', { suffixes: ['+', ''] }), TypeError);
});

test('what is local', () => {
  const router = postOffice();
  assert.equal(router.isLocal({ localPart: 'nobody', domain: 'example.ORG' }), true);
  assert.equal(router.isLocal({ localPart: 'bob', domain: 'example.net' }), false);
  assert.equal(router.isLocal({ localPart: 'Postmaster', domain: '' }), true);
  assert.equal(router.isLocal({ localPart: '', domain: '' }), false);
});

test('postmaster is always there', async () => {
  const paths = ['<Postmaster>', 'postmaster@example.org', 'PostMaster+x@example.net'];
  const options = { localDomains: ['example.org', 'example.net'], postmaster: 'Ale' };
  const expectAll = async (router: Router, expected: string): Promise<void> =>
    expectRoutes(router, Object.fromEntries(paths.map((path) => [path, expected])));
  await expectAll(postOffice('', options), 'ale');
  await expectAll(postOffice('*: eve', options), 'ale');
  await expectAll(postOffice('postmaster: bob', options), 'bob');
  await expectAll(postOffice('', { ...options, users: new Set(['postmaster']) }), 'postmaster');
  await expectAll(postOffice('ale: eve', options), 'eve');
  await expectAll(postOffice('', { ...options, postmaster: 'postmaster' }), '451 4.4.6');
  await expectRoutes(postOffice(''), { '<Postmaster>': UNKNOWN });
  await expectRoutes(postOffice('postmaster@example.org: bob\npostmaster: eve', options), {
    '<Postmaster>': 'bob',
    'postmaster@example.net': 'eve',
  });
});

test('aliases: several, chained, remote, for one domain, for the rest', async () => {
  const router = postOffice(
    `info: bob, eve@example.org, Sales@elsewhere.example
     team: info, ale
     staff: \\bob
     bob: bob, archive@elsewhere.example
     "john doe": eve
     news@example.net: ale
     news: eve
     @example.net: bob`.replaceAll('\n     ', '\n'),
    { localDomains: ['example.org', 'example.net'] },
  );
  await expectRoutes(router, {
    'INFO@example.org': 'bob, archive@elsewhere.example, eve, Sales@elsewhere.example',
    'team@example.org': 'bob, archive@elsewhere.example, eve, Sales@elsewhere.example, ale',
    'staff@example.org': 'bob',
    'bob@example.org': 'bob, archive@elsewhere.example',
    '"John Doe"@example.org': 'eve',
    'news@EXAMPLE.net': 'ale',
    'news@example.org': 'eve',
    'carol@example.net': 'bob, archive@elsewhere.example',
    'carol@example.org': UNKNOWN,
    'eve+x@example.net': 'eve',
  });
});

test('a local name in an alias stays in the domain that was asked for', async () => {
  const aliases = 'info: news\nnews@example.net: ale\nnews: eve';
  const router = postOffice(aliases, { localDomains: ['example.org', 'example.net'] });
  await expectRoutes(router, { 'info@example.net': 'ale', 'info@example.org': 'eve' });
});

test('what takes the rest comes after aliases, users and suffixes', async () => {
  const router = postOffice('*: ale\ninfo: eve');
  await expectRoutes(router, {
    'anything@example.org': 'ale',
    'bob+x@example.org': 'bob',
    'info-x@example.org': 'eve',
    '+x@example.org': 'ale',
    'x@elsewhere.example': 'x@elsewhere.example',
  });
  await expectRoutes(postOffice('*: nobody'), { 'x@example.org': '451 4.4.6' });
});

test('refused, deferred and thrown away', async () => {
  const aliases = `gone: :fail: 450 5.1.6 He moved, to Rome
old: gone
away: :fail:
wait: :defer: 450 4.2.1 Come back, later
soon: :defer:
hole: :blackhole:
some: bob, gone, hole, nobody
all: bob, wait
both: wait, soon
none: gone, nobody
bad: |cmd`;
  const router = postOffice(aliases);
  await expectRoutes(router, {
    'gone@example.org': '451 4.3.0', // 450 is no code to fail with, so the line is broken
    'away@example.org': UNKNOWN,
    'wait@example.org': '450 4.2.1',
    'soon@example.org': '451 4.3.0',
    'hole@example.org': '',
    'all@example.org': '450 4.2.1',
    'both@example.org': '450 4.2.1',
    'bad@example.org': '451 4.3.0',
  });
  const mended = postOffice(aliases.replace('450 5', '550 5'));
  await expectRoutes(mended, { 'old@example.org': '550 5.1.6', 'none@example.org': '550 5.1.6' });
  const reply = { code: 550, status: '5.1.6', text: 'He moved, to Rome' };
  const path = { localPart: 'some', domain: 'example.org' };
  assert.deepEqual(await mended.route(path), {
    type: 'deliver',
    targets: [{ type: 'local', user: 'bob', original: [path] }],
    failures: [
      { address: { localPart: 'gone', domain: 'example.org' }, reply },
      {
        address: { localPart: 'nobody', domain: 'example.org' },
        reply: { code: 550, status: '5.1.1', text: 'Unknown user' },
      },
    ],
  });
  const nowhere = { localPart: 'hole', domain: 'example.org' };
  assert.deepEqual(await mended.route(nowhere), { type: 'deliver', targets: [] });
});

test('the original is the recipient as it was written', async () => {
  const path = { localPart: 'Info+x', domain: 'EXAMPLE.org' };
  const remote = { localPart: 'A', domain: 'B.example' };
  assert.deepEqual(await postOffice('info: bob, A@B.example').route(path), {
    type: 'deliver',
    targets: [
      { type: 'local', user: 'bob', original: [path] },
      { type: 'remote', address: remote, original: [path] },
    ],
  });
});

test('hostile 51: odd addresses are refused or routed, never more', async () => {
  const router = postOffice('', { localDomains: ['example.org', '[1.2.3.4]', '[IPv6:::1]'] });
  await expectRoutes(router, {
    '""@example.org': UNKNOWN,
    '"a b"@example.org': UNKNOWN,
    '"a\\"b"@example.org': UNKNOWN,
    '@a.example,@b.example:bob@example.org': 'bob',
    'bob@[1.2.3.4]': 'bob',
    'bob@[IPv6:0:0::1]': 'bob',
    'postmaster@example.org': UNKNOWN,
    'BOB@exAMPLE.org': 'bob',
    '\u212Abob@example.org': UNKNOWN,
    'eve+ñ@example.org': 'eve',
  });
  assert.equal((await router.route({ localPart: '', domain: '' })).type, 'refuse');
});

test('hostile 52: names that are paths or commands are refused, and never asked for', async () => {
  const asked: string[] = [];
  const users = { has: (user: string) => asked.push(user) > 0 };
  const router = postOffice('', { users, suffixes: [] });
  const names = ['../../etc/passwd', '.', '..', '.bob', 'a/b', 'a\0b', '|sh', '/var/x', 'C:'];
  for (const localPart of [...names, 'a\\b', '', ' ', 'a b', 'bob\n', 'ñ', '\u212Aim'])
    assert.deepEqual(await router.route({ localPart, domain: 'example.org' }), {
      type: 'refuse',
      reply: { code: 550, status: '5.1.1', text: 'Unknown user' },
    });
  assert.deepEqual(asked, []);
  await expectRoutes(postOffice(), { '-rf@example.org': UNKNOWN });
});

test('hostile 53: suffixes', async () => {
  await expectRoutes(postOffice('list: ale\nale+x: eve'), {
    'bob+@example.org': 'bob',
    'bob-@example.org': 'bob',
    '+bob@example.org': UNKNOWN,
    '-bob@example.org': UNKNOWN,
    'bob+a+b@example.org': 'bob',
    'bob+a-b@example.org': 'bob',
    'bob-a+b@example.org': UNKNOWN, // the + comes first in the order, and bob-a is nobody
    '"bob+../.."@example.org': 'bob', // the suffix never becomes a path
    'first-last@example.org': 'first-last',
    'first-last+x@example.org': 'first-last',
    'first-else@example.org': UNKNOWN,
    'list-request@example.org': 'ale',
    'ale+x@example.org': 'eve',
    'ale+y@example.org': 'ale',
    'carol+x@example.org': UNKNOWN,
  });
  await expectRoutes(postOffice('', { suffixes: ['-', '+'] }), { 'bob-a+b@example.org': 'bob' });
  await expectRoutes(postOffice('', { suffixes: [] }), { 'bob+a@example.org': UNKNOWN });
});

test('hostile 54: loops are cut, what loops to a user reaches the user', async () => {
  const router = postOffice(
    `a: a
b: c
c: b
d: d@example.net
bob: bob, archive@elsewhere.example
ale: eve
eve: ale
mix: mix, b, bob+x
cut: b, first-last
fork: b.o.b, fork-too
fork-too: b.o.b
b.o.b: elsewhere@example.com`,
    { localDomains: ['example.org', 'example.net'] },
  );
  await expectRoutes(router, {
    'a@example.org': '451 4.4.6',
    'b@example.org': '451 4.4.6',
    'd@example.org': '451 4.4.6',
    'bob@example.org': 'bob, archive@elsewhere.example',
    'ale@example.org': 'ale',
    'eve@example.org': 'eve',
    'mix@example.org': 'bob, archive@elsewhere.example',
    'cut@example.org': 'first-last',
    'fork@example.org': 'elsewhere@example.com', // met twice, but in no loop
  });
  const loop = await router.route({ localPart: 'a', domain: 'example.org' });
  assert.equal(loop.type, 'defer');
});

test('hostile 54: aliases that fork and join again are followed once', async () => {
  const levels = Array.from({ length: 40 }, (_, at) => {
    const next = `a${at + 1}, b${at + 1}`;
    return `a${at}: ${next}\nb${at}: ${next}\n`;
  });
  const router = postOffice(`${levels.join('')}a40: bob\nb40: eve`);
  await expectRoutes(router, { 'a0@example.org': 'bob, eve' });
});

/** Aliases of which each leads to the next, and the last to bob. */
function chain(length: number): string {
  const links = Array.from({ length }, (_, at) => `n${at}: n${at + 1}\n`);
  return `${links.join('')}n${length}: bob\n`;
}

test('hostile 54: long chains and long lists end', async () => {
  await expectRoutes(postOffice(chain(99)), { 'n0@example.org': 'bob' });
  await expectRoutes(postOffice(chain(100)), { 'n0@example.org': '451 4.4.6' });
  await expectRoutes(postOffice(chain(5), { maxAliasDepth: 3 }), { 'n0@example.org': '451 4.4.6' });
  const bob: AliasTarget = { type: 'name', localPart: 'bob' };
  const targets = Array.from({ length: 1_000_000 }, () => bob);
  const aliases = new Map<string, Alias>([['all', { type: 'expand', targets }]]);
  const long = postOffice('', { aliases, maxTargets: 10_000 });
  await expectRoutes(long, { 'all@example.org': '451 4.3.0' });
  await expectRoutes(postOffice('all: bob, eve', { maxTargets: 2 }), {
    'all@example.org': 'bob, eve',
  });
});

test('hostile 54: what cannot be looked up now is deferred, with its cause', async () => {
  const cause = new Error('EACCES');
  const broken = { get: () => Promise.reject(cause), has: () => Promise.reject(cause) };
  const path = { localPart: 'bob', domain: 'example.org' };
  const reply = {
    code: 451,
    status: '4.3.0',
    text: 'Temporary local problem - please try later',
  };
  for (const router of [postOffice('', { aliases: broken }), postOffice('', { users: broken })])
    assert.deepEqual(await router.route(path), { type: 'defer', reply, cause });
  const remote = postOffice('', { aliases: broken, users: broken });
  await expectRoutes(remote, { 'a@elsewhere.example': 'a@elsewhere.example' });
});

test('hostile 55: pipes, files and includes reach nobody', async () => {
  const { aliases, faults } = parseAliases('a: bob, |sh\nb: /etc/passwd\nc: :include:/etc/passwd');
  assert.equal(faults.length, 3);
  const router = postOffice('', { aliases });
  for (const name of ['a', 'b', 'c'])
    assert.equal(await route(router, `${name}@example.org`), '451 4.3.0');
});

test('hostile 56: one local and one remote target are two deliveries', async () => {
  const both = await postOffice('info: bob, a@elsewhere.example, bob, A@ELSEWHERE.example').route({
    localPart: 'info',
    domain: 'example.org',
  });
  assert.ok(both.type === 'deliver');
  assert.deepEqual(
    both.targets.map(({ type }) => type),
    ['local', 'remote', 'remote'], // a and A of another host may be two people
  );
});

test('hostile 57: percent signs, exclamation marks, at signs and source routes never relay', async () => {
  const router = postOffice('info@elsewhere.example: eve\n@elsewhere.example: eve');
  await expectRoutes(router, {
    'a%elsewhere.example@example.org': UNKNOWN,
    'bob%elsewhere.example@example.org': UNKNOWN,
    'elsewhere.example!bob@example.org': UNKNOWN,
    '"a@elsewhere.example"@example.org': UNKNOWN,
    '"info@elsewhere.example"@example.org': UNKNOWN,
    '"@elsewhere.example"@example.org': UNKNOWN,
    '@elsewhere.example:bob@example.org': 'bob',
    '@example.org:a@elsewhere.example': 'a@elsewhere.example',
  });
  const path = parsePath('<@example.org:a@elsewhere.example>');
  assert.ok(path);
  assert.equal(router.isLocal(path), false); // so a server that asks this refuses to relay
});

function aliasesOf(text: string): ReadonlyMap<string, Alias> {
  return parseAliases(text).aliases;
}

test('domains with users of their own', async () => {
  const router = postOffice('info: bob\nnews@example.net: eve\nmoved: carol@example.net', {
    postmaster: 'ale',
    domains: new Map([
      [
        'Example.NET',
        {
          users: new Set(['bob', 'carol', 'a@b']),
          aliases: aliasesOf(
            'team: bob, \\carol, bob@example.org, far@elsewhere.example\nboth: both',
          ),
          suffixes: ['.'],
          postmaster: 'Carol',
        },
      ],
      ['bücher.example', { users: new Set<string>(), postmaster: 'postmaster@example.org' }],
      [
        'shared.example',
        { aliases: aliasesOf('info: eve'), postmaster: () => Promise.resolve('eve') },
      ],
      ['nobody.example', { postmaster: () => null }],
    ]),
  });
  await expectRoutes(router, {
    'bob@example.org': 'bob',
    'Bob@example.NET': 'bob@example.net',
    'eve@example.net': UNKNOWN,
    'carol@example.org': UNKNOWN,
    'info@example.net': UNKNOWN,
    'news@example.net': UNKNOWN,
    'moved@example.org': 'carol@example.net',
    'team@example.net': 'bob@example.net, carol@example.net, bob, far@elsewhere.example',
    'bob.x@example.net': 'bob@example.net',
    'bob+x@example.net': UNKNOWN,
    '"a@b"@example.net': UNKNOWN,
    'both@example.net': '451 4.4.6',
    '<Postmaster>': 'ale',
    'postmaster@example.net': 'carol@example.net',
    'postmaster@bücher.example': 'ale',
    'bob@xn--bcher-kva.example': UNKNOWN,
    'bob@shared.example': 'bob',
    'info@shared.example': 'eve',
    'postmaster@shared.example': 'eve',
    'postmaster@nobody.example': UNKNOWN,
  });
  const own = new Map([['example.org', { users: USERS }]]);
  assert.throws(() => postOffice('', { domains: own }), TypeError);
  await expectRoutes(postOffice('', { localDomains: [], domains: own }), {
    'bob@example.org': 'bob@example.org',
    '<Postmaster>': UNKNOWN,
  });
});
