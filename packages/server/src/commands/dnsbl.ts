/** `postino dnsbl`: is this address in a black list. */
import { lookupAll, type DnsblResult } from '@postino/dnsbl';
import { nodeResolver } from '@postino/node';
import type { Command } from 'commander';
import { loadConfig } from '../config/load-config.ts';
import { configOption, type WithConfig } from './config-option.ts';
import { readIp } from './ip-option.ts';
import {
  answerIsBad,
  examples,
  print,
  printable,
  printJson,
  styled,
  type Style,
} from './terminal.ts';

/** Asked where neither the command line nor the configuration names one. Our choice. */
export const WELL_KNOWN_LISTS: readonly string[] = [
  'zen.spamhaus.org',
  'psbl.surriel.com',
  'bl.spamcop.net',
];

interface DnsblOptions extends Partial<WithConfig> {
  readonly zone?: readonly string[];
  readonly json?: boolean;
}

export function addDnsbl(program: Command): void {
  program
    .command('dnsbl')
    .description('look an address up in black lists; ends with 2 where one has it')
    .argument('<ip>', 'the address', readIp)
    .option('--zone <zone...>', 'the lists; else those of the configuration')
    .addOption(configOption().default(undefined))
    .option('--json', 'for programs')
    .addHelpText('after', examples('postino dnsbl 127.0.0.2 --zone zen.spamhaus.org'))
    .action(look);
}

async function look(ip: string, { zone, config: file, json }: DnsblOptions): Promise<void> {
  const config = file === undefined ? null : await loadConfig(file);
  const resolver = nodeResolver({ servers: config?.dns.servers ?? [] });
  const results = await lookupAll(ip, zone ?? listsOf(config?.checks.dnsbl.zones), { resolver });
  if (json) printJson(results);
  else print(...results.map(lineOf));
  if (results.some(({ status }) => status === 'listed')) answerIsBad();
}

/** Those that are configured, or the well-known ones. */
export function listsOf(configured: readonly string[] = []): readonly string[] {
  return configured.length > 0 ? configured : WELL_KNOWN_LISTS;
}

const STYLES: Readonly<Record<DnsblResult['status'], Style>> = {
  listed: 'red',
  clear: 'green',
  error: 'yellow',
};

function lineOf({ status, zone, codes, text, reason }: DnsblResult): string {
  const more = [codes.join(' '), text ?? '', reason ?? ''].filter(Boolean).join('  ');
  return `${styled(STYLES[status], status.padEnd(6))}  ${zone}${more && `  ${printable(more)}`}`;
}
