/** IP addresses as octets, and their text. RFC 4291 §2.2, RFC 5952 §4. */

/** The octets of an IP address, 4 or 16, or null. Strict: no leading zeros in IPv4, no zone, no brackets. */
export function ipOctets(text: string): Uint8Array | null {
  const octets = text.includes(':') ? ipv6Octets(text) : ipv4Octets(text);
  return octets && Uint8Array.from(octets);
}

/** The text of 4 or 16 octets, as RFC 5952 §4 and §5 want it; any other number of octets is a `TypeError`. */
export function formatIp(octets: Uint8Array): string {
  if (octets.length === 4) return octets.join('.');
  if (octets.length !== 16) throw new TypeError(`no IP address has ${octets.length} octets`);
  if (isMapped(octets)) return `::ffff:${octets.subarray(12).join('.')}`;
  const groups = Array.from({ length: 8 }, (_, at) => octets[2 * at]! * 256 + octets[2 * at + 1]!);
  const [from, length] = longestZeros(groups);
  if (length < 2) return hex(groups);
  return `${hex(groups.slice(0, from))}::${hex(groups.slice(from + length))}`;
}

function ipv4Octets(text: string): number[] | null {
  const parts = text.split('.');
  const isPlain = parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part));
  const octets = parts.map(Number);
  return isPlain && octets.every((octet) => octet <= 255) ? octets : null;
}

function ipv6Octets(text: string): number[] | null {
  const [head = '', tail, ...more] = text.split('::');
  const before = groupOctets(head);
  const after = tail === undefined ? [] : groupOctets(tail);
  if (more.length > 0 || !before || !after) return null;
  const missing = 16 - before.length - after.length;
  // `::` stands for at least one group, and an IPv4 address may only be the end of all.
  if (tail === undefined ? missing !== 0 : missing < 2 || head.includes('.')) return null;
  return [...before, ...Array<number>(missing).fill(0), ...after];
}

function groupOctets(text: string): number[] | null {
  if (text === '') return [];
  const groups = text.split(':');
  const ipv4 = ipv4Octets(groups.at(-1)!) ?? [];
  if (ipv4.length > 0) groups.pop();
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  const values = groups.map((group) => Number.parseInt(group, 16));
  return [...values.flatMap((value) => [value >> 8, value & 0xff]), ...ipv4];
}

/** RFC 4291 §2.5.5.2. */
function isMapped(octets: Uint8Array): boolean {
  return octets.subarray(0, 12).every((octet, at) => octet === (at < 10 ? 0 : 0xff));
}

/** Where the longest run of zeros begins, the first of several, and its length. */
function longestZeros(groups: readonly number[]): [from: number, length: number] {
  let longest: [number, number] = [0, 0];
  let from = 0;
  for (const [at, group] of groups.entries()) {
    if (group !== 0) from = at + 1;
    else if (at + 1 - from > longest[1]) longest = [from, at + 1 - from];
  }
  return longest;
}

function hex(groups: readonly number[]): string {
  return groups.map((group) => group.toString(16)).join(':');
}
