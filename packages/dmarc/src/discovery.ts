/**
 * Where the record of a domain is, and which organization a domain belongs to: by the public suffix list, or by walking up
 * the DNS.
 */
import { canonical, organizationalDomain } from './organizational-domain.ts';
import type { DmarcRecord, UnusableRecord } from './record.ts';
import { Records, type Found } from './records.ts';
import type { Discovery, DmarcQuery } from './types.ts';

/** Labels of the second and all further names of a tree walk, at most: eight questions in all. RFC 9989 §4.10. */
export const MAX_WALK = 7;

/** The record that a From domain falls under. */
export interface Applied {
  /** Where it stands. */
  readonly domain: string;
  readonly record: DmarcRecord;
}

/** Why no record applies: one that cannot be used ends the matter. RFC 7489 §6.6.3, RFC 9989 §4.10.1. */
export type Missing = Exclude<Found, object>;

/** A record on the way up. */
interface Step {
  readonly domain: string;
  readonly record: DmarcRecord | UnusableRecord;
}

/** How records and organizations are found. Domains are canonical; both reject when there is trouble with the DNS. */
export interface Finder {
  /** The record that applies, or why there is none. */
  applied(domain: string): Promise<Applied | Missing>;
  organization(domain: string): Promise<string>;
}

/**
 * The record that mail of a domain falls under: its own, or that of its organization. RFC 7489 §6.6.3, or RFC 9989 §4.10
 * with `treeWalk`. Rejects when there is trouble with the DNS.
 */
export function discover(
  domain: string,
  { discovery = 'psl', ...query }: Pick<DmarcQuery, 'resolver' | 'discovery' | 'cancel'>,
): Promise<Applied | Missing> {
  return finder(discovery, new Records(query)).applied(canonical(domain));
}

export function finder(discovery: Discovery, records: Records): Finder {
  return discovery === 'psl' ? pslFinder(records) : treeFinder(records);
}

/** RFC 7489 §6.6.3, §3.2. */
function pslFinder(records: Records): Finder {
  return {
    async applied(domain) {
      const own = await records.at(domain);
      if (own !== 'none') return typeof own === 'string' ? own : usable({ domain, record: own });
      const above = organizationalDomain(domain);
      const found = await records.at(above);
      return typeof found === 'string' ? found : usable({ domain: above, record: found });
    },
    organization: async (domain) => organizationalDomain(domain),
  };
}

/** RFC 9989 §4.10. */
function treeFinder(records: Records): Finder {
  return {
    /** The domain's own record, else that of its organization, else that of its public suffix. RFC 9989 §4.10.1. */
    async applied(domain) {
      const own = await records.at(domain);
      if (typeof own !== 'string') return usable({ domain, record: own });
      const steps = await walk(domain, records);
      const organization = selected(domain, steps);
      const step =
        steps.find((step) => step.domain === organization) ??
        steps.find(({ record }) => record.psd === 'y');
      return step ? usable(step) : own;
    },
    organization: async (domain) => selected(domain, await walk(domain, records)),
  };
}

function usable({ domain, record }: Step): Applied | 'bad' {
  return record.p === null ? 'bad' : { domain, record };
}

/** The records on the way from a domain to the root, until one settles the matter. RFC 9989 §4.10. */
async function walk(domain: string, records: Records): Promise<Step[]> {
  const steps: Step[] = [];
  for (const target of targets(domain)) {
    const record = await records.at(target);
    if (typeof record === 'string') continue;
    steps.push({ domain: target, record });
    if (record.psd !== 'u') break;
  }
  return steps;
}

/** A domain and those above it; of a deep one only the last seven. */
function targets(domain: string): string[] {
  const labels = domain.split('.');
  const from = Math.max(1, labels.length - MAX_WALK);
  const above = Array.from({ length: labels.length - from }, (_, index) =>
    labels.slice(from + index),
  );
  return [domain, ...above.map((rest) => rest.join('.'))];
}

/** Which domain on the way is the organizational one. RFC 9989 §4.10.2. */
function selected(domain: string, steps: readonly Step[]): string {
  for (const step of steps) {
    if (step.record.psd === 'n') return step.domain;
    if (step.record.psd === 'y' && step.domain !== domain) return childOf(step.domain, domain);
  }
  return steps.at(-1)?.domain ?? domain;
}

/** The domain one label below another one, on the way to a third. */
function childOf(above: string, domain: string): string {
  const labels = domain.split('.');
  return labels.slice(-(above.split('.').length + 1)).join('.');
}
