/** Addresses as the rest of the house writes them. */
import type { Socket } from 'node:net';
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
