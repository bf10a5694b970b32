/** Where the recipients of an envelope are to go: by domain, or all to the smarthost. RFC 5321 §5.1. */
import { domainToAscii, type EnvelopeRecipient } from '@postino/address';
import { DnsError, type Resolver } from '@postino/dns';
import { Networks, planMx, type MxPlan } from '@postino/router';
import type { ResolvedOptions, Smarthost } from './options.ts';
import { noSmarthost } from './replies.ts';

/** Recipients that go to the same hosts. */
export interface Group {
  /** As the DNS takes it, or an address literal; of no meaning for a smarthost. */
  readonly domain: string;
  /** Indexes into `envelope.to`. */
  readonly recipients: readonly number[];
}

export interface Destination extends Group {
  readonly plan: MxPlan;
}

/** Each domain once, in the order of the envelope; with a smarthost there is but one group. */
export function groupsOf(
  to: readonly EnvelopeRecipient[],
  { smarthost }: ResolvedOptions,
): Group[] {
  const groups = new Map<string, number[]>();
  for (const [index, { address }] of to.entries()) {
    const domain = smarthost ? '' : domainKey(address.domain);
    const group = groups.get(domain);
    if (group) group.push(index);
    else groups.set(domain, [index]);
  }
  return [...groups].map(([domain, recipients]) => ({ domain, recipients }));
}

/** Finds the hosts of a group. Never rejects. */
export async function destinationOf(
  group: Group,
  { resolver, smarthost, random, ignored, ownHosts }: ResolvedOptions,
): Promise<Destination> {
  const plan = smarthost
    ? await planSmarthost(smarthost, resolver)
    : await planMx(group.domain, { resolver, random, ignoreTargetHosts: ignored, ownHosts });
  return { ...group, plan };
}

/** Only the addresses are looked up; that there are none is the operator's to mend, so nobody gets a message back. */
async function planSmarthost({ host }: Smarthost, resolver: Resolver): Promise<MxPlan> {
  const withoutMx: Resolver = {
    resolve4: (name) => resolver.resolve4(name),
    resolve6: (name) => resolver.resolve6(name),
    resolveMx: (name) => Promise.reject(new DnsError('ENODATA', 'MX', name)),
    resolveTxt: (name) => resolver.resolveTxt(name),
    resolvePtr: (name) => resolver.resolvePtr(name),
  };
  const literal = host.includes(':') ? `[IPv6:${host}]` : `[${host}]`;
  const domain = /^[\d.]+$|:/.test(host) ? literal : host;
  const plan = await planMx(domain, { resolver: withoutMx, ignoreTargetHosts: NOTHING_IGNORED });
  return plan.type === 'refuse' ? { type: 'defer', reply: noSmarthost(host) } : plan;
}

const NOTHING_IGNORED = new Networks([]);

/** Alike for names that are one and the same domain. */
export function domainKey(domain: string): string {
  return domainToAscii(domain) ?? domain.toLowerCase();
}
