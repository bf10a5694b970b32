/** The name of a client's address, confirmed: the address has the name, and the name has the address. RFC 8601 §3. */
import { isNone, reverseName, type Resolver } from '@postino/dns';

/** Names of an address that are looked at. RFC 8601 §3 asks for a limit; the number is that of RFC 7208 §4.6.4. */
export const MAX_NAMES = 10;

export interface IprevResult {
  /** RFC 8601 §2.7.3. */
  readonly result: 'pass' | 'fail' | 'temperror' | 'permerror';
  /** The first name that was confirmed; there with `pass` alone. */
  readonly name?: string;
}

/** A name that the DNS can be asked for, and that may stand in a header field. RFC 1035 §2.3.4. */
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/i;

/** Asks for the names of the address, and for the addresses of each name. Never rejects for what the DNS does. */
export async function iprev(ip: string, resolver: Resolver): Promise<IprevResult> {
  try {
    const names = await resolver.resolvePtr(reverseName(ip)!);
    const known = names.filter((name) => HOST_NAME.test(name)).slice(0, MAX_NAMES);
    const checks = await Promise.all(known.map((name) => confirm(name, ip, resolver)));
    const name = known[checks.indexOf('yes')];
    if (name !== undefined) return { result: 'pass', name };
    return { result: checks.includes('unknown') ? 'temperror' : 'fail' };
  } catch (error) {
    return { result: isNone(error) ? 'permerror' : 'temperror' };
  }
}

async function confirm(
  name: string,
  ip: string,
  resolver: Resolver,
): Promise<'yes' | 'no' | 'unknown'> {
  try {
    const addresses = await (ip.includes(':') ? resolver.resolve6(name) : resolver.resolve4(name));
    // An IPv6 address may be written in several ways, its reverse name in one.
    return addresses.some((address) => reverseName(address) === reverseName(ip)) ? 'yes' : 'no';
  } catch (error) {
    return isNone(error) ? 'no' : 'unknown';
  }
}
