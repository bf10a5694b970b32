/** Sets of IP addresses, written as addresses and as networks. */

import { reverseName } from '@postino/dns';

/** An IPv6 address that stands for an IPv4 one begins so. RFC 4291 §2.5.5.2. */
const MAPPED = '0'.repeat(80) + '1'.repeat(16);

/** Addresses and networks as text: `192.0.2.1`, `127.0.0.0/8`, `::1`. */
export class Networks {
  /** What the bits of an address must begin with, by family. */
  readonly #prefixes: readonly Network[];

  /** Throws a `TypeError` for a text that is neither an address nor a network, and for a network that begins within itself. */
  constructor(networks: readonly string[]) {
    this.#prefixes = networks.map((text) => {
      const network = parseNetwork(text);
      if (network) return network;
      throw new TypeError(`neither an address nor a network: ${JSON.stringify(text)}`);
    });
  }

  /** Whether an address lies in one of the networks; an IPv4 address mapped into IPv6 is what it stands for. */
  has(address: string): boolean {
    const bits = addressBits(address);
    return (
      bits !== null &&
      this.#prefixes.some(({ length, prefix }) => length === bits.length && bits.startsWith(prefix))
    );
  }
}

interface Network {
  /** Bits of an address: 32 or 128. */
  readonly length: number;
  readonly prefix: string;
}

function parseNetwork(text: string): Network | null {
  const [, address = '', size] = /^([^/]*)(?:\/(0|[1-9]\d{0,2}))?$/.exec(text) ?? [];
  const bits = addressBits(address);
  if (!bits) return null;
  const used = Number(size ?? bits.length);
  // A bit beyond the prefix means that one of the two is not what was meant.
  if (used > bits.length || bits.includes('1', used)) return null;
  return { length: bits.length, prefix: bits.slice(0, used) };
}

/** The bits of an IP address as digits, 32 or 128 of them; null for any other text. */
export function addressBits(address: string): string | null {
  const labels = reverseName(address)?.split('.').slice(0, -2).toReversed();
  if (!labels) return null;
  const [radix, width] = labels.length === 4 ? [10, 8] : [16, 4];
  const bits = labels.map((label) => parseInt(label, radix).toString(2).padStart(width, '0'));
  const all = bits.join('');
  return all.startsWith(MAPPED) ? all.slice(MAPPED.length) : all;
}
