export type * from './types.ts';
export {
  DEFAULT_TTL,
  MAX_ANSWER,
  MAX_ENTRIES,
  MAX_TROUBLE_TTL,
  MAX_TTL,
  NEGATIVE_TTL,
  TROUBLE_TTL,
  type CacheOptions,
} from './answer-cache.ts';
export { cached } from './cached.ts';
export { DnsError, isNone, isNoSuchName, type DnsErrorCode } from './dns-error.ts';
export { resolverFrom } from './resolver-from.ts';
export { reverseName } from './reverse-name.ts';
export { unlessCancelled } from './unless-cancelled.ts';
export { MAX_CNAME_CHAIN, zone, type Zone, type ZoneNode } from './zone.ts';
