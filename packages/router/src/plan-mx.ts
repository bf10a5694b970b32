/** Where the mail of a domain goes: its hosts, in the order in which to try them. RFC 5321 §5.1. */

import { domainToAscii, parseAddressLiteral } from '@postino/address';
import type { Resolver } from '@postino/dns';
import type { Reply } from '@postino/wire';
import { domainKey } from './alias-key.ts';
import { hostAddresses, type HostAddresses } from './host-addresses.ts';
import { betterThanUs, lookUpMx, type RankedHost } from './mx-records.ts';
import { addressBits, Networks } from './networks.ts';
import { BAD_DOMAIN, MX_REPLIES } from './replies.ts';

/** So many hosts of a domain are looked at, the best of them: Exim's `hosts_max_try_hardlimit`. */
export const MAX_MX_HOSTS = 50;

/** Addresses that no host of another can have: they are this machine. Exim ships the first two, and `::1` for a smarthost. */
export const IGNORED_TARGET_HOSTS: readonly string[] = ['0.0.0.0', '127.0.0.0/8', '::', '::1'];

/** A host and its addresses, in the order in which to try them. */
export interface MxHost {
  /** In lower case, without the dot at its end; of an address literal, the literal. */
  readonly name: string;
  /** At least one. */
  readonly addresses: readonly string[];
}

/** What is to be done with the mail of a domain. */
export type MxPlan =
  | { readonly type: 'hosts'; readonly hosts: readonly MxHost[] }
  | {
      readonly type: 'refuse' | 'defer';
      readonly reply: Reply;
      /** What a lookup threw, for the log. */
      readonly cause?: unknown;
    };

export interface PlanMxOptions {
  readonly resolver: Resolver;
  /** Between 0 and 1, drawn for each host: shuffles those of one preference, as RFC 5321 §5.1 asks. Default: the resolver's order. */
  readonly random?: () => number;
  /** Addresses that are never mailed; default `IGNORED_TARGET_HOSTS`. */
  readonly ignoreTargetHosts?: Networks;
  /** Names and addresses by which we are known: hosts that are us, and all that are no better, are left out. */
  readonly ownHosts?: readonly string[];
  /** Default `MAX_MX_HOSTS`. */
  readonly maxHosts?: number;
}

const IGNORED = new Networks(IGNORED_TARGET_HOSTS);

/**
 * Plans for a domain, with U-labels or without, or for an address literal. It never rejects: where the DNS gives no answer
 * it defers, where the answer is that there is no way it refuses.
 */
// Deviation: a host that is an alias (CNAME) is taken, as the resolver follows it; RFC 5321 §5.1 leaves that open.
export async function planMx(domain: string, options: PlanMxOptions): Promise<MxPlan> {
  const { maxHosts = MAX_MX_HOSTS } = options;
  if (!(maxHosts >= 1)) throw new TypeError(`maxHosts must be at least 1, not ${maxHosts}`);
  const literal = parseAddressLiteral(domain);
  if (literal) {
    const addresses = [literal.address];
    const host = { name: domain, preference: 0, found: { type: 'addresses', addresses } } as const;
    return choose(domain, [host], options);
  }
  const name = domainToAscii(domain);
  return name === null ? refuse(BAD_DOMAIN) : planDomain(name, options);
}

async function planDomain(domain: string, options: PlanMxOptions): Promise<MxPlan> {
  const { resolver, random = () => 0, maxHosts = MAX_MX_HOSTS } = options;
  const answer = await lookUpMx(domain, { resolver, random });
  if (answer.type === 'nullMx') return refuse(MX_REPLIES.nullMx(domain));
  if (answer.type === 'noDomain') return refuse(MX_REPLIES.noDomain(domain));
  if (answer.type === 'trouble') return defer(MX_REPLIES.noAnswer(domain), answer.cause);

  const own = ownNames(options);
  const hosts = betterThanUs(answer.hosts, ({ name }) => own.has(name));
  const found = await Promise.all(
    hosts.slice(0, maxHosts).map(async (host) => ({
      ...host,
      found: await hostAddresses(host.name, resolver),
    })),
  );
  return choose(domain, found, options);
}

interface FoundHost extends RankedHost {
  readonly found: HostAddresses;
}

/** What is left of the hosts once their addresses are known. */
function choose(domain: string, all: readonly FoundHost[], options: PlanMxOptions): MxPlan {
  const { ignoreTargetHosts: ignored = IGNORED } = options;
  const own = ownAddresses(options);
  const better = betterThanUs(all, ({ found }) => addressesOf(found).some((one) => own.has(one)));
  if (better.length === 0) return refuse(MX_REPLIES.loop(domain));

  const hosts = better
    .map(({ name, found }) => ({
      name,
      addresses: addressesOf(found).filter((address) => !ignored.has(address)),
    }))
    .filter(({ addresses }) => addresses.length > 0);
  if (hosts.length > 0) return { type: 'hosts', hosts };
  const trouble = better.find(({ found }) => found.type === 'trouble')?.found;
  if (trouble?.type === 'trouble') return defer(MX_REPLIES.noAnswer(domain), trouble.cause);
  return refuse(MX_REPLIES.noHost(domain));
}

function addressesOf(found: HostAddresses): readonly string[] {
  return found.type === 'addresses' ? found.addresses : [];
}

function ownNames({ ownHosts = [] }: PlanMxOptions): ReadonlySet<string> {
  return new Set(ownHosts.map(domainKey));
}

function ownAddresses({ ownHosts = [] }: PlanMxOptions): Networks {
  return new Networks(ownHosts.filter((host) => addressBits(host) !== null));
}

function refuse(reply: Reply): MxPlan {
  return { type: 'refuse', reply };
}

function defer(reply: Reply, cause: unknown): MxPlan {
  return { type: 'defer', reply, cause };
}
