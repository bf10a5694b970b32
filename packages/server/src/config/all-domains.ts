/** The domains whose mail is ours, whoever their users are. */
import type { Config } from './config.ts';

export function allDomains({ local_domains, domains }: Config): string[] {
  return [...local_domains, ...domains.map(({ domain }) => domain)];
}
