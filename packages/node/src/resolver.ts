/** Node's own resolver, as the port that SPF, DKIM and the others ask. */
import { Resolver as NodeResolver } from 'node:dns/promises';
import type { Resolver } from '@postino/dns';

/** Milliseconds for a server's first answer; each further try takes longer. Our choice. */
export const DNS_TIMEOUT = 5_000;
/** How often each server is asked. Our choice. */
export const DNS_TRIES = 2;

export interface NodeResolverOptions {
  /** `"127.0.0.1"`, `"127.0.0.1:5353"`, `"[::1]:5353"`; none or an empty list: the system's. */
  readonly servers?: readonly string[];
  /** Milliseconds for a server's first answer. */
  readonly timeout?: number;
  readonly tries?: number;
}

/** One whose open questions can be given up: they hold a process up until their time is over. */
export interface CancellableResolver extends Resolver {
  /** Ends all that is open with `ECANCELLED`. */
  cancel(): void;
}

/** A resolver that asks these servers; one that is no IP address is a `TypeError`. */
export function nodeResolver(options: NodeResolverOptions = {}): CancellableResolver {
  const { servers = [], timeout = DNS_TIMEOUT, tries = DNS_TRIES } = options;
  // Not done: `query` with TTL and cancel. Node tells a TTL for addresses only, and stops all questions or none.
  const resolver = new NodeResolver({ timeout, tries });
  if (servers.length > 0) resolver.setServers(servers);
  return resolver;
}
