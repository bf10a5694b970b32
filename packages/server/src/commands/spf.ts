/** `postino spf`: may this address send mail of that domain, and why. */
import { checkHost, formatLookup, type SpfResult } from '@postino/spf';
import type { Command } from 'commander';
import { configOption, type WithConfig } from './config-option.ts';
import { readIp } from './ip-option.ts';
import { resolverOf } from './resolver-of.ts';
import { answerIsBad, examples, print, printable, printJson, styled } from './terminal.ts';

interface SpfOptions extends Partial<WithConfig> {
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
    .action(judge);
}

async function judge({ json, config, ...query }: SpfOptions): Promise<void> {
  const resolver = await resolverOf(config === undefined ? {} : { config });
  const trace: string[] = [];
  const now = Date.now;
  const result = await checkHost({
    ...query,
    resolver,
    now,
    trace: (lookup) => trace.push(printable(formatLookup(lookup))),
  });
  if (json) printJson({ ...result, trace });
  else print(...trace, ...conclusion(result));
  if (result.result !== 'pass') answerIsBad();
}

function conclusion({
  result,
  identity,
  domain,
  mechanism,
  reason,
  explanation,
  lookups,
}: SpfResult): string[] {
  const word = styled(['bold', result === 'pass' ? 'green' : 'red'], result);
  const why = mechanism ?? reason;
  return [
    `${word} for ${domain} (${identity})${why === undefined ? '' : `: ${printable(why)}`}; ${lookups} of 10 lookups`,
    ...(explanation === undefined ? [] : [`The domain says: ${printable(explanation)}`]),
  ];
}
