export type * from './types.ts';
export { discover, MAX_WALK, type Applied, type Missing } from './discovery.ts';
export { evaluate, MAX_FROM_DOMAINS } from './evaluate.ts';
export { isAligned, organizationalDomain, registrableDomain } from './organizational-domain.ts';
export {
  parseDmarcRecord,
  type AlignmentMode,
  type DmarcPolicy,
  type DmarcRecord,
} from './record.ts';
