/** SPF records, zones and clients, made up from a fixed seed: every mechanism, modifier and macro, and what breaks limits. */
import fc from 'fast-check';

import type { Zone, ZoneNode } from '@postino/dns';

/** The same cases in every run. */
const SEED = 7208;

export interface SpfCase {
  readonly zone: Zone;
  readonly ip: string;
  readonly helo: string;
  readonly sender: string;
  readonly receiver: string;
}

const NAMES = ['a.example', 'b.example', 'c.example', 'mail.a.example', '_spf.b.example'];
const NOWHERE = ['none.example', 'void.example', 'gone.a.example'];
const IP4 = ['192.0.2.1', '192.0.2.129', '198.51.100.7', '203.0.113.9'];
const IP6 = ['2001:db8::1', '2001:db8:1::7'];

const name = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...NAMES) },
  { weight: 1, arbitrary: fc.constantFrom(...NOWHERE) },
);
const macro = fc.constantFrom(
  '%{d}',
  '%{o}',
  '%{l}.%{d}',
  '%{ir}.b.example',
  '%{i}._spf.b.example',
  '%{l1r-}.%{d2}',
  '%{h}',
  '%{p}',
  '%{S}.a.example',
  '%{v}.%{d1r}.example',
  'x%%.a.example',
  '%_a.example',
);
const spec = fc.oneof({ weight: 4, arbitrary: name }, { weight: 1, arbitrary: macro });
const length4 = fc.constantFrom('', '', '/32', '/24', '/25', '/0');
const length6 = fc.constantFrom('', '', '//128', '//64', '//0');

/** Addresses and the names that stand for them. */
const hosts = fc
  .tuple(
    fc.constantFrom('a', 'mx'),
    fc.oneof(
      fc.constant(''),
      spec.map((text) => `:${text}`),
    ),
    length4,
    length6,
  )
  .map((parts) => parts.join(''));

const mechanism = fc.oneof(
  { weight: 3, arbitrary: hosts },
  { weight: 2, arbitrary: spec.map((text) => `include:${text}`) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(...IP4), length4)
      .map(([ip, length]) => `ip4:${ip}${length}`),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...IP6), fc.constantFrom('', '/64', '/0'))
      .map(([ip, length]) => `ip6:${ip}${length}`),
  },
  { weight: 1, arbitrary: spec.map((text) => `exists:${text}`) },
  {
    weight: 1,
    arbitrary: fc.oneof(
      fc.constant('ptr'),
      name.map((text) => `ptr:${text}`),
    ),
  },
);
const directive = fc
  .tuple(fc.constantFrom('', '', '', '+', '-', '~', '?'), mechanism)
  .map((parts) => parts.join(''));
const broken = fc.constantFrom(
  'ip4:192.0.2.256',
  'ip4:192.0.2.1/33',
  'ip6:::g',
  'foo',
  'a:',
  'include',
  'exists',
  'redirect=',
  'all:x',
  'a:%{x}',
  '-',
  'ip4',
);

const end = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('-all', '~all', '?all', 'all', '') },
  { weight: 2, arbitrary: spec.map((text) => `redirect=${text}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '-all exp=why.a.example',
      '-ALL unknown=%{d}',
      '-all redirect=a.example',
    ),
  },
);

const record = fc
  .tuple(
    fc.oneof(
      { weight: 16, arbitrary: fc.constant('v=spf1') },
      { weight: 1, arbitrary: fc.constantFrom('V=SPF1', 'v=spf10') },
    ),
    fc.array(fc.oneof({ weight: 30, arbitrary: directive }, { weight: 1, arbitrary: broken }), {
      maxLength: 6,
    }),
    end,
  )
  .map(([version, terms, last]) => [version, ...terms, last].join(' ').trim());

const texts = fc.oneof(
  { weight: 14, arbitrary: record.map((text) => [text]) },
  { weight: 1, arbitrary: fc.constant<string[]>([]) },
  { weight: 1, arbitrary: fc.tuple(record, record).map((both) => ['not spf', ...both]) },
);

const node: fc.Arbitrary<ZoneNode> = fc
  .tuple(
    texts,
    fc.subarray(IP4, { maxLength: 2 }),
    fc.subarray(IP6, { maxLength: 1 }),
    fc.oneof(
      { weight: 9, arbitrary: fc.subarray(NAMES, { maxLength: 2 }) },
      { weight: 1, arbitrary: fc.constant(manyNames()) },
    ),
    fc.oneof(
      { weight: 12, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.constantFrom('TXT' as const, 'A' as const) },
    ),
  )
  .map(([TXT, A, AAAA, exchanges, failing]) => ({
    TXT,
    A,
    AAAA,
    MX: exchanges.map((exchange) => [10, exchange] as const),
    // What is there is answered.
    ...(failing && { [failing]: [], fail: { [failing]: 'ETIMEOUT' } }),
  }));

/** One more than a check may look at. RFC 7208 §4.6.4. */
function manyNames(): string[] {
  return Array.from({ length: 11 }, (_, index) => `m${index}.a.example`);
}

const REVERSE: Readonly<Record<string, string>> = {
  '192.0.2.1': '1.2.0.192.in-addr.arpa',
  '198.51.100.7': '7.100.51.198.in-addr.arpa',
};

const spfCase: fc.Arbitrary<SpfCase> = fc
  .tuple(
    fc.tuple(...NAMES.map(() => node)),
    fc.subarray(NAMES, { maxLength: 2 }),
    fc.constantFrom(...IP4, ...IP6),
    fc.constantFrom('a.example', 'mail.a.example', 'b.example'),
    fc.constantFrom(
      'ale@a.example',
      'first.last-x@b.example',
      'ale@mail.a.example',
      '',
      '"a b"@c.example',
    ),
  )
  .map(([nodes, pointers, ip, helo, sender]) => ({
    zone: {
      ...Object.fromEntries(NAMES.map((key, index) => [key, nodes[index]!])),
      'why.a.example': { TXT: ['%{i} is none of %{d}; see http://%{o}/%{S}?%{h}=%{c}&%{r}'] },
      ...Object.fromEntries(Object.values(REVERSE).map((key) => [key, { PTR: pointers }])),
    },
    ip,
    helo,
    sender,
    receiver: 'mx.example.com',
  }));

export function spfCases(count: number): SpfCase[] {
  return fc.sample(spfCase, { seed: SEED, numRuns: count });
}
