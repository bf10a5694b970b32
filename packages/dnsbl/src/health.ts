/**
 * Whether a list is alive: every list has one entry for tests, and another that it must not have. RFC 5782 §5.
 */
import { parseList, type DnsList } from './list.ts';
import { lookupDomain } from './lookup.ts';
import { queryName } from './query-name.ts';
import type { DnsblOptions } from './types.ts';

/** What a list has entries for. */
export type ListKind = 'ipv4' | 'ipv6' | 'domain';

export interface Health {
  readonly healthy: boolean;
  /** What is wrong with it. */
  readonly reason?: string;
}

/** The entry that a list must have, and the one that it must not. RFC 5782 §5. */
const TEST_POINTS: Readonly<Record<ListKind, readonly [present: string, absent: string]>> = {
  ipv4: [queryName('127.0.0.2')!, queryName('127.0.0.1')!],
  ipv6: [queryName('::ffff:7f00:2')!, queryName('::ffff:7f00:1')!],
  domain: ['test', 'invalid'],
};

/**
 * Asks a list for its test points. One that fails lists nobody or everybody: do not use it. RFC 5782 §5.
 *
 * The numbers of a list spec play no part, since the test entries need not have them.
 */
export function health(
  list: string | DnsList,
  { kind = 'ipv4', ...options }: DnsblOptions & { readonly kind?: ListKind },
): Promise<Health> {
  const { zone } = typeof list === 'string' ? parseList(list) : list;
  return examine(zone, TEST_POINTS[kind], options);
}

async function examine(
  zone: string,
  [present, absent]: readonly [string, string],
  options: DnsblOptions,
): Promise<Health> {
  const [must, mustNot] = await Promise.all([
    lookupDomain(present, zone, options),
    lookupDomain(absent, zone, options),
  ]);
  if (must.status === 'clear') return { healthy: false, reason: `${present} is not listed` };
  if (mustNot.status === 'listed') return { healthy: false, reason: `${absent} is listed` };
  const reason = must.reason ?? mustNot.reason;
  return reason === undefined ? { healthy: true } : { healthy: false, reason };
}
