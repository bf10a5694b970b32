/** `postino spf`: may this address send mail of that domain, and why. */
import type { Command } from 'commander';
import { configOption, type WithConfig } from './config-option.ts';
import { readIp } from './ip-option.ts';
import { examples } from './terminal.ts';

export interface SpfOptions extends Partial<WithConfig> {
  readonly ip: string;
  readonly sender: string;
  readonly helo: string;
  readonly json?: boolean;
}

export function addSpf(program: Command): void {
  program
    .command('spf')
    .description('evaluate SPF, with every question to the DNS; ends with 2 where it is no pass')
    .requiredOption('--ip <address>', 'of the client', readIp)
    .requiredOption('--sender <address>', 'of MAIL FROM; "" for a bounce')
    .option('--helo <name>', 'what the client says in EHLO', 'unknown')
    .addOption(configOption().default(undefined))
    .option('--json', 'for programs')
    .addHelpText('after', examples('postino spf --ip 192.0.2.1 --sender ann@example.org'))
    .action(async (options: SpfOptions) =>
      (await import('./judge-sender.ts')).judgeSender(options),
    );
}
