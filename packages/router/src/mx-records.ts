/** Which hosts a domain names for its mail, the best first. */

import { isNone, isNoSuchName, type MxRecord, type Resolver } from '@postino/dns';

/** A host by its preference: the lower, the better. RFC 5321 §5.1. */
export interface RankedHost {
  readonly name: string;
  readonly preference: number;
}

/** What the MX records of a domain say. */
export type MxAnswer =
  | { readonly type: 'ranked'; readonly hosts: readonly RankedHost[] }
  | { readonly type: 'nullMx' }
  | { readonly type: 'noDomain' }
  | { readonly type: 'trouble'; readonly cause: unknown };

/**
 * Asks for the MX records of a domain. Where it has none, the domain itself is its host; an error that is no answer is
 * never taken for none. RFC 5321 §5.1, RFC 7505 §3.
 */
export async function lookUpMx(
  domain: string,
  { resolver, random }: { readonly resolver: Resolver; readonly random: () => number },
): Promise<MxAnswer> {
  try {
    const records = await resolver.resolveMx(domain);
    // A null MX beside others is a mistake that leaves the others standing. RFC 7505 §3.
    const named = records.filter(({ exchange }) => exchange !== '' && exchange !== '.');
    if (named.length > 0) return { type: 'ranked', hosts: rank(named, random) };
    return records.length > 0 ? { type: 'nullMx' } : implicitMx(domain);
  } catch (cause) {
    if (isNoSuchName(cause)) return { type: 'noDomain' };
    return isNone(cause) ? implicitMx(domain) : { type: 'trouble', cause };
  }
}

function implicitMx(domain: string): MxAnswer {
  return { type: 'ranked', hosts: [{ name: domain, preference: 0 }] };
}

/** By preference, in any order within one, each host where it first stands. RFC 5321 §5.1. */
function rank(records: readonly MxRecord[], random: () => number): RankedHost[] {
  const drawn = records
    .map(({ priority, exchange }) => ({
      name: exchange.toLowerCase().replace(/\.$/, ''),
      preference: priority,
      lot: random(),
    }))
    .toSorted((one, other) => one.preference - other.preference || one.lot - other.lot);
  const first = new Map<string, RankedHost>();
  for (const { name, preference } of drawn)
    if (!first.has(name)) first.set(name, { name, preference });
  return [...first.values()];
}

/** The hosts that are better than ourselves: mail that came to us must not come to us again. RFC 5321 §5.1. */
export function betterThanUs<Host extends RankedHost>(
  hosts: readonly Host[],
  isOurs: (host: Host) => boolean,
): Host[] {
  const ours = hosts.filter(isOurs).map(({ preference }) => preference);
  const limit = Math.min(...ours);
  return hosts.filter(({ preference }) => preference < limit);
}
