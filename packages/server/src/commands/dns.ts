/** `postino dns`: the records to publish, ready to paste. */
import { nodeResolver } from '@postino/node';
import type { Command } from 'commander';
import { loadConfig } from '../config/load-config.ts';
import { configOption, type WithConfig } from './config-option.ts';
import { dnsRecords, stsPolicy, type PublishedFacts } from './dns-records.ts';
import { ipOption, type WithAddresses } from './ip-option.ts';
import { ownAddresses, publishedFacts } from './published-facts.ts';
import { examples, print, printJson } from './terminal.ts';
import { zoneLines } from './zone-lines.ts';

interface DnsOptions extends WithConfig, WithAddresses {
  readonly json?: boolean;
}

export function addDns(program: Command): void {
  program
    .command('dns')
    .description('print the DNS records that the configuration asks for')
    .addOption(configOption())
    .addOption(ipOption())
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      examples('postino dns', 'postino dns --ip 192.0.2.25 --ip 2001:db8::25 --json'),
    )
    .action(printRecords);
}

async function printRecords({ config: file, ip, json }: DnsOptions): Promise<void> {
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
