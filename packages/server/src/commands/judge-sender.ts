/** What `postino spf` does: check_host() with all its questions. */
import { checkHost, formatLookup, type SpfResult } from '@postino/spf';
import { resolverOf } from './resolver-of.ts';
import type { SpfOptions } from './spf.ts';
import { answerIsBad, print, printable, printJson, styled } from './terminal.ts';

/** Evaluates, and prints the way and the result. */
export async function judgeSender({ json, config, ...query }: SpfOptions): Promise<void> {
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
