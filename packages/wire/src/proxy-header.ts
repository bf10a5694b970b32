/**
 * What a proxy says of a connection before all else: the PROXY protocol, versions 1 and 2, of HAProxy's
 * doc/proxy-protocol.txt, which the sections here are of. Types and limits.
 */
import type { Endpoint } from './types.ts';

/** Octets that a line of version 1 may have, its CRLF counted. proxy-protocol §2.1. */
export const MAX_PROXY_LINE = 107;
/** Octets that a header of version 2 may have, the first 16 counted. It fits a packet, §2.2; our choice leaves room. */
export const MAX_PROXY_HEADER: number = 4_096;

/** An extra field of version 2; types are registered in proxy-protocol §2.2. */
export interface ProxyTlv {
  /** 0 to 255. */
  readonly type: number;
  readonly value: Uint8Array;
}

/** A connection that is somebody else's, over TCP. Both addresses are of one family, in the form of RFC 5952 §4. */
export interface Proxied {
  readonly type: 'proxied';
  readonly version: 1 | 2;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  /** Without the checksum, which was verified. Always empty in version 1. */
  readonly tlvs: readonly ProxyTlv[];
}

/** A header that is true to the protocol. */
export type ProxyHeader =
  | Proxied
  /** The proxy's own connection, to see whether we are there: its addresses are the true ones. */
  | { readonly type: 'local'; readonly version: 2 }
  /** The proxy does not know whose it is, or it is not TCP over IP: the addresses of the connection stand. */
  | { readonly type: 'unknown'; readonly version: 1 | 2 };

/** Why these octets are no header: where they went wrong first. */
export type ProxyFaultReason =
  | 'signature' // neither `PROXY ` nor the 12 octets of version 2
  | 'tooLong'
  | 'line' // version 1 is not written as it must be
  | 'version'
  | 'command'
  | 'family'
  | 'length' // the addresses do not fit into what was announced
  | 'tlv'
  | 'checksum';

/** The connection is to be cut. proxy-protocol §2. */
export interface ProxyFault {
  readonly type: 'fault';
  readonly reason: ProxyFaultReason;
}

export function proxyFault(reason: ProxyFaultReason): ProxyFault {
  return { type: 'fault', reason };
}

/** How a header is written. */
export interface ProxyFormat {
  /** Whether version 2 closes with a CRC32c; default no. proxy-protocol §2.2.3. */
  readonly checksum?: boolean;
}
