/** `postino route`: where mail for an address goes, step by step. */
import { formatPath, parsePath } from '@postino/address';
import { PasswdFile } from '@postino/passwd-md5';
import { formatStep, type Route } from '@postino/router';
import { InvalidArgumentError, type Command } from 'commander';
import { loadConfig } from '../config/load-config.ts';
import { openLog } from '../log.ts';
import { Routing } from '../routing.ts';
import { openAliases } from '../services.ts';
import { configOption, type WithConfig } from './config-option.ts';
import { answerIsBad, examples, print, printable, printJson, styled } from './terminal.ts';

type ForwardPath = Parameters<Routing['explain']>[0];

export function addRoute(program: Command): void {
  program
    .command('route')
    .description('show where mail for an address goes, and why; ends with 2 where it is not taken')
    .argument('<address>', 'as ann@example.org', readAddress)
    .addOption(configOption())
    .option('--json', 'for programs')
    .addHelpText('after', examples('postino route postmaster@example.org'))
    .action(show);
}

async function show(
  address: ForwardPath,
  options: WithConfig & { readonly json?: boolean },
): Promise<void> {
  const config = await loadConfig(options.config);
  const log = openLog('silent');
  const routing = await Routing.open(
    config,
    await PasswdFile.open(config.users.passwd),
    await openAliases(config, log),
  );
  const { route, steps } = await routing.explain(address);
  if (options.json) printJson({ route, steps });
  else print(...steps.map((step) => printable(formatStep(step))), ...endsOf(route));
  if (route.type !== 'deliver') answerIsBad();
}

function endsOf(route: Route): string[] {
  if (route.type !== 'deliver') {
    const { code, status = '', text } = route.reply;
    return [styled('red', printable(`${route.type}: ${code} ${status} ${String(text)}`))];
  }
  if (route.targets.length === 0) return [styled('yellow', 'thrown away')];
  return route.targets.map((target) =>
    styled(
      'green',
      target.type === 'local'
        ? `mailbox of ${target.user}`
        : `sent to ${formatPath(target.address)}`,
    ),
  );
}

function readAddress(text: string): ForwardPath {
  const address = parsePath(`<${text}>`);
  if (address === null)
    throw new InvalidArgumentError('This is no address; write it as ann@example.org.');
  return address;
}
