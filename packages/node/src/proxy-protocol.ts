/** Connections that come through a proxy, which says whose they are before all else. */
import { ProxyReader, type Endpoint, type ProxyReaderOptions } from '@postino/wire';
import { plainAddress } from './endpoint.ts';
import type { NodeWire } from './node-wire.ts';

/** Milliseconds for a whole header. It fits a packet, and proxy-protocol §2 wants at least 3 seconds; our choice. */
export const PROXY_TIMEOUT = 5_000;

export interface ProxyProtocolOptions extends ProxyReaderOptions {
  /**
   * The addresses of the proxies: a `Set`, or the `Networks` of `@postino/router`. Each of their connections must begin
   * with a header. Nobody else's header is looked at: those octets are of the protocol, and wrong there.
   */
  readonly trusted: { has(address: string): boolean };
  /** Milliseconds. */
  readonly timeout?: number;
}

/**
 * Reads the header that stands first, and lets the wire stand for what it says. False where the proxy has ended its side
 * without a word, as it does to see whether we are there; rejects where there is no header in time.
 */
export async function readProxyHeader(
  wire: NodeWire,
  { timeout = PROXY_TIMEOUT, ...options }: Omit<ProxyProtocolOptions, 'trusted'>,
): Promise<boolean> {
  const reader = new ProxyReader(options);
  const end = performance.now() + timeout;
  for (let octets = 0; ;) {
    const got = await wire.read(Math.max(1, end - performance.now()));
    if (got === null && octets === 0) return false;
    if (!(got instanceof Uint8Array))
      throw new Error(`no PROXY header: ${got ?? 'it ends within'}`);
    octets += got.length;
    const header = reader.read(got);
    if (!header) continue;
    if (header.type === 'fault') throw new Error(`no PROXY header: ${header.reason}`);
    wire.unread(reader.rest());
    if (header.type === 'proxied') {
      wire.standFor({ peer: plain(header.source), local: plain(header.destination) });
    }
    return true;
  }
}

function plain({ address, port }: Endpoint): Endpoint {
  return { address: plainAddress(address), port };
}
