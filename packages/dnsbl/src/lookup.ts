/**
 * Questions to lists: is this address, or this domain, on it?
 */
import { isNone, unlessCancelled } from '@postino/dns';
import { codesOf, matches } from './answer.ts';
import { parseList, type DnsList } from './list.ts';
import { isName, queryName, unmapped } from './query-name.ts';
import type { DnsblOptions, DnsblResult } from './types.ts';

/** Characters of a list's text; it is cut behind them. Our own choice, so that it fits a reply. */
export const MAX_TEXT = 400;

/**
 * Whether a list has an address. RFC 5782 §2.
 *
 * Never rejects for what the DNS does: that is an `error`. An address or a list that is none is a `TypeError`; see
 * `parseList` for lists as text.
 */
export function lookup(
  ip: string,
  list: string | DnsList,
  options: DnsblOptions,
): Promise<DnsblResult> {
  const subject = queryName(unmapped(ip));
  if (subject === null) throw new TypeError(`not an IP address: ${JSON.stringify(ip)}`);
  return ask(subject, toList(list), options);
}

/** Whether a list of domains has a domain, in A-labels. One that the DNS cannot be asked for is an `error`. RFC 5782 §3. */
export function lookupDomain(
  domain: string,
  list: string | DnsList,
  options: DnsblOptions,
): Promise<DnsblResult> {
  return ask(domain.replace(/\.$/, ''), toList(list), options);
}

/**
 * Asks all lists at once, and gives the results in the order of the lists: `results.find((r) => r.status === 'listed')`
 * is the first that has the address.
 */
export function lookupAll(
  ip: string,
  lists: readonly (string | DnsList)[],
  options: DnsblOptions,
): Promise<DnsblResult[]> {
  return Promise.all(lists.map((list) => lookup(ip, list, options)));
}

// Not done: Exim's +include_unknown and +defer_unknown; an error leaves that choice to the caller.
async function ask(subject: string, list: DnsList, options: DnsblOptions): Promise<DnsblResult> {
  const { zone, textZone, condition } = list;
  const name = `${subject}.${zone}`;
  if (!isName(name)) return error(zone, `${JSON.stringify(subject)} cannot be asked for`);
  try {
    const answers = await orNone(
      unlessCancelled(() => options.resolver.resolve4(name), options.cancel),
    );
    if (answers.length === 0) return { status: 'clear', zone, codes: [] };
    const codes = codesOf(answers);
    if (codes.length === 0)
      return error(zone, `${name} is ${answers.join(', ')}, which is no code of a list`);
    if (!matches(condition, codes)) return { status: 'clear', zone, codes };
    const text = await textOf(`${subject}.${textZone}`, options);
    return { status: 'listed', zone, codes, ...(text !== '' && { text }) };
  } catch (problem) {
    return error(zone, problem instanceof Error ? problem.message : String(problem));
  }
}

function error(zone: string, reason: string): DnsblResult {
  return { status: 'error', zone, codes: [], reason };
}

/** What the list says, `''` when it says nothing or cannot be asked: what is listed stays listed. RFC 5782 §2.1. */
async function textOf(name: string, options: DnsblOptions): Promise<string> {
  try {
    const records = await unlessCancelled(() => options.resolver.resolveTxt(name), options.cancel);
    return records
      .map((chunks) => chunks.join(''))
      .join('; ')
      .slice(0, MAX_TEXT);
  } catch {
    return '';
  }
}

async function orNone(answer: Promise<string[]>): Promise<string[]> {
  try {
    return await answer;
  } catch (problem) {
    if (isNone(problem)) return [];
    throw problem;
  }
}

function toList(list: string | DnsList): DnsList {
  return typeof list === 'string' ? parseList(list) : list;
}
