/** What both sides of SCRAM compute, and the mechanisms of the family that are known here. RFC 5802 §3, RFC 7677 §3. */

import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';

/** The names as they stand in AUTH; `-PLUS` ties the login to its TLS connection. RFC 5802 §4, RFC 7677 §3. */
export type ScramMechanism =
  | 'SCRAM-SHA-256-PLUS'
  | 'SCRAM-SHA-256'
  | 'SCRAM-SHA-1-PLUS'
  | 'SCRAM-SHA-1';

/** What a server keeps of a password. RFC 5802 §3. */
export interface ScramCredentials {
  readonly iterations: number;
  readonly salt: Uint8Array;
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
}

/** Octets that only the two ends of one TLS connection know. RFC 5802 §6. */
export interface ChannelBinding {
  /** `tls-exporter` */
  readonly type: string;
  readonly data: Uint8Array;
}

/** RFC 7677 §4: at least so many. */
export const MIN_ITERATIONS = 4096;

/** What the hash of a mechanism is called, and its octets. */
export function hashOf(mechanism: ScramMechanism): { name: string; length: number } {
  if (mechanism.startsWith('SCRAM-SHA-256')) return { name: 'sha256', length: 32 };
  return { name: 'sha1', length: 20 };
}

/** The channel binding of a TLS connection, or null where it has none that can be trusted: before TLS 1.3. RFC 9266 §2, §4. */
export function tlsExporter(
  tls: {
    readonly protocol: string;
    exporter?(label: string, length: number): Uint8Array;
  } | null,
): ChannelBinding | null {
  if (tls?.protocol !== 'TLSv1.3' || !tls.exporter) return null;
  return { type: 'tls-exporter', data: tls.exporter('EXPORTER-Channel-Binding', 32) };
}

/** The salted password, from which all keys come. RFC 5802 §2.2, §3. */
export function saltPassword(
  mechanism: ScramMechanism,
  password: Uint8Array,
  { salt, iterations }: Pick<ScramCredentials, 'salt' | 'iterations'>,
): Uint8Array {
  const { name, length } = hashOf(mechanism);
  return pbkdf2Sync(password, salt, iterations, length, name);
}

/** What a server is to keep of a salted password. RFC 5802 §3. */
export function keysOf(
  mechanism: ScramMechanism,
  salted: Uint8Array,
): { clientKey: Uint8Array; storedKey: Uint8Array; serverKey: Uint8Array } {
  const clientKey = hmac(mechanism, salted, 'Client Key');
  const serverKey = hmac(mechanism, salted, 'Server Key');
  return { clientKey, storedKey: hash(mechanism, clientKey), serverKey };
}

export function hmac(mechanism: ScramMechanism, key: Uint8Array, text: string): Uint8Array {
  return createHmac(hashOf(mechanism).name, key).update(text).digest();
}

export function hash(mechanism: ScramMechanism, octets: Uint8Array): Uint8Array {
  return createHash(hashOf(mechanism).name).update(octets).digest();
}

export function xor(one: Uint8Array, other: Uint8Array): Uint8Array {
  return one.map((octet, at) => octet ^ (other[at] ?? 0));
}

/** What stands in `c=`: the header of the first message, and behind it the channel. RFC 5802 §7. */
export function channelInput(header: string, binding: ChannelBinding | null): string {
  return Buffer.concat([Buffer.from(header), binding?.data ?? new Uint8Array()]).toString('base64');
}
