export type * from './types.ts';
export type { AddressOptions } from './options.ts';
export type { AddressLiteral } from './address-literal.ts';
export { isAddressLiteral, parseAddressLiteral } from './address-literal.ts';
export { domainToAscii, domainToUnicode, sameDomain } from './domain.ts';
export { formatMailbox, formatPath } from './format.ts';
export { isNullPath, parseMailbox, parsePath, readPath } from './path.ts';
