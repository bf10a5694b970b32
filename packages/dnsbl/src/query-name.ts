/**
 * The names under which lists are asked.
 */
import { reverseName } from '@postino/dns';
import { Address6 } from 'ip-address';

/** Octets of a name in text. RFC 1035 §2.3.4. */
const MAX_NAME = 253;
/** Labels of at most 63 octets, of the characters that domains are made of. RFC 1035 §2.3.4. */
const NAME = /^[\w-]{1,63}(?:\.[\w-]{1,63})*$/;

/**
 * `2.0.0.127` for 127.0.0.2, 32 nibbles for an IPv6 address; null for what is none. RFC 5782 §2.1, §2.4.
 *
 * An IPv4-mapped address is the IPv6 address that it is.
 */
export function queryName(ip: string): string | null {
  return reverseName(ip)?.replace(/\.(?:in-addr|ip6)\.arpa$/, '') ?? null;
}

/** The IPv4 address in an IPv4-mapped one, any other as it is. RFC 4291 §2.5.5.2. */
export function unmapped(ip: string): string {
  if (!ip.includes(':') || reverseName(ip) === null) return ip;
  const address = new Address6(ip);
  return address.isMapped4() ? address.to4().correctForm() : ip;
}

/** Whether a domain can be asked for, or a zone asked. An address literal is no domain. */
export function isName(name: string): boolean {
  return name.length <= MAX_NAME && NAME.test(name);
}
