/** What `postino dns` does: the records of the configuration, as lines of a zone file. */
import { nodeResolver } from '@postino/node';
import { loadConfig } from '../config/load-config.ts';
import { dnsRecords, stsPolicy, type PublishedFacts } from './dns-records.ts';
import type { DnsOptions } from './dns.ts';
import { ownAddresses, publishedFacts } from './published-facts.ts';
import { print, printJson } from './terminal.ts';
import { zoneLines } from './zone-lines.ts';

/** Prints the records. */
export async function printRecords({ config: file, ip, json }: DnsOptions): Promise<void> {
  const config = await loadConfig(file);
  const resolver = nodeResolver({ servers: config.dns.servers });
  // Before it is in the DNS its records are still to be printed.
  const addresses = await ownAddresses(config, resolver, ip).catch(() => []);
  const facts = await publishedFacts(config, addresses);
  if (json) printJson(dnsRecords(facts));
  else print(...recordLines(facts));
}

/** The lines of a zone file; what cannot be a record stands in comments. */
export function recordLines(facts: PublishedFacts): string[] {
  const { hostname, domains, addresses } = facts;
  return [
    ...(addresses.length > 0 ? [] : unknownAddress(hostname)),
    ...dnsRecords(facts).flatMap(zoneLines),
    ...domains.flatMap((domain) => stsNote(domain, hostname)),
  ];
}

function unknownAddress(hostname: string): string[] {
  return [
    '; Where this host is, and the way back, are not known yet; give --ip ADDRESS. The first line is, with your address:',
    `; ${hostname}. IN A 192.0.2.1`,
  ];
}

/** MTA-STS takes a web server too. */
function stsNote(domain: string, hostname: string): string[] {
  const policy = stsPolicy(hostname).trimEnd().split('\r\n');
  return [
    `; For MTA-STS a web server has this at https://mta-sts.${domain}/.well-known/mta-sts.txt (without it, leave out _mta-sts):`,
    ...policy.map((line) => `;   ${line}`),
  ];
}
