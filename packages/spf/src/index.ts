export type * from './types.ts';
export { checkHost } from './check-host.ts';
export { formatLookup } from './format-lookup.ts';
export type { SpfLimits } from './limits.ts';
export { MAX_EXPLANATION, MAX_LOOKUPS, MAX_NAMES, MAX_VOIDS } from './limits.ts';
export { formatReceivedSpf, MAX_VALUE, type ReceivedSpfOptions } from './received-spf.ts';
