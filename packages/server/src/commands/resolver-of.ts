/** The resolver of the configuration, for commands that need no more of it. */
import type { Resolver } from '@postino/dns';
import { nodeResolver } from '@postino/node';
import { loadConfig } from '../config/load-config.ts';

/** The system's where no configuration is named. */
export async function resolverOf({ config }: { readonly config?: string }): Promise<Resolver> {
  return config === undefined
    ? nodeResolver()
    : nodeResolver({ servers: (await loadConfig(config)).dns.servers });
}
