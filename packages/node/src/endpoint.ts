/** Addresses as the rest of the house writes them. */
import { isIPv4, type Socket } from 'node:net';
import type { Endpoint } from '@postino/wire';

/** The other end of a socket; an address of `''` means that it is gone already. */
export function peerOf(socket: Socket): Endpoint {
  return { address: plainAddress(socket.remoteAddress ?? ''), port: socket.remotePort ?? 0 };
}

/** Our end of a socket. */
export function localOf(socket: Socket): Endpoint {
  return { address: plainAddress(socket.localAddress ?? ''), port: socket.localPort ?? 0 };
}

/** Without the `::ffff:` of an IPv4 peer on an IPv6 socket (RFC 4291 §2.5.5.2), and without a zone (RFC 4007 §11). */
export function plainAddress(address: string): string {
  const mapped = /^::ffff:([\d.]+)$/i.exec(address);
  return mapped?.[1] ?? address.replace(/%.*$/, '');
}

/** The octets of an IP address, 4 or 16. RFC 4291 §2.2. */
export function addressOctets(address: string): number[] {
  if (isIPv4(address)) return address.split('.').map(Number);
  const [head = '', tail] = address.split('::');
  const first = groupOctets(head);
  if (tail === undefined) return first;
  const last = groupOctets(tail);
  return [...first, ...Array<number>(16 - first.length - last.length).fill(0), ...last];
}

function groupOctets(groups: string): number[] {
  if (groups === '') return [];
  return groups.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}
