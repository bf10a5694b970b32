/** `postino dns`: the records to publish, ready to paste. */
import type { Command } from 'commander';
import { configOption, type WithConfig } from './config-option.ts';
import { ipOption, type WithAddresses } from './ip-option.ts';
import { examples } from './terminal.ts';

export interface DnsOptions extends WithConfig, WithAddresses {
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
    .action(async (options: DnsOptions) =>
      (await import('./print-records.ts')).printRecords(options),
    );
}
