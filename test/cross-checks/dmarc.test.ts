/** DMARC beside mailauth, which follows RFC 9989: made-up domains, records and results, the same from a fixed seed in every run. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { evaluate } from '@postino/dmarc';
import { type Zone, zone, type ZoneNode } from '@postino/dns';
import fc from 'fast-check';
import { dmarc } from 'mailauth/lib/dmarc/index.js';

const SEED = 9989;

const DOMAINS = [
  'example',
  'a.example',
  'b.a.example',
  'c.b.a.example',
  'd.a.example',
  'z.example',
  'x.y.z.example',
];
const domain = fc.constantFrom(...DOMAINS);

const policy = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom('none', 'quarantine', 'reject', 'Reject') },
  { weight: 3, arbitrary: fc.constant('all') },
);
const tag = fc.oneof(
  policy.map((value) => `sp=${value}`),
  policy.map((value) => `np=${value}`),
  fc.constantFrom(
    'adkim=s',
    'adkim=r',
    'aspf=s',
    'aspf=S',
    'psd=y',
    'psd=n',
    'psd=u',
    't=y',
    't=n',
    'pct=0',
    'rua=mailto:r@a.example',
    'unknown=1',
    '',
  ),
);
const record = fc
  .tuple(
    fc.constantFrom('v=DMARC1', 'v=DMARC1', 'v=DMARC1', 'v = DMARC1 ', 'V=dmarc1'),
    policy,
    fc.uniqueArray(tag, { maxLength: 4, selector: (text) => text.split('=')[0] }),
  )
  .map(([version, p, tags]) => [version, `p=${p}`, ...tags].join('; '));
const node: fc.Arbitrary<ZoneNode> = fc.oneof(
  { weight: 6, arbitrary: record.map((text) => ({ TXT: [text] })) },
  { weight: 6, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.tuple(record, record).map((texts) => ({ TXT: texts })) },
  { weight: 1, arbitrary: fc.constant({ fail: 'ETIMEOUT' as const }) },
);

interface Case {
  readonly names: Zone;
  readonly from: string;
  readonly spf: string | null;
  readonly dkim: readonly string[];
}

const made: fc.Arbitrary<Case> = fc
  .tuple(
    fc.tuple(...DOMAINS.map(() => node)),
    fc.subarray(DOMAINS),
    domain,
    fc.option(domain),
    fc.array(domain, { maxLength: 2 }),
  )
  .map(([nodes, existing, from, spf, dkim]) => ({
    names: {
      ...Object.fromEntries(DOMAINS.map((name, index) => [`_dmarc.${name}`, nodes[index]!])),
      ...Object.fromEntries(existing.map((name) => [name, { A: ['192.0.2.1'] }])),
    },
    from,
    spf,
    dkim,
  }));

test('mailauth judges as we do', async () => {
  const seen = new Set<string>();
  for (const { names, from, spf, dkim } of fc.sample(made, { seed: SEED, numRuns: 1500 })) {
    const resolver = zone(names);
    const ours = await evaluate({
      from,
      spf: spf === null ? null : passOf(spf),
      dkim: dkim.map(passOf),
      resolver,
      discovery: 'treeWalk',
    });
    const theirs = await dmarc({
      headerFrom: [`ale@${from}`],
      spfDomains: spf === null ? [] : [spf],
      dkimDomains: dkim.map((name) => ({ domain: name })),
      strict: true,
      resolver: async (name, type) => (await resolver.query(name, type)).records as string[],
    });
    assert.ok(theirs);
    const both = JSON.stringify({ from, spf, dkim, names, ours, theirs });
    // A record that cannot be used ends the matter for both: permerror here, RFC 7489 §11.2, and none there.
    const wanted = ours.result === 'permerror' ? 'none' : ours.result;
    assert.equal(wanted, theirs.status.result, both);
    if (ours.policy !== null && ours.result !== 'temperror')
      assert.equal(ours.policy, theirs.policy, both);
    seen.add(`${ours.result} ${ours.policy}`);
  }
  for (const want of [
    'pass reject',
    'fail quarantine',
    'fail none',
    'none null',
    'temperror null',
    'permerror null',
  ]) {
    assert.ok(seen.has(want), `${want} is not among ${[...seen].join(', ')}`);
  }
});

function passOf(name: string): { result: string; domain: string } {
  return { result: 'pass', domain: name };
}
