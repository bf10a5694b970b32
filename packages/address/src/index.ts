export type * from './types.ts';
export type { AddressLiteral } from './address-literal.ts';
export type { AddressOptions } from './options.ts';
export type { PathRead } from './path.ts';
export type { ListedGroup, ListedMailbox } from './address-list.ts';
export { parseAddressList } from './address-list.ts';
export { isAddressLiteral, parseAddressLiteral } from './address-literal.ts';
export { domainToAscii, domainToUnicode, isDomain, sameDomain } from './domain.ts';
export {
  MAX_DOMAIN_OCTETS,
  MAX_LOCAL_PART_OCTETS,
  MAX_MAILBOX_OCTETS,
  MAX_PATH_OCTETS,
} from './limits.ts';
export { formatMailbox, parseMailbox } from './mailbox.ts';
export { formatPath, isNullPath, isPostmaster, parsePath, readPath } from './path.ts';
