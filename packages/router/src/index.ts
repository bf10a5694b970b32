export type {
  Alias,
  AliasLookup,
  AliasTarget,
  Failure,
  Route,
  Target,
  UserLookup,
} from './types.ts';
export type { Objection, VerifyOptions } from './verify.ts';
export type { AliasFault } from './parse-aliases.ts';
export type { MxHost, MxPlan, PlanMxOptions } from './plan-mx.ts';
export type { Srs, SrsHmac, SrsOptions } from './srs.ts';
export type { RouteStep } from './route-step.ts';
export type { Postmaster } from './directory.ts';
export type { DomainOptions, OwnDomainOptions, RouterOptions } from './router.ts';
export { aliasKey } from './alias-key.ts';
export { MAX_ALIAS_DEPTH, MAX_TARGETS } from './expansion.ts';
export { MAX_HOST_ADDRESSES } from './host-addresses.ts';
export { merge } from './merge.ts';
export { Networks } from './networks.ts';
export { parseAliases } from './parse-aliases.ts';
export { IGNORED_TARGET_HOSTS, MAX_MX_HOSTS, planMx } from './plan-mx.ts';
export { formatStep } from './route-step.ts';
export { Router } from './router.ts';
export { verifyRecipient, verifySender } from './verify.ts';
export { srs, SRS_HASH_LENGTH, SRS_MAX_AGE } from './srs.ts';
