/** Version 2 of the PROXY protocol: octets. proxy-protocol §2.2. */
import { concat } from './concat.ts';
import { crc32c } from './crc32c.ts';
import { formatIp, ipOctets } from './ip-octets.ts';
import {
  proxyFault,
  type Proxied,
  type ProxyFault,
  type ProxyFaultReason,
  type ProxyFormat,
  type ProxyHeader,
  type ProxyTlv,
} from './proxy-header.ts';
import { asciiBytes } from './text.ts';
import type { Endpoint } from './types.ts';

/** What version 2 begins with. */
export const PROXY_SIGNATURE: Uint8Array = asciiBytes('\r\n\r\n\0\r\nQUIT\n');
/** Octets before the addresses: signature, version and command, family, length. */
export const PROXY_START = 16;

const LOCAL = 0x20;
const PROXY = 0x21;
const TCP4 = 0x11;
const TCP6 = 0x21;
/** Octets of the address block, by family; its protocol may be unspecified, a stream or datagrams. */
const BLOCKS = [0, 12, 36, 216];
const LAST_PROTOCOL = 2;
/** PP2_TYPE_CRC32C. */
export const CHECKSUM = 3;

/** What is wrong with the first octets behind the signature, of which there may be less than four. */
export function startFault(start: Uint8Array, limit: number): ProxyFaultReason | null {
  const [command, family, high, low] = start;
  if (command !== undefined && command >> 4 !== 2) return 'version';
  if (command !== undefined && command !== LOCAL && command !== PROXY) return 'command';
  // With LOCAL the family says nothing.
  if (family !== undefined && command === PROXY && !isFamily(family)) return 'family';
  if (high === undefined || low === undefined) return null;
  const length = high * 256 + low;
  if (PROXY_START + length > limit) return 'tooLong';
  return command === PROXY && length < BLOCKS[family! >> 4]! ? 'length' : null;
}

/** Reads a header that is there as a whole, and whose start has no fault. */
export function parseProxyBlock(header: Uint8Array): ProxyHeader | ProxyFault {
  if (header[12] === LOCAL) return { type: 'local', version: 2 };
  const family = header[13]!;
  if (family >> 4 === 0) return { type: 'unknown', version: 2 };
  const tlvs = readTlvs(header, PROXY_START + BLOCKS[family >> 4]!);
  if ('reason' in tlvs) return tlvs;
  if (family !== TCP4 && family !== TCP6) return { type: 'unknown', version: 2 };
  const size = family === TCP4 ? 4 : 16;
  return {
    type: 'proxied',
    version: 2,
    source: endpoint(header, { size, at: 0 }),
    destination: endpoint(header, { size, at: 1 }),
    tlvs: tlvs.fields,
  };
}

/** The octets of a header; a checksum, where one is wanted, is its last field. */
export function formatProxyBlock(
  header: Exclude<ProxyHeader, { version: 1 }>,
  { checksum = false }: ProxyFormat = {},
): Uint8Array {
  if (header.type !== 'proxied') return startBytes(header.type === 'local' ? LOCAL : PROXY, 0);
  const addresses = addressBlock(header);
  const empty = checksum ? [{ type: CHECKSUM, value: new Uint8Array(4) }] : [];
  const rest = concat([addresses, ...[...header.tlvs, ...empty].map(tlvBytes)]);
  if (rest.length > 0xffff) throw new TypeError(`${rest.length} octets are too many for a header`);
  const family = addresses.length === BLOCKS[1] ? TCP4 : TCP6;
  const bytes = concat([startBytes(PROXY, family, rest.length), rest]);
  if (checksum) bytes.set(numberBytes(crc32c(bytes), 4), bytes.length - 4);
  return bytes;
}

function isFamily(family: number): boolean {
  return family >> 4 < BLOCKS.length && (family & 0xf) <= LAST_PROTOCOL;
}

/** The source's address and port, or, at 1, the destination's. */
function endpoint(header: Uint8Array, { size, at }: { size: number; at: 0 | 1 }): Endpoint {
  const address = PROXY_START + at * size;
  const port = PROXY_START + 2 * size + at * 2;
  return {
    address: formatIp(header.subarray(address, address + size)),
    port: numberAt(header, port, 2),
  };
}

/** The fields from there on, once the checksum was found right; a checksum must be alone. proxy-protocol §2.2.3. */
function readTlvs(
  header: Uint8Array,
  from: number,
): { readonly fields: readonly ProxyTlv[] } | ProxyFault {
  const fields: ProxyTlv[] = [];
  let checksum = -1;
  for (let at = from; at < header.length;) {
    const value = at + 3;
    const end = value + numberAt(header, at + 1, 2);
    if (value > header.length || end > header.length) return proxyFault('tlv');
    const type = header[at]!;
    if (type !== CHECKSUM)
      fields.push({ type, value: new Uint8Array(header.subarray(value, end)) });
    else if (end - value !== 4 || checksum >= 0) return proxyFault('tlv');
    else checksum = value;
    at = end;
  }
  return checksum < 0 || isRight(header, checksum) ? { fields } : proxyFault('checksum');
}

/** Whether the checksum at this place is that of the header with zeros in its place. */
function isRight(header: Uint8Array, at: number): boolean {
  const zeroed = new Uint8Array(header);
  zeroed.fill(0, at, at + 4);
  return crc32c(zeroed) === numberAt(header, at, 4);
}

function addressBlock({ source, destination }: Proxied): Uint8Array {
  return concat([
    ipOctets(source.address)!,
    ipOctets(destination.address)!,
    numberBytes(source.port, 2),
    numberBytes(destination.port, 2),
  ]);
}

function tlvBytes({ type, value }: ProxyTlv): Uint8Array {
  return concat([Uint8Array.of(type), numberBytes(value.length, 2), value]);
}

function startBytes(command: number, family: number, length = 0): Uint8Array {
  return concat([PROXY_SIGNATURE, Uint8Array.of(command, family), numberBytes(length, 2)]);
}

/** A number in network order; past the end of the bytes are zeros. */
function numberAt(bytes: Uint8Array, at: number, octets: number): number {
  let value = 0;
  for (let n = 0; n < octets; n++) value = value * 256 + (bytes[at + n] ?? 0);
  return value;
}

function numberBytes(value: number, octets: number): Uint8Array {
  return Uint8Array.from({ length: octets }, (_, n) => value >>> (8 * (octets - 1 - n)));
}
