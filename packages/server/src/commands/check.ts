/** `postino check`: is all as it should be, here and in the DNS. */
import type { Command } from 'commander';
import { configOption, type WithConfig } from './config-option.ts';
import { ipOption, type WithAddresses } from './ip-option.ts';
import { examples } from './terminal.ts';

export interface CheckOptions extends WithConfig, WithAddresses {
  readonly json?: boolean;
}

export function addCheck(program: Command): void {
  program
    .command('check')
    .description(
      'look at files, ports, certificate, DNS and black lists; ends with 2 where something is bad',
    )
    .addOption(configOption())
    .addOption(ipOption())
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      examples('postino check', 'postino check --ip 192.0.2.25', 'postino check --json'),
    )
    .action(async (options: CheckOptions) => (await import('./run-check.ts')).runCheck(options));
}
