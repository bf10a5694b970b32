/** The addresses of a host. */

import { isNone, type Resolver } from '@postino/dns';
import { addressBits } from './networks.ts';

/** So many addresses of one host are looked at; ours. */
export const MAX_HOST_ADDRESSES = 20;

/** Addresses in the resolver's order, or why there are none: the host has none, or nobody knows now. */
export type HostAddresses =
  | { readonly type: 'addresses'; readonly addresses: readonly string[] }
  | { readonly type: 'none' }
  | { readonly type: 'trouble'; readonly cause: unknown };

/**
 * Asks for both kinds of address at once; those of IPv6 come first. When one kind is trouble the other will do; when
 * there is no other, the whole is trouble. RFC 5321 §5.1, §5.2.
 */
export async function hostAddresses(name: string, resolver: Resolver): Promise<HostAddresses> {
  const answers = await Promise.allSettled([resolver.resolve6(name), resolver.resolve4(name)]);
  const addresses = answers
    .flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
    .filter((address) => addressBits(address) !== null);
  if (addresses.length > 0)
    return { type: 'addresses', addresses: addresses.slice(0, MAX_HOST_ADDRESSES) };
  const trouble = answers.find(
    (answer) => answer.status === 'rejected' && !isNoHost(answer.reason),
  );
  if (trouble?.status === 'rejected') return { type: 'trouble', cause: trouble.reason };
  return { type: 'none' };
}

/** A name that cannot even be asked for has no addresses, and will have none tomorrow. */
function isNoHost(error: unknown): boolean {
  return isNone(error) || (error instanceof Error && 'code' in error && error.code === 'EBADNAME');
}
