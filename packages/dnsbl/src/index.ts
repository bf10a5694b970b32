export type * from './types.ts';
export { health, type Health, type ListKind } from './health.ts';
export { parseList, type Condition, type DnsList } from './list.ts';
export { lookup, lookupAll, lookupDomain, MAX_TEXT } from './lookup.ts';
export { queryName } from './query-name.ts';
