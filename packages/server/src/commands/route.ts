/** `postino route`: where mail for an address goes, step by step. */
import { parsePath, type ForwardPath } from '@postino/address';
import { InvalidArgumentError, type Command } from 'commander';
import { configOption, type WithConfig } from './config-option.ts';
import { examples } from './terminal.ts';

export interface RouteOptions extends WithConfig {
  readonly json?: boolean;
}

export function addRoute(program: Command): void {
  program
    .command('route')
    .description('show where mail for an address goes, and why; ends with 2 where it is not taken')
    .argument('<address>', 'as ann@example.org', readAddress)
    .addOption(configOption())
    .option('--json', 'for programs')
    .addHelpText('after', examples('postino route postmaster@example.org'))
    .action(async (address: ForwardPath, options: RouteOptions) =>
      (await import('./show-route.ts')).showRoute(address, options),
    );
}

function readAddress(text: string): ForwardPath {
  const address = parsePath(`<${text}>`);
  if (address === null)
    throw new InvalidArgumentError('This is no address; write it as ann@example.org.');
  return address;
}
