/** Both sides of a TLS handshake on a socket that is open already. */
import { isIP, type Socket } from 'node:net';
import { connect, TLSSocket, type SecureContext } from 'node:tls';
import type { Endpoint, TlsInfo, TlsOptions } from '@postino/wire';
import { tlsInfo } from './tls-info.ts';

/** A socket under TLS, and what the handshake settled. */
export interface Secured {
  readonly socket: TLSSocket;
  readonly tls: TlsInfo;
}

interface RequestOptions extends TlsOptions {
  readonly authorities: readonly string[] | undefined;
  readonly timeout: number;
}

/** The server's side. Rejects when it fails or takes more than `timeout` milliseconds. */
export async function acceptTls(
  plain: Socket,
  secureContext: SecureContext,
  timeout: number,
): Promise<Secured> {
  // It may have gone while the certificate was looked at.
  if (plain.destroyed) throw new Error('TLS handshake failed: the connection was closed');
  const socket = new TLSSocket(plain, { isServer: true, secureContext });
  await handshake(socket, 'secure', timeout);
  socket.disableRenegotiation();
  const { servername } = socket as { servername?: string | false | null };
  return { socket, tls: tlsInfo(socket, servername || undefined) };
}

/** The client's side; `verify` is `'pki'` unless said otherwise, with the peer's address where no name is given. */
export async function requestTls(
  plain: Socket,
  peer: Endpoint,
  options: RequestOptions,
): Promise<Secured> {
  const { serverName, verify = 'pki', authorities, timeout } = options;
  const host = serverName ?? peer.address;
  const socket = connect({
    socket: plain,
    host,
    // RFC 6066 §3: an address is no name to send.
    ...(isIP(host) ? {} : { servername: host }),
    rejectUnauthorized: verify !== 'none',
    ...(authorities ? { ca: [...authorities] } : {}),
    minVersion: 'TLSv1.2',
  });
  await handshake(socket, 'secureConnect', timeout);
  return { socket, tls: tlsInfo(socket, serverName) };
}

function handshake(
  socket: TLSSocket,
  done: 'secure' | 'secureConnect',
  timeout: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error: Error | null): void => {
      clearTimeout(timer);
      for (const [event, listener] of Object.entries(listeners)) socket.off(event, listener);
      if (!error) return resolve();
      socket.on('error', () => {});
      socket.destroy();
      reject(new Error(`TLS handshake failed: ${error.message}`, { cause: error }));
    };
    const gone = (): void => settle(new Error('the connection was closed'));
    const listeners = { [done]: () => settle(null), error: settle, end: gone, close: gone };
    const timer = setTimeout(() => settle(new Error(`not done in ${timeout} ms`)), timeout);
    for (const [event, listener] of Object.entries(listeners)) socket.on(event, listener);
  });
}
