import assert from 'node:assert/strict';
import { test } from 'node:test';
import { zone, type Resolver, type Zone } from '@postino/dns';
import { MAX_HOST_ADDRESSES, MAX_MX_HOSTS, Networks, planMx } from '@postino/router';
import type { MxPlan, PlanMxOptions } from '@postino/router';
import fc from 'fast-check';

const HOSTS: Zone = {
  'mx1.example': { A: ['192.0.2.1'], AAAA: ['2001:db8::1'] },
  'mx2.example': { A: ['192.0.2.2', '192.0.2.22'] },
  'mx3.example': { AAAA: ['2001:db8::3'] },
  'slow.example': { fail: 'ETIMEOUT' },
  'half.example': { A: ['192.0.2.9'], fail: { AAAA: 'ESERVFAIL' } },
  'empty.example': { TXT: ['nothing else'] },
  'alias.example': { CNAME: 'mx2.example' },
  'loop.example': { CNAME: 'loop.example' },
  'local.example': { A: ['127.0.0.1', '0.0.0.0', '::ffff:127.0.0.1'], AAAA: ['::1', '::'] },
  'mixed.example': { A: ['127.0.0.1', '192.0.2.8'] },
};

/** A plan as a short text: hosts with their addresses, or what is said instead. */
function show(plan: MxPlan): string {
  if (plan.type !== 'hosts') return `${plan.type} ${plan.reply.code} ${plan.reply.status}`;
  return plan.hosts.map(({ name, addresses }) => `${name}=${addresses.join('+')}`).join(' ');
}

/** The plan for a domain with these MX records. */
async function plan(
  mx: readonly (readonly [number, string])[],
  options: Partial<PlanMxOptions> = {},
): Promise<string> {
  const resolver = zone({ ...HOSTS, 'example.org': { MX: mx, A: ['192.0.2.99'] } });
  return show(await planMx('example.org', { resolver, ...options }));
}

async function planFor(domain: string, zones: Zone = {}): Promise<string> {
  return show(await planMx(domain, { resolver: zone({ ...HOSTS, ...zones }) }));
}

const MX1 = 'mx1.example=2001:db8::1+192.0.2.1';
const MX2 = 'mx2.example=192.0.2.2+192.0.2.22';
const MX3 = 'mx3.example=2001:db8::3';

test('hosts in the order of their preference, each with its addresses', async () => {
  assert.equal(
    await plan([
      [20, 'mx2.example'],
      [5, 'MX3.Example.'],
      [10, 'mx1.example'],
    ]),
    `${MX3} ${MX1} ${MX2}`,
  );
});

test('a host that is named twice stands where it is better', async () => {
  assert.equal(
    await plan([
      [20, 'mx1.example'],
      [10, 'mx2.example'],
      [5, 'MX1.example.'],
    ]),
    `${MX1} ${MX2}`,
  );
});

test('the domain itself is the host where there is no MX, and only there', async () => {
  assert.equal(await planFor('mx2.example'), MX2);
  assert.equal(await planFor('MX2.Example'), MX2);
  assert.equal(await planFor('empty.example'), 'refuse 550 5.4.4');
  assert.equal(await plan([[10, 'empty.example']]), 'refuse 550 5.4.4');
  const resolver: Resolver = { ...zone(HOSTS), resolveMx: async () => [] };
  assert.equal(show(await planMx('mx2.example', { resolver })), MX2);
});

test('U-labels are asked for as A-labels', async () => {
  const zones = { 'xn--bcher-kva.example': { MX: [[10, 'mx2.example']] } } as const;
  assert.equal(await planFor('bücher.example', zones), MX2);
});

test('address literals are hosts themselves', async () => {
  assert.equal(await planFor('[192.0.2.7]'), '[192.0.2.7]=192.0.2.7');
  assert.equal(await planFor('[IPv6:2001:DB8::0:7]'), '[IPv6:2001:DB8::0:7]=2001:db8::7');
  assert.equal(await planFor('[127.0.0.1]'), 'refuse 550 5.4.4');
  const ours = { resolver: zone({}), ownHosts: ['192.0.2.7'] };
  assert.equal(show(await planMx('[192.0.2.7]', ours)), 'refuse 550 5.4.4');
});

for (const domain of ['', 'a..b', 'a b', 'a\r\nb', '[300.0.0.1]', `${'x'.repeat(64)}.example`]) {
  test(`no domain: ${JSON.stringify(domain)}`, async () => {
    assert.equal(await planFor(domain), 'refuse 550 5.1.3');
  });
}

test('hostile 58: a null MX is 556 5.1.10', async () => {
  assert.equal(await plan([[0, '.']]), 'refuse 556 5.1.10');
  const resolver: Resolver = {
    ...zone({}),
    resolveMx: async () => [{ priority: 0, exchange: '.' }],
  };
  assert.equal(show(await planMx('example.org', { resolver })), 'refuse 556 5.1.10');
});

test('hostile 58: a null MX beside others is passed over', async () => {
  assert.equal(
    await plan([
      [0, '.'],
      [10, 'mx2.example'],
    ]),
    MX2,
  );
});

test('hostile 58: no such domain is permanent, trouble is not', async () => {
  assert.equal(await planFor('nowhere.example'), 'refuse 550 5.1.2');
  for (const fail of ['ESERVFAIL', 'ETIMEOUT', 'EREFUSED', 'ECONNREFUSED', 'EBADRESP'] as const)
    assert.equal(
      await planFor('bad.example', { 'bad.example': { fail } }),
      'defer 451 4.4.3',
      fail,
    );
  const cause = new Error('no code at all');
  const resolver: Resolver = { ...zone(HOSTS), resolveMx: () => Promise.reject(cause) };
  const deferred = await planMx('mx1.example', { resolver });
  assert.equal(deferred.type === 'defer' && deferred.cause, cause);
});

test('hostile 58: trouble with the MX is never an implicit MX', async () => {
  const zones = { 'a.example': { A: ['192.0.2.5'], fail: { MX: 'ESERVFAIL' } } } as const;
  assert.equal(await planFor('a.example', zones), 'defer 451 4.4.3');
});

test('hostile 58: a host without addresses is passed over; none at all is permanent', async () => {
  const missing = [
    [1, 'nowhere.example'],
    [2, 'empty.example'],
    [3, 'a..b'],
    [4, 'x'.repeat(64)],
  ] as const;
  assert.equal(await plan(missing), 'refuse 550 5.4.4');
  assert.equal(await plan([...missing, [10, 'mx2.example']]), MX2);
});

test('hostile 58: a host whose addresses nobody knows now: the next one, or later', async () => {
  const slow = [
    [1, 'slow.example'],
    [2, 'nowhere.example'],
  ] as const;
  assert.equal(await plan(slow), 'defer 451 4.4.3');
  const resolver = zone({ ...HOSTS, 'example.org': { MX: slow } });
  const deferred = await planMx('example.org', { resolver });
  assert.match(String(deferred.type === 'defer' && deferred.cause), /ETIMEOUT/);
  assert.equal(await plan([...slow, [10, 'mx2.example']]), MX2);
  assert.equal(await plan([[1, 'half.example']]), 'half.example=192.0.2.9');
});

test('hostile 58: aliases are followed by the resolver, and their loops are trouble', async () => {
  assert.equal(await plan([[1, 'alias.example']]), 'alias.example=192.0.2.2+192.0.2.22');
  assert.equal(await plan([[1, 'loop.example']]), 'defer 451 4.4.3');
  assert.equal(await planFor('loop.example'), 'defer 451 4.4.3');
});

test('hostile 58: addresses that are this machine are never mailed', async () => {
  assert.equal(await plan([[1, 'local.example']]), 'refuse 550 5.4.4');
  assert.equal(await planFor('local.example'), 'refuse 550 5.4.4');
  assert.equal(await plan([[1, 'mixed.example']]), 'mixed.example=192.0.2.8');
  assert.equal(
    await plan([
      [1, 'local.example'],
      [2, 'slow.example'],
    ]),
    'defer 451 4.4.3',
  );
});

test('hostile 58: which addresses are never mailed may be said', async () => {
  const ignoreTargetHosts = new Networks(['192.0.2.0/28', '2001:db8::/32']);
  assert.equal(await plan([[1, 'mx2.example']], { ignoreTargetHosts }), 'mx2.example=192.0.2.22');
  assert.equal(await plan([[1, 'mx1.example']], { ignoreTargetHosts }), 'refuse 550 5.4.4');
  const none = { ignoreTargetHosts: new Networks([]) };
  assert.equal(await plan([[1, 'mixed.example']], none), 'mixed.example=127.0.0.1+192.0.2.8');
});

const three = [
  [10, 'mx1.example'],
  [20, 'mx2.example'],
  [20, 'mx3.example'],
] as const;
const own: [ownHosts: string[], plan: string][] = [
  [[], `${MX1} ${MX2} ${MX3}`],
  [['other.example'], `${MX1} ${MX2} ${MX3}`],
  [['MX2.example'], MX1],
  [['mx3.example'], MX1],
  [['mx1.example'], 'refuse 550 5.4.4'],
  [['192.0.2.22'], MX1],
  [['2001:DB8:0::3'], MX1],
  [['192.0.2.1'], 'refuse 550 5.4.4'],
];
for (const [ownHosts, expected] of own) {
  test(`hostile 58: mail for a host that is us does not loop: ${ownHosts.join()}`, async () => {
    assert.equal(await plan(three, { ownHosts }), expected);
  });
}

test('hostile 58: a domain that is us does not loop', async () => {
  for (const ownHosts of [['mx2.example'], ['192.0.2.2']]) {
    const planned = await planMx('mx2.example', { resolver: zone(HOSTS), ownHosts });
    assert.equal(show(planned), 'refuse 550 5.4.4');
    assert.match(String(planned.type === 'refuse' && planned.reply.text), /names this host/);
  }
});

test('a host that is named twice is as good as where it is better', async () => {
  const twice = [
    [10, 'mx2.example'],
    [15, 'us.example'],
    [20, 'mx2.example'],
  ] as const;
  assert.equal(await plan(twice, { ownHosts: ['us.example'] }), MX2);
});

test('a dot at the end of a host is none of its name', async () => {
  const mx = [{ priority: 1, exchange: 'MX2.example.' }];
  const resolver: Resolver = { ...zone(HOSTS), resolveMx: async () => mx };
  assert.equal(show(await planMx('example.org', { resolver })), MX2);
  assert.equal(
    show(await planMx('example.org', { resolver, ownHosts: ['mx2.example'] })),
    'refuse 550 5.4.4',
  );
});

test('hostile 58: of a thousand MX the best are looked at', async () => {
  const names = Array.from({ length: 1000 }, (_, index) => `h${index}.example`);
  let asked = 0;
  const resolver: Resolver = {
    ...zone({}),
    resolveMx: async () => names.map((exchange, priority) => ({ priority, exchange })).toReversed(),
    resolve6: async () => [],
    resolve4: async () =>
      Array.from({ length: 500 }, (_, index) => `192.0.2.${(asked++, index % 256)}`),
  };
  const hosts = async (options: Partial<PlanMxOptions>): Promise<string[]> => {
    const planned = await planMx('example.org', { resolver, ...options });
    assert.ok(planned.type === 'hosts');
    assert.ok(planned.hosts.every(({ addresses }) => addresses.length === MAX_HOST_ADDRESSES));
    return planned.hosts.map(({ name }) => name);
  };
  assert.deepEqual(await hosts({}), names.slice(0, MAX_MX_HOSTS));
  assert.equal(asked, 500 * MAX_MX_HOSTS);
  assert.deepEqual(await hosts({ maxHosts: 2 }), names.slice(0, 2));
  assert.deepEqual(await hosts({ ownHosts: ['h3.example', 'h900.example'] }), names.slice(0, 3));
});

test('what is no address is not believed', async () => {
  const resolver: Resolver = {
    ...zone({ 'example.org': { MX: [[1, 'mx.example']] } }),
    resolve6: async () => ['fe80::1%eth0', 'x'],
    resolve4: async () => ['192.0.2.1', '1.2.3', '192.0.2.1\r\n'],
  };
  assert.equal(show(await planMx('example.org', { resolver })), 'mx.example=192.0.2.1');
});

test('at least one host is looked at', async () => {
  for (const maxHosts of [0, -1, Number.NaN])
    await assert.rejects(planMx('mx1.example', { resolver: zone(HOSTS), maxHosts }), TypeError);
});

test('hosts of one preference are shuffled by what is drawn for them', async () => {
  const equal = [
    [10, 'mx1.example'],
    [10, 'mx2.example'],
    [10, 'mx3.example'],
    [5, 'half.example'],
  ] as const;
  const first = 'half.example=192.0.2.9';
  assert.equal(await plan(equal), `${first} ${MX1} ${MX2} ${MX3}`);
  const lots = [0.9, 0.5, 0.1, 0.7];
  assert.equal(
    await plan(equal, { random: () => lots.shift() ?? 0 }),
    `${first} ${MX3} ${MX2} ${MX1}`,
  );
});

test('property: better hosts come first, and all that can be reached are there', async () => {
  const names = [
    'mx1.example',
    'mx2.example',
    'mx3.example',
    'half.example',
    'slow.example',
    'local.example',
  ];
  const record = fc.tuple(fc.nat(3), fc.constantFrom(...names));
  await fc.assert(
    fc.asyncProperty(
      fc.array(record, { minLength: 1 }),
      fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
      async (records, lots) => {
        const resolver = zone({ ...HOSTS, 'example.org': { MX: records } });
        const random = (): number => lots.next().value ?? 0;
        const planned = await planMx('example.org', { resolver, random });
        const found = planned.type === 'hosts' ? planned.hosts.map(({ name }) => name) : [];
        const reachable = new Set(
          records.map(([, name]) => name).filter((name) => !/^(slow|local)/.test(name)),
        );
        assert.deepEqual(new Set(found), reachable);
        assert.equal(found.length, reachable.size);
        const best = (name: string): number =>
          Math.min(
            ...records.filter(([, other]) => other === name).map(([preference]) => preference),
          );
        assert.deepEqual(
          found.map(best),
          found.map(best).toSorted((a, b) => a - b),
        );
      },
    ),
  );
});
