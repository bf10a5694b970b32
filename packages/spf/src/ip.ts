/**
 * Addresses as octets, and networks. Both are parsed once and compared as numbers; text comes back only for people.
 */
import { reverseName } from '@postino/dns';
import { Address6 } from 'ip-address';

/** Four octets or sixteen. */
export type IpAddress = readonly number[];

const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
/** IPv4-mapped addresses are those of its first 96 bits. RFC 4291 §2.5.5.2. */
const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0];

/** The address of a client: an IPv4-mapped one is the IPv4 address in it, RFC 7208 §5. Null for what is no address. */
export function parseClient(text: string): IpAddress | null {
  const address = parseIp4(text) ?? parseIp6(text.split('%', 1)[0] ?? '');
  return address && inNetwork(address, MAPPED, 96) ? address.slice(12) : address;
}

/** `ip4-network` of RFC 7208 §5.6: four numbers without leading zeros. */
export function parseIp4(text: string): IpAddress | null {
  const octets: number[] = [];
  let digits = 0;
  let value = 0;
  for (let at = 0; at <= text.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) : DOT;
    if (code >= ZERO && code <= NINE) {
      if (digits > 0 && value === 0) return null;
      value = value * 10 + code - ZERO;
      digits++;
      if (value > 255) return null;
    } else if (code === DOT && digits > 0 && octets.length < 4) {
      octets.push(value);
      digits = 0;
      value = 0;
    } else return null;
  }
  return octets.length === 4 ? octets : null;
}

/** `ip6-network` of RFC 7208 §5.6: as RFC 4291 §2.2 writes it. */
export function parseIp6(text: string): IpAddress | null {
  const name = text.includes(':') ? reverseName(text) : null;
  if (!name) return null;
  const octets: number[] = [];
  // The nibbles of a reverse name stand last first, two to an octet, each before a dot.
  for (let index = 0; index < 16; index++) {
    const at = 60 - index * 4;
    octets.push(parseInt(name.charAt(at + 2) + name.charAt(at), 16));
  }
  return octets;
}

/** Whether the first bits of both are the same; never when one is IPv4 and the other IPv6. RFC 7208 §5. */
export function inNetwork(address: IpAddress, network: IpAddress, bits: number): boolean {
  if (address.length !== network.length) return false;
  const whole = bits >> 3;
  for (let index = 0; index < whole; index++) {
    if (address[index] !== network[index]) return false;
  }
  const mask = (0xff00 >> (bits & 7)) & 0xff;
  return mask === 0 || ((address[whole]! ^ network[whole]!) & mask) === 0;
}

/** For people: dotted, or colons in the canonical form of RFC 5952 §4. */
export function formatIp(address: IpAddress): string {
  return address.length === 4
    ? address.join('.')
    : Address6.fromUnsignedByteArray([...address]).correctForm();
}

/** As the macros want it: dotted numbers, or 32 nibbles with dots between. RFC 7208 §7.3. */
export function dottedIp(address: IpAddress): string {
  if (address.length === 4) return address.join('.');
  return address
    .map((octet) => `${(octet >> 4).toString(16)}.${(octet & 15).toString(16)}`)
    .join('.');
}

/** The name with the PTR records of the address. */
export function ptrName(address: IpAddress): string {
  const zone = address.length === 4 ? 'in-addr.arpa' : 'ip6.arpa';
  return `${dottedIp(address).split('.').toReversed().join('.')}.${zone}`;
}
