export type {
  Alias,
  AliasLookup,
  AliasTarget,
  Failure,
  Route,
  Target,
  UserLookup,
} from './types.ts';
export type { AliasFault } from './parse-aliases.ts';
export type { RouterOptions } from './router.ts';
export { aliasKey } from './alias-key.ts';
export { MAX_ALIAS_DEPTH, MAX_TARGETS } from './expansion.ts';
export { merge } from './merge.ts';
export { parseAliases } from './parse-aliases.ts';
export { Router } from './router.ts';
