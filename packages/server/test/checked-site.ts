/** A server that judges mail, in a world of its own: all that the DNS says stands in the test. */
import type { TestContext } from 'node:test';
import type { Resolver } from '@postino/dns';
import { makeFolder, startSite, type Site } from './site.ts';

/** What `[checks]` says. */
export type ChecksWish = Record<
  string,
  { action: string; zones?: readonly string[]; received_spf?: boolean }
>;

/** Starts a server that lasts as long as the test, with a resolver or with the addresses of DNS servers. */
export function startChecked(
  context: TestContext,
  checks: ChecksWish,
  dns: Resolver | { servers: string[] },
): Promise<Site> {
  const folder = makeFolder(context);
  return 'servers' in dns
    ? startSite(context, { checks, dns }, folder)
    : startSite(context, { checks }, folder, { resolver: dns });
}

/** The header fields of each of a user's messages, unfolded; the oldest message first. */
export function fieldsOf(site: Site): string[][] {
  return site.mailbox('ale').map((stored) => {
    const [header = ''] = stored.split('\n\n');
    return header.replaceAll(/\n(?=[ \t])/g, '').split('\n');
  });
}
