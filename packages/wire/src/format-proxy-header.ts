/** Writing a PROXY header: the side of the proxy. proxy-protocol §2. */
import { ipOctets } from './ip-octets.ts';
import { CHECKSUM, formatProxyBlock } from './proxy-block.ts';
import type { ProxyFormat, ProxyHeader } from './proxy-header.ts';
import { formatProxyLine } from './proxy-line.ts';
import { asciiBytes } from './text.ts';
import type { Endpoint } from './types.ts';

/** The octets to send before all else. A header that cannot be written is a `TypeError`. */
export function formatProxyHeader(header: ProxyHeader, format: ProxyFormat = {}): Uint8Array {
  if (header.type === 'proxied') {
    const { source, destination, tlvs } = header;
    if (octetsOf(source) !== octetsOf(destination))
      throw new TypeError('addresses of two families');
    if (tlvs.some(({ type }) => !isOctet(type) || type === CHECKSUM)) {
      throw new TypeError('a type is an octet, and the checksum is no field of your own');
    }
  }
  if (header.version === 2) return formatProxyBlock(header, format);
  if (header.type === 'unknown') return asciiBytes('PROXY UNKNOWN\r\n');
  if (header.tlvs.length > 0) throw new TypeError('version 1 has no extra fields');
  return asciiBytes(formatProxyLine(header.source, header.destination));
}

function octetsOf({ address, port }: Endpoint): number {
  const octets = ipOctets(address);
  if (!octets) throw new TypeError(`no IP address: ${JSON.stringify(address)}`);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new TypeError(`no port: ${port}`);
  return octets.length;
}

function isOctet(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 0xff;
}
