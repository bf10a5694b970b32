/** Connecting to a server. */
import { connect } from 'node:net';
import type { Cancel, Endpoint } from '@postino/wire';
import { NodeWire, type NodeWireOptions } from './node-wire.ts';

/** Milliseconds for a connection to come about. RFC 5321 names none; our choice. */
export const CONNECT_TIMEOUT = 30_000;

export interface DialOptions extends NodeWireOptions {
  /** Our address, where the machine has several. */
  readonly localAddress?: string;
  /** Milliseconds. */
  readonly connectTimeout?: number;
  readonly cancel?: Cancel;
}

/** A connection to an IP address and a port; rejects when there is none in time, or `cancel` fires before it stands. */
export function dial(to: Endpoint, options: DialOptions = {}): Promise<NodeWire> {
  const { localAddress, connectTimeout = CONNECT_TIMEOUT, cancel, ...wireOptions } = options;
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: to.address,
      port: to.port,
      allowHalfOpen: true,
      ...(localAddress ? { localAddress } : {}),
    });
    const giveUp = (why: string): void => {
      socket.destroy(new Error(`no connection to ${to.address} port ${to.port}: ${why}`));
    };
    const timer = setTimeout(() => giveUp(`none in ${connectTimeout} ms`), connectTimeout);
    const cancelled = (): void => giveUp('cancelled');
    socket.once('error', reject);
    socket.once('close', () => clearTimeout(timer));
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', reject);
      resolve(new NodeWire(socket, wireOptions));
    });
    cancel?.addEventListener('abort', () => {
      if (socket.connecting) cancelled();
    });
    if (cancel?.aborted) cancelled();
  });
}
