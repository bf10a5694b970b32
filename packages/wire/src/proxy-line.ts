/** Version 1 of the PROXY protocol: a line of text. proxy-protocol §2.1. */
import { formatIp, ipOctets } from './ip-octets.ts';
import { proxyFault, type ProxyFault, type ProxyHeader } from './proxy-header.ts';
import type { Endpoint } from './types.ts';

/** Octets of an address, by the word for its family. */
const FAMILIES: ReadonlyMap<string, number> = new Map([
  ['TCP4', 4],
  ['TCP6', 16],
]);

/** Reads a line without its CRLF. What stands behind `UNKNOWN` is passed over, as it must be. */
export function parseProxyLine(line: string): ProxyHeader | ProxyFault {
  if (/^PROXY UNKNOWN(?: |$)/.test(line)) return { type: 'unknown', version: 1 };
  const [word, family = '', from = '', to = '', fromPort = '', toPort = '', ...more] =
    line.split(' ');
  const octets = FAMILIES.get(family);
  const source = endpoint(from, fromPort, octets);
  const destination = endpoint(to, toPort, octets);
  if (word !== 'PROXY' || !source || !destination || more.length > 0) return proxyFault('line');
  return { type: 'proxied', version: 1, source, destination, tlvs: [] };
}

/** The line with its CRLF. */
export function formatProxyLine(source: Endpoint, destination: Endpoint): string {
  const family = source.address.includes(':') ? 'TCP6' : 'TCP4';
  return `PROXY ${family} ${source.address} ${destination.address} ${source.port} ${destination.port}\r\n`;
}

// Deviation: proxy-protocol §2.1 has hexadecimal groups only; a proxy on a socket of both families writes a peer of
// IPv4 as `::ffff:192.0.2.1`, which is taken.
function endpoint(address: string, port: string, octets: number | undefined): Endpoint | null {
  const isPort = /^(?:0|[1-9]\d{0,4})$/.test(port) && Number(port) <= 65_535;
  const found = ipOctets(address);
  if (!isPort || !found || found.length !== octets) return null;
  return { address: formatIp(found), port: Number(port) };
}
