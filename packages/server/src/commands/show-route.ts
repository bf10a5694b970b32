/** What `postino route` does: the router's steps, and where they end. */
import { formatPath, type ForwardPath } from '@postino/address';
import { formatStep, type Route } from '@postino/router';
import { Accounts } from '../accounts.ts';
import { loadConfig } from '../config/load-config.ts';
import { openLog } from '../log.ts';
import { openRouter } from '../open-router.ts';
import type { RouteOptions } from './route.ts';
import { answerIsBad, print, printable, printJson, styled } from './terminal.ts';

/** Prints the way of mail for an address. */
export async function showRoute(address: ForwardPath, options: RouteOptions): Promise<void> {
  const config = await loadConfig(options.config);
  const log = openLog('silent');
  const router = await openRouter(config, await Accounts.open(config, log), log);
  const { route, steps } = await router.explain(address);
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
