/**
 * ARC-Authentication-Results, written: all that one server found out, in a single field. RFC 8617 §4.1.1.
 */
import { fold, parseAuthenticationResults } from '@postino/message';

import { RESULTS } from './arc-chain.ts';
import { type ChainStatus, isChainStatus } from './arc-set.ts';

/** What is sealed of the Authentication-Results of a server. */
export interface ResultsToSeal {
  /** Each result as it was written, comments included. */
  readonly results: readonly string[];
  /** What they say of the chain; null where they say nothing. */
  readonly chain: ChainStatus | null;
}

// oxlint-disable-next-line no-control-regex
const CONTROL = /[\0-\x08\x0a-\x1f\x7f]/;

/** The results of all values that are of this server, in their order; one that breaks the grammar has none. */
export function resultsToSeal(values: readonly string[], authservId: string): ResultsToSeal {
  const results: string[] = [];
  const chains: string[] = [];
  for (const value of values) {
    const parsed = CONTROL.test(value) ? null : parseAuthenticationResults(value);
    if (parsed?.authservId.toLowerCase() !== authservId.toLowerCase()) continue;
    if (parsed.results.length > 0) results.push(...textsOf(value));
    for (const { method, result } of parsed.results) if (method === 'arc') chains.push(result);
  }
  const chain = chains.includes('fail') ? 'fail' : chains[0];
  return { results, chain: isChainStatus(chain) ? chain : null };
}

/** The field, every result on a line of its own. */
export function formatArcResults(
  instance: number,
  authservId: string,
  { results }: ResultsToSeal,
): string {
  const stated = results.length > 0 ? results : ['none'];
  const lines = [`${RESULTS}: i=${instance}; ${authservId}`, ...stated.map((text) => `\t${text}`)];
  return `${lines.map(fold).join(';\r\n')}\r\n`;
}

/** The results of a value that keeps the grammar, without the server's name before them. */
function textsOf(value: string): string[] {
  const [, ...texts] = splitAtSemicolons(value);
  return texts.map((text) => text.trim()).filter((text) => text !== '');
}

/** What stands between semicolons that are in no quoted string and no comment. RFC 5322 §3.2.2, §3.2.4. */
function splitAtSemicolons(text: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '\\') at++;
    else if (quoted) quoted = character !== '"';
    else if (character === '"' && depth === 0) quoted = true;
    else if (character === '(') depth++;
    else if (character === ')') depth--;
    else if (character === ';' && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}
