/**
 * A resolver that remembers.
 */
import { AnswerCache, type CacheOptions } from './answer-cache.ts';
import { DnsError } from './dns-error.ts';
import { canonicalName } from './domain-name.ts';
import { resolverFrom } from './resolver-from.ts';
import type { Query, Resolver } from './types.ts';
import { unlessCancelled } from './unless-cancelled.ts';

/**
 * A resolver before another one: it keeps records as long as they hold, answers that there is nothing for a minute, and
 * trouble for a second. Equal questions at the same time are asked once. It has `query` if the other one has.
 *
 * Cancelling gives up waiting and not the lookup, which others may wait for: the resolver behind has its own time limit.
 */
export function cached(resolver: Resolver, options: CacheOptions): Resolver {
  const cache = new AnswerCache(options);
  const ask = resolver.query?.bind(resolver) ?? queryOver(resolver, cache.defaultTtl);
  const query: Query = async (name, type, { cancel } = {}) => {
    const key = canonicalName(name);
    const cancelled = (): DnsError => new DnsError('ECANCELLED', type, name);
    return unlessCancelled(
      () => cache.get(`${type} ${key}`, () => ask(key, type)),
      cancel,
      cancelled,
    );
  };
  const { query: _, ...methods } = resolverFrom(query);
  return resolver.query ? { ...methods, query } : methods;
}

/** The question over the five methods, for a resolver that has no `query`: it does not say how long records hold. */
function queryOver(resolver: Resolver, ttl: number): Query {
  const records = (name: string, type: string): Promise<unknown[]> => {
    switch (type) {
      case 'A':
        return resolver.resolve4(name);
      case 'AAAA':
        return resolver.resolve6(name);
      case 'MX':
        return resolver.resolveMx(name);
      case 'TXT':
        return resolver.resolveTxt(name);
      case 'PTR':
        return resolver.resolvePtr(name);
      default:
        throw new TypeError(`a resolver without query() cannot be asked for ${type}`);
    }
  };
  return async (name, type) => ({ records: await records(name, type), ttl, authentic: false });
}
