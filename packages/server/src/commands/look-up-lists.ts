/** What `postino dnsbl` does: one address in all lists. */
import { lookupAll, type DnsblResult } from '@postino/dnsbl';
import { nodeResolver } from '@postino/node';
import { loadConfig } from '../config/load-config.ts';
import type { DnsblOptions } from './dnsbl.ts';
import { answerIsBad, print, printable, printJson, styled, type Style } from './terminal.ts';

/** Asked where neither the command line nor the configuration names one. Our choice. */
export const WELL_KNOWN_LISTS: readonly string[] = [
  'zen.spamhaus.org',
  'psbl.surriel.com',
  'bl.spamcop.net',
];

/** Asks, and prints the answers. */
export async function lookUpLists(
  ip: string,
  { zone, config: file, json }: DnsblOptions,
): Promise<void> {
  const config = file === undefined ? null : await loadConfig(file);
  const resolver = nodeResolver({ servers: config?.dns.servers ?? [] });
  const results = await lookupAll(ip, zone ?? listsOf(config?.checks.dnsbl.zones), { resolver });
  if (json) printJson(results);
  else print(...results.map(lineOf));
  if (results.some(({ status }) => status === 'listed')) answerIsBad();
}

/** Those that are configured, or the well-known ones. */
export function listsOf(configured: readonly string[] = []): readonly string[] {
  return configured.length > 0 ? configured : WELL_KNOWN_LISTS;
}

const STYLES: Readonly<Record<DnsblResult['status'], Style>> = {
  listed: 'red',
  clear: 'green',
  error: 'yellow',
};

function lineOf({ status, zone, codes, text, reason }: DnsblResult): string {
  const more = [codes.join(' '), text ?? '', reason ?? ''].filter(Boolean).join('  ');
  return `${styled(STYLES[status], status.padEnd(6))}  ${zone}${more && `  ${printable(more)}`}`;
}
