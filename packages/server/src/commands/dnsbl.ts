/** `postino dnsbl`: is this address in a black list. */
import type { Command } from 'commander';
import { configOption, type WithConfig } from './config-option.ts';
import { readIp } from './ip-option.ts';
import { examples } from './terminal.ts';

export interface DnsblOptions extends Partial<WithConfig> {
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
    .action(async (ip: string, options: DnsblOptions) =>
      (await import('./look-up-lists.ts')).lookUpLists(ip, options),
    );
}
