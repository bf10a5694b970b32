/** What a configuration says about the records to publish, and where the host is. */
import { readFile } from 'node:fs/promises';
import { formatKeyRecord, signingKey } from '@postino/dkim';
import { isNone, type Resolver } from '@postino/dns';
import { allDomains } from '../config/all-domains.ts';
import type { Config } from '../config/config.ts';
import { concerning } from '../fault.ts';
import type { PublishedFacts } from './dns-records.ts';

/** Rejects when the DKIM key cannot be read. */
export async function publishedFacts(
  config: Config,
  addresses: readonly string[],
): Promise<PublishedFacts> {
  const { hostname } = config;
  return { hostname, domains: allDomains(config), addresses, dkim: await dkimOf(config) };
}

async function dkimOf({ dkim }: Config): Promise<PublishedFacts['dkim']> {
  const { domain, selector, private_key: file } = dkim;
  if (domain === null || file === null) return null;
  const key = await concerning('dkim.private_key', readFile(file, 'utf8').then(signingKey));
  return { domain, selector, record: formatKeyRecord(key) };
}

/** Our addresses: those given, that of `outbound.interface`, or what the DNS has for the hostname; none where it has none. */
export async function ownAddresses(
  { hostname, outbound }: Config,
  resolver: Resolver,
  given: readonly string[] = [],
): Promise<string[]> {
  if (given.length > 0) return [...given];
  if (outbound.interface !== null) return [outbound.interface];
  const found = await Promise.all([
    orNone(resolver.resolve4(hostname)),
    orNone(resolver.resolve6(hostname)),
  ]);
  return found.flat();
}

/** The records; none where there are none. Rejects when there is trouble with the DNS. */
export async function orNone<T>(answer: Promise<T[]>): Promise<T[]> {
  try {
    return await answer;
  } catch (error) {
    if (isNone(error)) return [];
    throw error;
  }
}

/** The texts at a name, each whole; none where there are none. Rejects when there is trouble with the DNS. */
export async function texts(name: string, resolver: Resolver): Promise<string[]> {
  return (await orNone(resolver.resolveTxt(name))).map((strings) => strings.join(''));
}
