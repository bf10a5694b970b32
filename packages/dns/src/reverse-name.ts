/**
 * The name that holds the PTR records of an address.
 */

/**
 * `7.2.0.192.in-addr.arpa` for an IPv4 address, 32 nibbles under `ip6.arpa` for an IPv6 address, null for anything
 * else. RFC 1035 §3.5, RFC 3596 §2.5. Strict: no leading zeros in IPv4, no zone index, no brackets. An IPv4-mapped
 * address is an IPv6 address like all others.
 */
export function reverseName(ip: string): string | null {
  const octets = parseIpv4(ip);
  if (octets) return `${octets.toReversed().join('.')}.in-addr.arpa`;
  const groups = parseIpv6(ip);
  if (!groups) return null;
  const nibbles = groups.map((group) => group.toString(16).padStart(4, '0')).join('');
  return `${Array.from(nibbles).toReversed().join('.')}.ip6.arpa`;
}

function parseIpv4(text: string): number[] | null {
  const parts = text.split('.');
  const strict = parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part));
  const octets = parts.map(Number);
  return strict && octets.every((octet) => octet <= 255) ? octets : null;
}

/** The eight groups of an IPv6 address. RFC 4291 §2.2. */
function parseIpv6(text: string): number[] | null {
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0) return null;
  const before = parseGroups(head);
  const after = tail === undefined ? [] : parseGroups(tail);
  if (!before || !after) return null;
  const missing = 8 - before.length - after.length;
  // `::` stands for at least one group, RFC 4291 §2.2; only the last of all may be an IPv4 address.
  if (tail === undefined ? missing !== 0 : missing < 1 || head.includes('.')) return null;
  return [...before, ...Array<number>(missing).fill(0), ...after];
}

function parseGroups(text: string): number[] | null {
  if (text === '') return [];
  const groups = text.split(':');
  const octets = parseIpv4(groups.at(-1)!);
  if (octets) groups.splice(-1, 1, ...ipv4Groups(octets));
  return groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))
    ? groups.map((group) => parseInt(group, 16))
    : null;
}

function ipv4Groups([a = 0, b = 0, c = 0, d = 0]: readonly number[]): [string, string] {
  return [(a * 256 + b).toString(16), (c * 256 + d).toString(16)];
}
